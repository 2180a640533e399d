"""Whether a text or picture may be shown to others: asks WeChat; without an answer a moderator will look."""

from __future__ import annotations

from datetime import datetime, timedelta

from chalicelib import logs, storage
from chalicelib.errors import Unavailable
from chalicelib.wechat import client as wechat
from chalicelib.wechat import pictures
from chalicelib.wechat.client import Scene, Suggestion
from chalicelib.wechat.envelope import PictureVerdict
from chalicelib.wechat.refusals import PictureNotChecked
from community.commons.safety import records
from community.commons.safety.rules import ContentNotAllowed
from community.facts import Judgement

FETCHED_WITHIN = timedelta(hours=2)
"""WeChat may look at a picture later than it was asked."""


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


def ask_about_picture(media_id: str, *, key: str, openid: str, attempt: int, now: datetime) -> None:
    """Let WeChat look at a picture in the bucket; what it says comes later, by `hear`.

    Refuses: TooManyChecks, Unavailable — it was not asked
    """
    link = storage.link(key, expires_s=int(FETCHED_WITHIN.total_seconds()))
    try:
        trace_id = pictures.have_checked(link, openid=openid, scene=Scene.FORUM)
    except PictureNotChecked:
        records.note_not_asked(media_id, attempt=attempt, now=now)
    else:
        records.note_asked(trace_id, media_id, attempt=attempt, now=now)


def hear(verdict: PictureVerdict, *, now: datetime) -> None:
    """WeChat tells what it thinks of a picture, perhaps before it told us how it calls the question."""
    records.note_answered(verdict.trace_id, Judgement(verdict.said), now=now)
