"""The mini program as WeChat knows it: where its platform is, and the token that speaks for it."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.errors import Unavailable
from chalicelib.settings import secrets, settings
from chalicelib.tokens import FreshToken, TokenSource
from chalicelib.wechat.platform import Answer, Request, ask_openly


def base_url() -> str:
    return settings().wechat_api_url


def token_source() -> TokenSource:
    return TokenSource(f"wechat-{settings().wechat_appid}", _fetch_token)


def text_in(answer: Answer, name: str) -> str:
    """A text that an answer must hold. Refuses: Unavailable"""
    value = answer.get(name)
    if not isinstance(value, str) or not value:
        raise Unavailable
    return value


def _fetch_token() -> FreshToken:
    """The stable token: the same for everybody who asks, so that containers do not void each other's."""
    data = {
        "grant_type": "client_credential",
        "appid": settings().wechat_appid,
        "secret": secrets().wechat_secret,
        "force_refresh": False,
    }
    answer = ask_openly(Request(base_url(), "/cgi-bin/stable_token", data=data), refuses={})
    token = text_in(answer, "access_token")
    return FreshToken(token, timedelta(seconds=int(answer["expires_in"])))
