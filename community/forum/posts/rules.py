"""Posts: what a draft must be, what others see of it, and its states."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

import msgspec

from chalicelib import ids
from chalicelib.errors import FieldError, Forbidden, Invalid, NotFound, Unlock
from community.commons.audience.rules import EVERYONE, Audience, unlock_for
from community.commons.words import visible
from community.forum.authorship.rules import NOBODY
from community.forum.boards.rules import Board
from community.people.members.rules import ERASED_NICKNAME, Member

TITLE_CHARS_MAX = 50
TEXT_CHARS_MAX = 5_000
TEASER_CHARS_MAX = 80
MODEL_CHARS_MAX = 40
TOPIC_CHARS_MAX = 20
TOPICS_MAX = 5

PostKind = Literal["discussion", "question"]
Topic = Annotated[str, msgspec.Meta(max_length=TOPIC_CHARS_MAX)]


class State(StrEnum):
    PUBLISHED = "published"
    HELD = "held"
    REMOVED = "removed"


class NoSuchPost(NotFound):
    code = "no_such_post"
    text = "帖子不存在或已被删除"


class PostLocked(Forbidden):
    code = "post_locked"
    text = "解锁后才能参与这篇帖子"


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """What a member wants to publish."""

    kind: PostKind
    title: Annotated[str, msgspec.Meta(max_length=TITLE_CHARS_MAX)]
    text: Annotated[str, msgspec.Meta(max_length=TEXT_CHARS_MAX)]
    teaser: Annotated[str, msgspec.Meta(max_length=TEASER_CHARS_MAX)] | None = None
    audience: Audience = EVERYONE
    model: Annotated[str, msgspec.Meta(max_length=MODEL_CHARS_MAX)] | None = None
    topics: Annotated[tuple[Topic, ...], msgspec.Meta(max_length=TOPICS_MAX)] = ()


class Author(msgspec.Struct, frozen=True):
    """Who wrote, as they are called."""

    member_id: str
    nickname: str
    badges: tuple[str, ...]


ERASED = Author(NOBODY, ERASED_NICKNAME, ())
"""The author of what somebody wrote who is erased."""


class Post(msgspec.Struct, frozen=True, kw_only=True):
    """A post as it is kept, without what changes with every reader."""

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
    state: State
    created_at: datetime


class Counts(msgspec.Struct, frozen=True):
    views: int = 0
    likes: int = 0
    comments: int = 0
    favourites: int = 0


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """A post in a list: everything but its text, and its counts."""

    post_id: str
    board_id: str
    author: Author
    kind: PostKind
    title: str
    teaser: str
    audience: Audience
    counts: Counts


class Sight(msgspec.Struct, frozen=True, kw_only=True):
    """A post before one person: without its text while `unlock` says what opens it."""

    post: Post
    counts: Counts
    unlock: Unlock | None


def tidied(draft: Draft) -> Draft:
    """The draft without blanks around, title, model and topics on one line, each topic once.

    Refuses: Invalid — nothing is left of title or text
    """
    title, text = " ".join(visible(draft.title).split()), visible(draft.text)
    errors = []
    if not title:
        errors.append(FieldError("title", "请填写标题"))
    if not text:
        errors.append(FieldError("text", "请填写正文"))
    if errors:
        raise Invalid(errors=errors)
    teaser = visible(draft.teaser or "") or None
    model = " ".join(visible(draft.model or "").split()) or None
    topics = dict.fromkeys(" ".join(visible(topic).lstrip("#＃").split()) for topic in draft.topics)
    return msgspec.structs.replace(
        draft,
        title=title,
        text=text,
        teaser=teaser,
        model=model,
        topics=tuple(topic for topic in topics if topic),
    )


def shown_of(draft: Draft) -> str:
    """Everything but the title that others get to read: tags are shown with the audience."""
    others = (*draft.topics, *draft.audience.tags_any)
    return "\n".join(filter(None, (draft.teaser, draft.text, draft.model, *others)))


def whole_of(post: Post) -> str:
    """The same of a post, for those who decide about it; a teaser that we made of the text says nothing new."""
    draft = Draft(
        kind=post.kind,
        title=post.title,
        text=post.text,
        audience=post.audience,
        model=post.model,
        topics=post.topics,
    )
    own_teaser = post.teaser if post.teaser != teaser_of(draft) else None
    return shown_of(msgspec.structs.replace(draft, teaser=own_teaser))


def new_post_id(author: Member, *, request_id: str, now: datetime) -> str:
    """The same for every try of a request."""
    return ids.new_id(now, f"post {author.member_id} {request_id}")


def new_post(draft: Draft, *, post_id: str, author: Member, board_id: str, checked: bool) -> Post:
    """`checked`: content safety let it pass; else it is held for a moderator."""
    return Post(
        post_id=post_id,
        board_id=board_id,
        author=author_of(author),
        kind=draft.kind,
        title=draft.title,
        text=draft.text,
        teaser=teaser_of(draft),
        audience=draft.audience,
        model=draft.model,
        topics=draft.topics,
        state=State.PUBLISHED if checked else State.HELD,
        created_at=ids.time_of(post_id),
    )


def teaser_of(draft: Draft) -> str:
    """What everybody may read of a post.

    Of a post for some, not one word of the text is given away: its author says what others read, or
    they read how much there is.
    """
    if draft.teaser:
        return draft.teaser
    return _beginning(draft.text) if draft.audience == EVERYONE else _how_much(draft.text)


def locked(post: Post) -> Post:
    """What may leave for those who may not read it: no text, and no teaser that was made of it.

    A post for everyone on a board for some has its beginning for a teaser.
    """
    teaser = _how_much(post.text) if post.teaser == _beginning(post.text) else post.teaser
    return msgspec.structs.replace(post, text="", teaser=teaser)


def check_may_know(viewer: Member | None, post: Post) -> None:
    """Refuses: NoSuchPost — removed, or held and not the viewer's own"""
    held_from_viewer = post.state is State.HELD and not is_author(viewer, post)
    if post.state is State.REMOVED or held_from_viewer:
        raise NoSuchPost


def is_author(viewer: Member | None, post: Post) -> bool:
    return viewer is not None and viewer.member_id == post.author.member_id


def unlock_of(viewer: Member | None, post: Post, board: Board) -> Unlock | None:
    """None if the viewer may read the text: wrote it, or board and post are open to them."""
    if is_author(viewer, post):
        return None
    return unlock_for(viewer, board.read) or unlock_for(viewer, post.audience)


def is_closed_to(viewer: Member, post: Post, board: Board) -> bool:
    """Whether somebody may not read a post that they could if they had written it."""
    held = post.state is State.HELD and not is_author(viewer, post)
    return held or unlock_of(viewer, post, board) is not None


def author_of(member: Member) -> Author:
    return Author(member.member_id, member.nickname, member.badges)


def by_author(author: Author, author_id: str | None) -> Author:
    """The author under another id, called as before; without one, nobody."""
    return msgspec.structs.replace(author, member_id=author_id) if author_id else ERASED


def in_state(post: Post, state: State) -> Post:
    return msgspec.structs.replace(post, state=state)


def _beginning(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= TEASER_CHARS_MAX else f"{line[: TEASER_CHARS_MAX - 1]}…"


def _how_much(text: str) -> str:
    return f"全文共 {len(text)} 字，解锁后可阅读"
