"""Rows of posts, of what stands beside them, and of their cards, as they are in the forum table."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

import msgspec
from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition

from chalicelib import ids
from chalicelib.tables import Row, table_name
from community import facts
from community.commons.audience.rules import EVERYONE, Audience
from community.forum.polls.rules import Poll
from community.forum.posts.rules import Author, Part, Picture, Post, PostKind, State


class PostRow(Row):
    """`more`: what few posts have, see `More`."""

    class Meta:
        table_name = table_name("forum")

    board_id = UnicodeAttribute()
    author = UnicodeAttribute()
    kind = UnicodeAttribute()
    title = UnicodeAttribute()
    text = UnicodeAttribute()
    teaser = UnicodeAttribute()
    audience = UnicodeAttribute(null=True)
    model = UnicodeAttribute(null=True)
    topics = UnicodeAttribute(null=True)
    state = UnicodeAttribute()
    more = UnicodeAttribute(null=True)
    revision = NumberAttribute(attr_name="r", default=0)


class CardRow(Row):
    """What lists show of a published post. Small: a page reads 20, and every count rewrites one.

    Without `card` it is of a post that others may not see now.
    """

    class Meta:
        table_name = table_name("forum")

    card = UnicodeAttribute(null=True)
    views = NumberAttribute(attr_name="v", default=0)
    likes = NumberAttribute(attr_name="l", default=0)
    comments = NumberAttribute(attr_name="c", default=0)
    favourites = NumberAttribute(attr_name="f", default=0)
    useful = NumberAttribute(attr_name="u", default=0)
    shares = NumberAttribute(attr_name="s", default=0)


class PartRow(Row):
    """The part of a post that is for some, `part`. It says for whom by itself: who reads it looks again."""

    class Meta:
        table_name = table_name("forum")

    part = UnicodeAttribute()


class VersionRow(Row):
    """What a post was before its author changed it."""

    class Meta:
        table_name = table_name("forum")

    version = UnicodeAttribute()


class More(msgspec.Struct, omit_defaults=True):
    """What few posts have, under the names of `Post`."""

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
    published_at: datetime | None = None
    edited_at: datetime | None = None
    publish_at: datetime | None = None
    deleted_at: datetime | None = None
    deleted_from: State | None = None
    edits: int = 0
    cases: int = 0


def row_of(post: Post, fact: facts.Fact | None) -> PostRow:
    more = More(**{name: getattr(post, name) for name in More.__struct_fields__})
    return PostRow(
        f"post#{post.post_id}",
        "post",
        board_id=post.board_id,
        author=text_of(post.author),
        kind=post.kind,
        title=post.title,
        text=post.text,
        teaser=post.teaser,
        audience=_audience_text(post.audience),
        model=post.model,
        topics=text_of(post.topics) if post.topics else None,
        state=post.state.value,
        more=text_of(more) if more != More() else None,
        revision=post.revision,
        fact=facts.written(fact) if fact else None,
    )


def post_of(row: PostRow) -> Post:
    post_id = row.pk.removeprefix("post#")
    more = msgspec.json.decode(row.more, type=More) if row.more else More()
    return Post(
        post_id=post_id,
        board_id=row.board_id,
        author=msgspec.json.decode(row.author, type=Author),
        kind=_kind(row.kind),
        title=row.title,
        text=row.text,
        teaser=row.teaser,
        audience=_audience(row.audience),
        model=row.model,
        topics=msgspec.json.decode(row.topics, type=tuple[str, ...]) if row.topics else (),
        state=State(row.state),
        created_at=ids.time_of(post_id),
        revision=int(row.revision),
        **msgspec.structs.asdict(more),
    )


def as_read(post: Post) -> Condition:
    as_read: Condition = (PostRow.revision == post.revision) & (
        PostRow.author == text_of(post.author)
    )
    return as_read


def post_row(post_id: str) -> PostRow | None:
    try:
        return PostRow.get(f"post#{post_id}", "post", consistent_read=True)
    except PostRow.DoesNotExist:
        return None


def _kind(text: str) -> PostKind:
    return cast(PostKind, text)


def _audience_text(audience: Audience) -> str | None:
    return None if audience == EVERYONE else text_of(audience)


def _audience(text: str | None) -> Audience:
    return msgspec.json.decode(text, type=Audience) if text else EVERYONE


def text_of(value: Any) -> str:
    return msgspec.json.encode(value).decode()
