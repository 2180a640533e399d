"""Whether a text may be shown to others: asks WeChat; without an answer a moderator will look."""

from __future__ import annotations

from chalicelib import logs
from chalicelib.errors import Unavailable
from chalicelib.wechat import client as wechat
from chalicelib.wechat.client import Scene, Suggestion
from community.commons.safety.rules import ContentNotAllowed


def screen(text: str, *, openid: str, scene: Scene, title: str | None = None) -> bool:
    """Whether everyone may see it; else a moderator has to look first, also when nobody answered.

    Refuses: ContentNotAllowed — it must not be shown at all
    """
    try:
        return passes(text, openid=openid, scene=scene, title=title)
    except Unavailable:
        return False


def passes(text: str, *, openid: str, scene: Scene, title: str | None = None) -> bool:
    """Whether everyone may see it; for what cannot wait for a moderator.

    Refuses: ContentNotAllowed — it must not be shown at all; Unavailable — nobody answered
    """
    try:
        verdict = wechat.screen_text(text, openid=openid, scene=scene, title=title)
    except Unavailable as unanswered:
        logs.warning("content safety did not answer", code=unanswered.code)
        logs.metric("safety_unanswered")
        raise
    if verdict.suggestion is Suggestion.RISKY:
        raise ContentNotAllowed
    return verdict.suggestion is Suggestion.PASS
