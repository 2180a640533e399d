"""Posts: what they are, their states, and who may know of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any, Literal

import msgspec

from chalicelib.errors import Conflict, Forbidden, NotFound, Unlock
from community.commons.audience.rules import EVERYONE, Audience
from community.forum.authorship.rules import NOBODY
from community.forum.polls.rules import Poll, PollDraft
from community.people.members.rules import ERASED_NICKNAME, Member

TITLE_CHARS_MAX = 50
TEXT_CHARS_MAX = 5_000
TEASER_CHARS_MAX = 80
MODEL_CHARS_MAX = 40
TOPIC_CHARS_MAX = 20
TOPICS_MAX = 5
PICTURES_MAX = 9
MENTIONS_MAX = 10
EDITS_MAX = 100
SCHEDULED_AHEAD_MAX = timedelta(days=90)
RESTORABLE_FOR = timedelta(days=30)
NEW_EDIT_FREELY_FOR = timedelta(minutes=15)
"""What new members change later than that after publishing, a moderator looks at first."""

PostKind = Literal["discussion", "question", "article", "poll", "announcement"]
Topic = Annotated[str, msgspec.Meta(max_length=TOPIC_CHARS_MAX)]
Title = Annotated[str, msgspec.Meta(max_length=TITLE_CHARS_MAX)]
Text = Annotated[str, msgspec.Meta(max_length=TEXT_CHARS_MAX)]
Id = Annotated[str, msgspec.Meta(pattern="^[0-9A-Za-z_-]{1,64}$")]
"""Of something that others keep: its form is checked here, and whether it is there by them."""


class State(StrEnum):
    PUBLISHED = "published"
    HELD = "held"
    """A moderator has to look at it first."""
    REMOVED = "removed"
    """A moderator decided so."""
    DELETED = "deleted"
    """Its author wanted so, and can take that back for a while."""
    SCHEDULED = "scheduled"


class PictureState(StrEnum):
    """What became of the check of a picture or video."""

    WAITING = "waiting"
    PASSED = "passed"
    REFUSED = "refused"


class NoSuchPost(NotFound):
    code = "no_such_post"
    text = "帖子不存在或已被删除"


class PostLocked(Forbidden):
    code = "post_locked"
    text = "解锁后才能参与这篇帖子"


class KindNotYours(Forbidden):
    code = "kind_not_yours"
    text = "您不能发布这类帖子"


class NotYourPost(Forbidden):
    code = "not_your_post"
    text = "只能修改或删除自己的帖子"


class PostClosed(Forbidden):
    code = "post_closed"
    text = "这篇帖子已关闭评论"


class PostInReview(Conflict):
    code = "post_in_review"
    text = "帖子正在审核，审核完成后再修改"


class PostDeleted(Conflict):
    code = "post_deleted"
    text = "帖子已删除，请先恢复再修改"


class PostChanged(Conflict):
    code = "post_changed"
    text = "帖子刚刚在别处被修改，请刷新后再试"


class TooManyEdits(Conflict):
    code = "too_many_edits"
    text = f"一篇帖子最多修改 {EDITS_MAX} 次"


class PartDraft(msgspec.Struct, frozen=True, kw_only=True):
    """What only some of those who read a post get to read of it."""

    audience: Audience
    text: Text


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """What a member wants to publish. `text` has light markdown, see `markup`."""

    kind: PostKind
    title: Title
    text: Text
    teaser: Annotated[str, msgspec.Meta(max_length=TEASER_CHARS_MAX)] | None = None
    audience: Audience = EVERYONE
    model: Annotated[str, msgspec.Meta(max_length=MODEL_CHARS_MAX)] | None = None
    topics: Annotated[tuple[Topic, ...], msgspec.Meta(max_length=TOPICS_MAX)] = ()
    pictures: Annotated[tuple[Id, ...], msgspec.Meta(max_length=PICTURES_MAX)] = ()
    video: Id | None = None
    part: PartDraft | None = None
    poll: PollDraft | None = None
    mentions: Annotated[tuple[Id, ...], msgspec.Meta(max_length=MENTIONS_MAX)] = ()
    coupon_id: Id | None = None
    activity_id: Id | None = None
    publish_at: Annotated[datetime, msgspec.Meta(tz=True)] | None = None


class Author(msgspec.Struct, frozen=True):
    """Who wrote, as they are called."""

    member_id: str
    nickname: str
    badges: tuple[str, ...]


ERASED = Author(NOBODY, ERASED_NICKNAME, ())
"""The author of what somebody wrote who is erased."""


class Picture(msgspec.Struct, frozen=True, array_like=True):
    """A picture or a video of a post; others see it once it passed."""

    media_id: str
    state: PictureState = PictureState.WAITING


class Part(msgspec.Struct, frozen=True):
    """That a post has a part for some. Its text is kept apart: who may not read it, it is not read for."""

    audience: Audience
    chars: int


class Post(msgspec.Struct, frozen=True, kw_only=True):
    """A post as it is kept, without what changes with every reader.

    `revision` counts its changes, `cases` how often it was held, `edits` how often its author changed
    it. `published_at` is when others saw it first. `deleted_from` is the state it goes back to. Whom
    `mentioned` names, earlier versions did that others saw.
    """

    post_id: str
    board_id: str
    author: Author
    kind: PostKind
    title: str
    text: str
    teaser: str
    audience: Audience
    model: str | None = None
    topics: tuple[str, ...] = ()
    pictures: tuple[Picture, ...] = ()
    video: Picture | None = None
    part: Part | None = None
    poll: Poll | None = None
    mentions: tuple[str, ...] = ()
    mentioned: tuple[str, ...] = ()
    coupon_id: str | None = None
    activity_id: str | None = None
    accepted: str | None = None
    featured: bool = False
    closed: bool = False
    state: State
    created_at: datetime
    published_at: datetime | None = None
    edited_at: datetime | None = None
    publish_at: datetime | None = None
    deleted_at: datetime | None = None
    deleted_from: State | None = None
    revision: int = 0
    edits: int = 0
    cases: int = 0


class Counts(msgspec.Struct, frozen=True):
    views: int = 0
    likes: int = 0
    comments: int = 0
    favourites: int = 0
    useful: int = 0
    shares: int = 0


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """A post in a list: everything but its text, and its counts.

    `cover` is its first picture that others see, `part` whom its protected part is for.
    """

    post_id: str
    board_id: str
    author: Author
    kind: PostKind
    title: str
    teaser: str
    audience: Audience
    cover: str | None = None
    accepted: bool = False
    featured: bool = False
    part: Audience | None = None
    counts: Counts = Counts()


class PartSight(msgspec.Struct, frozen=True, kw_only=True):
    """The part of a post before one person: its text, or what opens it."""

    chars: int
    text: str | None = None
    unlock: Unlock | None = None


class Sight(msgspec.Struct, frozen=True, kw_only=True):
    """A post before one person: without its text while `unlock` says what opens it."""

    post: Post
    counts: Counts
    unlock: Unlock | None
    part: PartSight | None = None


class Version(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a post was before its author changed it. `until`: when they did."""

    until: datetime
    title: str
    text: str
    teaser: str
    audience: Audience
    model: str | None = None
    topics: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()
    video: str | None = None
    part: PartDraft | None = None


