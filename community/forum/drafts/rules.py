"""Drafts: how many a member may have, how large, and how long they are kept."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any

import msgspec

from chalicelib import ids
from chalicelib.errors import Conflict, NotFound
from chalicelib.problems import TooLarge
from community.people.members.rules import Member

DRAFTS_MAX = 20
KEPT_FOR = timedelta(days=90)
BYTES_MAX = 48 * 1024

Word = Annotated[str, msgspec.Meta(max_length=200)]
Words = Annotated[tuple[Word, ...], msgspec.Meta(max_length=20)]
Prose = Annotated[str, msgspec.Meta(max_length=20_000)]


class NoSuchDraft(NotFound):
    code = "no_such_draft"
    text = "草稿不存在或已被删除"


class TooManyDrafts(Conflict):
    code = "too_many_drafts"
    text = f"最多保存 {DRAFTS_MAX} 篇草稿，请先删除一些"


class DraftChanged(Conflict):
    """It was changed on another device: `current` has it as it is now."""

    code = "draft_changed"
    text = "草稿已在其他设备上修改"


class Body(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An unfinished post: any of what a post has, not yet held against what a post must be."""

    board_id: Word | None = None
    kind: Word | None = None
    title: Prose | None = None
    text: Prose | None = None
    teaser: Prose | None = None
    audience: dict[str, Any] | None = None
    model: Word | None = None
    topics: Words = ()
    pictures: Words = ()
    video: Word | None = None
    part: dict[str, Any] | None = None
    poll: dict[str, Any] | None = None
    mentions: Words = ()
    coupon_id: Word | None = None
    activity_id: Word | None = None
    publish_at: Word | None = None


class SavedDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A draft as it is kept: `version` counts its changes, from 1."""

    draft_id: str
    version: int
    body: Body
    changed_at: datetime


def new_draft(member: Member, body: Body, *, request_id: str, now: datetime) -> SavedDraft:
    """The same for every try of a request. Refuses: TooLarge"""
    draft_id = ids.new_id(now, f"draft {member.member_id} {request_id}")
    return SavedDraft(draft_id=draft_id, version=1, body=_fitting(body), changed_at=now)


def changed(draft: SavedDraft, body: Body, *, version: int, now: datetime) -> SavedDraft:
    """The draft with another body, by who knew it in that version.

    Refuses: TooLarge; DraftChanged — it has another version by now
    """
    if draft.version != version:
        raise DraftChanged(current=draft)
    return SavedDraft(
        draft_id=draft.draft_id, version=version + 1, body=_fitting(body), changed_at=now
    )


def _fitting(body: Body) -> Body:
    if len(msgspec.json.encode(body)) > BYTES_MAX:
        raise TooLarge
    return body
