"""What is asked of others before a post is written: content safety, members, media."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pynamodb.transactions import TransactWrite

from chalicelib.errors import FieldError, Invalid
from chalicelib.wechat.client import Scene
from community.commons.media import service as media
from community.commons.media.rules import Purpose
from community.commons.media.rules import State as MediaState
from community.commons.safety import service as safety
from community.forum.posts import drafting
from community.forum.posts.rules import Draft, Picture, PictureState
from community.people.members import service as members
from community.people.members.rules import Member, State

_CHECKED: dict[MediaState | None, PictureState] = {
    MediaState.PASSED: PictureState.PASSED,
    MediaState.REFUSED: PictureState.REFUSED,
}


def screened(author: Member, draft: Draft) -> bool:
    """Whether content safety lets others see it. Refuses: ContentNotAllowed"""
    return safety.screen(
        drafting.shown_of(draft),
        title=draft.title,
        openid=members.openid_here(author),
        scene=Scene.FORUM,
    )


def check_known(mentioned: Sequence[str]) -> None:
    """Refuses: Invalid — somebody is mentioned whom we do not know"""
    known = map(members.alone, mentioned)
    if not all(member and member.state is not State.ERASED for member in known):
        raise Invalid(errors=[FieldError("mentions", "提到的车友不存在")])


def take_files(
    write: TransactWrite, author: Member, draft: Draft, post_id: str, *, now: datetime
) -> dict[str, Picture]:
    """Join a transaction: a post has these files. Gives them by id, with what became of their check.

    Refuses: NoSuchMedia, NotUploaded, NotAPicture, NotAVideo, naming the field; UsedAlready
    """
    pictures = {f"pictures[{number}]": each for number, each in enumerate(draft.pictures)}
    files = {Purpose.POST: pictures, Purpose.VIDEO: {"video": draft.video} if draft.video else {}}
    taken = [
        each
        for purpose, named in files.items()
        if named
        for each in media.take(
            write, author.member_id, named, purpose=purpose, post_id=post_id, now=now
        )
    ]
    return {
        each.media_id: Picture(each.media_id, _CHECKED.get(each.state, PictureState.WAITING))
        for each in taken
    }
