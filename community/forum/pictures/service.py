"""Front door: WeChat looks at the pictures of posts before others see them.

What it says comes back as `PictureJudged`, and `media` follows that.
"""

from __future__ import annotations

from datetime import datetime

from community.commons.agenda import service as agenda
from community.commons.media import service as media
from community.commons.media.rules import ANSWER_DUE, Media, Size, State, asks_again, shaped_key
from community.commons.outbound import service as outbound
from community.commons.outbound.rules import PictureCheck
from community.facts import MediaShaped, PictureDue, PictureJudged
from community.people.members import service as members


def ask(fact: MediaShaped) -> None:
    """WeChat is asked about a new picture. Refuses: NotFound, NeverHere — its author is erased"""
    if found := media.find(fact.media_id):
        _ask(found, attempt=1, now=fact.at)


def ask_again(fact: PictureJudged) -> None:
    """A picture that WeChat could not look at is brought to it again.

    Refuses: NotFound, NeverHere — its author is erased
    """
    if asks_again(fact) and (found := media.find(fact.media_id)):
        _ask(found, attempt=fact.attempt + 1, now=fact.at)


def _ask(picture: Media, *, attempt: int, now: datetime) -> None:
    if picture.state is not State.SHAPED:
        return
    due = PictureDue(
        fact_id=f"{picture.media_id}.check_due",  # Asked again, it is put off.
        at=now + ANSWER_DUE,
        media_id=picture.media_id,
    )
    agenda.put(due)
    check = PictureCheck(
        message_id=f"check {picture.media_id} {attempt}",
        media_id=picture.media_id,
        key=shaped_key(picture.media_id, Size.LARGE),
        openid=members.openid_of(picture.member_id),
        attempt=attempt,
    )
    outbound.enqueue(check)
