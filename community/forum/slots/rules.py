"""Slots: places in the mini program where operators put something before certain members for a time."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from chalicelib import ids
from chalicelib.errors import Conflict, FieldError, Invalid, NotFound
from community.commons.audience.rules import EVERYONE, Audience, unlock_for
from community.commons.media.rules import Media, Purpose, State
from community.commons.words import visible
from community.forum.posts.rules import Picture, PictureState, Post
from community.forum.posts.rules import State as PostState
from community.people.members.rules import Member

TITLE_CHARS_MAX = 30
LINK_CHARS_MAX = 128
PLACE_MAX = 999
STANDING_MAX = 100
"""What is shown or will be, in all slots: everybody's page is chosen from it."""
OVER_KEPT = timedelta(days=90)

# Source: a page of the mini program, with what it is told.
_PAGE = re.compile(r"[a-z0-9_-]+(/[a-z0-9_-]+)+(\?[A-Za-z0-9_.~%=&-]*)?")
_ID = re.compile(r"[0-9A-Za-z_-]{1,64}")


class Slot(StrEnum):
    HOME_BANNER = "home-banner"
    ACCESSORY_DEALS = "accessory-deals"
    NEW_LAUNCHES = "new-launches"
    MEMBERS_ONLY = "members-only"


NAMES = {
    Slot.HOME_BANNER: "首页横幅",
    Slot.ACCESSORY_DEALS: "车品大促",
    Slot.NEW_LAUNCHES: "新车发布",
    Slot.MEMBERS_ONLY: "会员尊享",
}


class Kind(StrEnum):
    """What an entry leads to; activities and coupons are known by their ids only."""

    POST = "post"
    ACTIVITY = "activity"
    COUPON_BATCH = "coupon_batch"


class NoSuchEntry(NotFound):
    code = "no_such_slot_entry"
    text = "没有这条展位内容"


class EntryOver(Conflict):
    code = "slot_entry_over"
    text = "这条展位内容已经结束"


class SlotsFull(Conflict):
    code = "slots_full"
    text = f"展位最多同时安排 {STANDING_MAX} 条内容"


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something in a slot, for an audience, from `from_at` until before `until_at`.

    `place`: the smallest stands first. `link`: a page of the mini program.
    """

    entry_id: str
    slot: Slot
    kind: Kind
    ref_id: str
    title: str
    picture_media_id: str
    link: str
    from_at: datetime
    until_at: datetime
    audience: Audience = EVERYONE
    place: int = 0

    def is_over(self, now: datetime) -> bool:
        return self.until_at <= now

    def holds_at(self, now: datetime) -> bool:
        return self.from_at <= now < self.until_at


def new_entry_id(by: str, *, request_id: str, now: datetime) -> str:
    """The same for every try of a request."""
    return ids.new_id(now, f"slot {by} {request_id}")


def tidied(entry: Entry) -> Entry:
    """The entry as it is meant. Refuses: Invalid, naming every wrong field"""
    title = " ".join(visible(entry.title).split())
    errors = []
    if not 1 <= len(title) <= TITLE_CHARS_MAX:
        errors.append(FieldError("title", f"请填写标题，最多 {TITLE_CHARS_MAX} 个字符"))
    if not _ID.fullmatch(entry.ref_id):
        errors.append(FieldError("ref_id", "请填写帖子、活动或券批次的编号"))
    if not ids.is_id(entry.picture_media_id):
        errors.append(FieldError("picture_media_id", "请填写图片的编号"))
    if len(entry.link) > LINK_CHARS_MAX or not _PAGE.fullmatch(entry.link):
        errors.append(FieldError("link", "请填写小程序页面路径，例如：pages/post/post?id=1"))
    if entry.until_at <= entry.from_at:
        errors.append(FieldError("until_at", "结束时间应晚于开始时间"))
    if not 0 <= entry.place <= PLACE_MAX:
        errors.append(FieldError("place", f"排序应为 0–{PLACE_MAX}"))
    if errors:
        raise Invalid("展位内容有误，请检查后重试", errors=errors)
    return msgspec.structs.replace(entry, title=title)


def check_picture(picture: Media | None) -> None:
    """Refuses: Invalid — no picture of a post, or it has not passed its check"""
    if picture is None or (picture.purpose, picture.state) != (Purpose.POST, State.PASSED):
        wrong = FieldError("picture_media_id", "请选择一张已发布帖子中通过审核的图片")
        raise Invalid("展位内容有误，请检查后重试", errors=[wrong])


def ended(entry: Entry, now: datetime) -> Entry:
    """The entry, over; one that had not begun ends as it begins. Refuses: EntryOver"""
    if entry.is_over(now):
        raise EntryOver
    return msgspec.structs.replace(entry, until_at=max(now, entry.from_at))


def check_room(entries: Iterable[Entry], now: datetime) -> None:
    """Refuses: SlotsFull"""
    if sum(not entry.is_over(now) for entry in entries) >= STANDING_MAX:
        raise SlotsFull


def seen(entries: Iterable[Entry], posts: Iterable[Post]) -> list[Entry]:
    """Those whose picture, and the post that they lead to, others see. Shape: `posts` are all of theirs"""
    published = {post.post_id: post for post in posts if post.state is PostState.PUBLISHED}
    pictures = {each for post in published.values() for each in post.pictures}
    return [
        entry
        for entry in entries
        if Picture(entry.picture_media_id, PictureState.PASSED) in pictures
        and (entry.kind is not Kind.POST or entry.ref_id in published)
    ]


def shown(
    entries: Iterable[Entry], viewer: Member | None, now: datetime
) -> dict[Slot, list[Entry]]:
    """What stands in each slot for somebody now, in its order. Shape: `viewer` is None for a guest"""
    open_to = [e for e in entries if e.holds_at(now) and unlock_for(viewer, e.audience) is None]
    ordered = sorted(open_to, key=lambda entry: (entry.place, entry.entry_id))
    return {slot: [entry for entry in ordered if entry.slot is slot] for slot in Slot}
