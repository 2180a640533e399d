"""Our app as WeCom knows it: where its platform is, the token that speaks for it, and its limits."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.errors import Unavailable
from chalicelib.settings import secrets, settings
from chalicelib.tokens import FreshToken, TokenSource
from chalicelib.wechat.platform import Refusals, Request, ask_openly
from chalicelib.wecom.refusals import RateLimited

LIMITED: Refusals = {
    45009: lambda: RateLimited(retry_after_s=60),
    45033: lambda: RateLimited(retry_after_s=5),
}


def base_url() -> str:
    return settings().wecom_api_url


def token_source() -> TokenSource:
    return TokenSource(f"wecom-{settings().wecom_corpid}-{settings().wecom_agentid}", _fetch_token)


def _fetch_token() -> FreshToken:
    """The token of this app: every app of a company has a secret and a token of its own."""
    params = {"corpid": settings().wecom_corpid, "corpsecret": secrets().wecom_secret}
    request = Request(base_url(), "/cgi-bin/gettoken", params=params, is_get=True)
    answer = ask_openly(request, refuses={})
    if not isinstance(answer.get("access_token"), str):
        raise Unavailable
    return FreshToken(answer["access_token"], timedelta(seconds=int(answer["expires_in"])))
