"""What becomes of a post: edited, held, decided, deleted, restored, erased."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec

from chalicelib.errors import FieldError, Invalid
from community.commons.words import visible
from community.facts import CaseDecision
from community.forum.polls.rules import Poll, PollDraft
from community.forum.posts.drafting import said_in
from community.forum.posts.rules import (
    EDITS_MAX,
    ERASED,
    NEW_EDIT_FREELY_FOR,
    RESTORABLE_FOR,
    Draft,
    NoSuchPost,
    PartDraft,
    Picture,
    PictureState,
    Post,
    PostDeleted,
    PostInReview,
    State,
    TooManyEdits,
    Version,
    case_of,
    changed,
    without_files,
)
from community.people.members.rules import Member, is_new


def is_late_edit(author: Member, post: Post, *, now: datetime) -> bool:
    """Whether a new member changes what others have been reading for a while."""
    shown_for = now - post.published_at if post.published_at else timedelta()
    return is_new(author, now) and shown_for > NEW_EDIT_FREELY_FOR


def check_may_edit(post: Post, draft: Draft) -> None:
    """Refuses: PostInReview, PostDeleted, TooManyEdits; Invalid — what cannot be changed is another"""
    if post.state is State.HELD:
        raise PostInReview
    if post.state is State.DELETED:
        raise PostDeleted
    if post.edits >= EDITS_MAX:
        raise TooManyEdits
    errors = []
    if draft.kind != post.kind:
        errors.append(FieldError("kind", "帖子类型发布后不能修改"))
    if draft.publish_at not in (None, post.publish_at):
        errors.append(FieldError("publish_at", "发布时间不能修改，请删除后重新发布"))
    if draft.poll and post.poll and not _asks_the_same(draft.poll, post.poll):
        errors.append(FieldError("poll", "投票发布后不能修改"))
    if errors:
        raise Invalid(errors=errors)


def _asks_the_same(draft: PollDraft, poll: Poll) -> bool:
    options = tuple(" ".join(visible(option).split()) for option in draft.options)
    asked = Poll(options=options, choices_max=draft.choices_max, ends_at=draft.ends_at)
    return asked == poll


def edited(
    post: Post, draft: Draft, files: Mapping[str, Picture], *, checked: bool, now: datetime
) -> Post:
    """The post as its author wants it by now, with these files as their check stands."""
    seen = post.mentions if post.state is State.PUBLISHED else ()
    after = changed(
        post,
        **said_in(draft),
        pictures=tuple(files[each] for each in draft.pictures),
        video=files[draft.video] if draft.video else None,
        mentioned=tuple(dict.fromkeys((*post.mentioned, *seen))),
        edited_at=now,
        edits=post.edits + 1,
    )
    if checked:
        return after
    return msgspec.structs.replace(after, state=State.HELD, cases=post.cases + 1)


def says_already(post: Post, part: PartDraft | None, draft: Draft) -> bool:
    """Whether a post, with its part, says what its author wants it to say: an edit that came again."""
    files = ([each.media_id for each in post.pictures], post.video.media_id if post.video else None)
    wanted = ([*draft.pictures], draft.video)
    said = all(getattr(post, name) == value for name, value in said_in(draft).items())
    return said and part == draft.part and files == wanted


def version_of(post: Post, part: PartDraft | None, *, until: datetime) -> Version:
    return Version(
        until=until,
        title=post.title,
        text=post.text,
        teaser=post.teaser,
        audience=post.audience,
        model=post.model,
        topics=post.topics,
        pictures=tuple(each.media_id for each in post.pictures),
        video=post.video.media_id if post.video else None,
        part=part,
    )


def deleted(post: Post, *, now: datetime) -> Post:
    return changed(post, state=State.DELETED, deleted_at=now, deleted_from=post.state)


def restored(post: Post, *, now: datetime) -> Post:
    """The post as it was before its author deleted it.

    Refuses: NoSuchPost — too long ago
    """
    if post.deleted_at is None or post.deleted_from is None or is_erasable(post, now=now):
        raise NoSuchPost
    after = changed(post, state=post.deleted_from, deleted_at=None, deleted_from=None)
    if after.state is State.HELD or not is_due(after, now=now):
        return after
    return msgspec.structs.replace(
        after, state=State.PUBLISHED, published_at=after.published_at or now
    )


def is_erasable(post: Post, *, now: datetime) -> bool:
    """Whether a post was deleted so long ago that nothing of it is kept."""
    return post.deleted_at is not None and now - post.deleted_at >= RESTORABLE_FOR


def erased(post: Post) -> Post:
    """What is left of a post: that there was one."""
    nothing: dict[str, Any] = {"model": None, "topics": (), "part": None, "poll": None}
    nothing |= {"coupon_id": None, "activity_id": None, "deleted_from": None}
    return changed(without_files(post), title="", text="", teaser="", **nothing)


def is_due(post: Post, *, now: datetime) -> bool:
    return post.publish_at is None or post.publish_at <= now


def with_checked(post: Post, media_id: str, *, passed: bool) -> Post | None:
    """The post with what became of the check of a picture; None if that changes nothing."""
    state = PictureState.PASSED if passed else PictureState.REFUSED

    def checked(each: Picture) -> Picture:
        return Picture(media_id, state) if each.media_id == media_id else each

    pictures = tuple(map(checked, post.pictures))
    video = post.video and checked(post.video)
    if (pictures, video) == (post.pictures, post.video):
        return None
    return changed(post, pictures=pictures, video=video)


def released(post: Post, *, now: datetime) -> Post:
    """A post that others may see, from now on or from its time on; again, if they could before."""
    if not is_due(post, now=now):
        return changed(post, state=State.SCHEDULED)
    return changed(post, state=State.PUBLISHED, published_at=post.published_at or now)


def decided(post: Post, case_id: str, decision: CaseDecision, *, now: datetime) -> Post | None:
    """What a moderator's decision makes of a post; None if it is not for them any more.

    A post that its author deleted meanwhile comes back as they decided, or not at all.
    """
    if case_id != case_of(post) or State.HELD not in (post.state, post.deleted_from):
        return None
    if post.author == ERASED:
        return None  # It went with them, and is erased in its time.
    if decision is CaseDecision.REMOVE:
        return changed(post, state=State.REMOVED, deleted_at=None, deleted_from=None)
    if post.state is State.DELETED:
        return changed(post, deleted_from=released(post, now=now).state)
    return released(post, now=now)
