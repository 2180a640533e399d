"""On which lists a post stands."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from community.forum.comments.rules import Comment
from community.forum.posts.rules import (
    MODEL_CHARS_MAX,
    TOPIC_CHARS_MAX,
    Card,
    Counts,
    Post,
    State,
)

HISTORY_KEPT = timedelta(days=90)
Place = tuple[str, str]
"""Where the card of a post is: its board's and its own id."""


class Mine(msgspec.Struct, frozen=True):
    """A post among those of its author, in whatever state."""

    card: Card
    state: State


class Said(msgspec.Struct, frozen=True):
    """A comment among those of its author. `post_title`: None where they do not see the post."""

    comment: Comment
    post_title: str | None


def topic(name: str) -> str:
    return f"topic#{_spelled(name, TOPIC_CHARS_MAX)}"


def model(name: str) -> str:
    return f"model#{_spelled(name, MODEL_CHARS_MAX)}"


def featured(board_id: str) -> str:
    return f"featured#{board_id}"


def unanswered(board_id: str) -> str:
    return f"unanswered#{board_id}"


def lists_of(post: Post) -> frozenset[str]:
    """The names of the lists on which a post stands."""
    if post.state is not State.PUBLISHED:
        return frozenset()
    names = {topic(each) for each in post.topics}
    if post.model:
        names.add(model(post.model))
    if post.featured:
        names.add(featured(post.board_id))
    if post.kind == "question" and post.accepted is None:
        names.add(unanswered(post.board_id))
    return frozenset(names)


def mine(post: Post, shown: Card | None) -> Mine:
    """`shown`: its card, if others may see it."""
    card = shown or Card(
        post_id=post.post_id,
        board_id=post.board_id,
        author=post.author,
        kind=post.kind,
        title=post.title,
        teaser=post.teaser,
        audience=post.audience,
        counts=Counts(),
    )
    return Mine(card, post.state)


def _spelled(name: str, chars_max: int) -> str:
    """As everybody finds it, however they write it; longer ones there are not."""
    return "".join(name.lstrip("#＃").split()).casefold()[:chars_max]