def is_erased(post: Post) -> bool:
    return post.state is State.DELETED and post.deleted_from is None


def without_files(post: Post) -> Post:
    return msgspec.structs.replace(post, pictures=(), video=None, mentions=(), mentioned=())


def check_may_know(viewer: Member | None, post: Post) -> None:
    """Refuses: NoSuchPost — removed, or not shown to others and not the viewer's own"""
    is_gone = post.state is State.REMOVED or is_erased(post)
    if is_gone or (post.state is not State.PUBLISHED and not is_author(viewer, post)):
        raise NoSuchPost


def check_theirs(member: Member, post: Post) -> None:
    """Refuses: NoSuchPost — they may not know of it; NotYourPost"""
    check_may_know(member, post)
    if not is_author(member, post):
        raise NotYourPost


def case_of(post: Post) -> str:
    """The case about the latest version of a post that was held."""
    return post.post_id if post.cases <= 1 else f"{post.post_id}-{post.cases}"


def is_author(viewer: Member | None, post: Post) -> bool:
    return viewer is not None and viewer.member_id == post.author.member_id


def author_of(member: Member) -> Author:
    return Author(member.member_id, member.nickname, member.badges)


def by_author(author: Author, author_id: str | None) -> Author:
    """The author under another id, called as before; without one, nobody."""
    return msgspec.structs.replace(author, member_id=author_id) if author_id else ERASED


def changed(post: Post, **changes: Any) -> Post:
    """The post with these changes, as its next revision."""
    return msgspec.structs.replace(post, **changes, revision=post.revision + 1)
