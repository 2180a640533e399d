"""From a draft to a post: what a draft must be, and what others get to read of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import msgspec

from chalicelib import ids
from chalicelib.errors import FieldError, Invalid
from community.commons.audience.rules import EVERYONE, texts_in
from community.commons.words import visible
from community.forum.markup import rules as markup
from community.forum.polls.rules import poll_of
from community.forum.posts.rules import (
    SCHEDULED_AHEAD_MAX,
    TEASER_CHARS_MAX,
    Draft,
    KindNotYours,
    Part,
    PartDraft,
    Picture,
    Post,
    State,
    author_of,
)
from community.people.members.rules import OFFICIAL_BADGE, STAFF_BADGE, Member


def tidied(draft: Draft) -> Draft:
    """The draft without blanks around, title, model and topics on one line, each topic and name once.

    Refuses: Invalid, naming every wrong field — nothing is left of title or text, links elsewhere, a
             part for everyone, a video beside pictures, a poll without its question or the reverse
    """
    title, text = " ".join(visible(draft.title).split()), visible(draft.text)
    part = draft.part and msgspec.structs.replace(draft.part, text=visible(draft.part.text))
    topics = dict.fromkeys(" ".join(visible(topic).lstrip("#＃").split()) for topic in draft.topics)
    tidy = msgspec.structs.replace(
        draft,
        title=title,
        text=text,
        part=part,
        teaser=visible(draft.teaser or "") or None,
        model=" ".join(visible(draft.model or "").split()) or None,
        topics=tuple(topic for topic in topics if topic),
        mentions=tuple(dict.fromkeys(draft.mentions)),
    )
    if errors := [*_wrong_texts(tidy), *_wrong_extras(tidy)]:
        raise Invalid(errors=errors)
    return tidy


def _wrong_texts(draft: Draft) -> Iterable[FieldError]:
    if not draft.title:
        yield FieldError("title", "请填写标题")
    texts = {"text": draft.text} | ({"part.text": draft.part.text} if draft.part else {})
    for field, text in texts.items():
        if not visible(markup.plain(text)):
            yield FieldError(field, "请填写正文")
        elif markup.wrong_links(text):
            yield FieldError(field, "链接只能指向小程序页面或公众号文章，请修改后再试")


def _wrong_extras(draft: Draft) -> Iterable[FieldError]:
    if draft.part and draft.part.audience == EVERYONE:
        yield FieldError("part.audience", "请选择谁可以阅读这部分内容")
    if len(set(draft.pictures)) < len(draft.pictures):
        yield FieldError("pictures", "图片不能重复")
    if draft.video and draft.pictures:
        yield FieldError("video", "图片和视频只能选择一种")
    if draft.kind == "poll" and draft.poll is None:
        yield FieldError("poll", "请填写投票选项")
    if draft.kind != "poll" and draft.poll is not None:
        yield FieldError("poll", "只有投票帖可以带投票选项")
    if draft.kind != "article" and draft.publish_at is not None:
        yield FieldError("publish_at", "只有文章可以定时发布")


def check_may_write(author: Member, draft: Draft, *, now: datetime) -> None:
    """Refuses: KindNotYours — says who may; Invalid — a time that is past or too far ahead"""
    badges = set(author.badges)
    if draft.kind == "article" and OFFICIAL_BADGE not in badges:
        raise KindNotYours("仅官方账号可以发布文章")
    if draft.kind == "announcement" and not badges & {OFFICIAL_BADGE, STAFF_BADGE}:
        raise KindNotYours("仅官方账号和工作人员可以发布公告")
    if draft.publish_at and not _is_ahead(draft, now):
        days = SCHEDULED_AHEAD_MAX.days
        raise Invalid(
            errors=[FieldError("publish_at", f"定时发布时间须晚于现在，且不超过 {days} 天")]
        )


def _is_ahead(draft: Draft, now: datetime) -> bool:
    at = draft.publish_at
    return at is not None and now < at <= now + SCHEDULED_AHEAD_MAX


def shown_of(draft: Draft) -> str:
    """Everything but the title that others get to read, in words: tags are shown with the audience."""
    part = markup.plain(draft.part.text) if draft.part else None
    poll = draft.poll.options if draft.poll else ()
    audiences = (draft.audience, draft.part.audience if draft.part else EVERYONE)
    others = (*poll, *draft.topics, *(text for each in audiences for text in texts_in(each)))
    text = markup.plain(draft.text)
    return "\n".join(filter(None, (draft.teaser, text, part, draft.model, *others)))


def whole_of(post: Post, part: PartDraft | None = None) -> str:
    """The same of a post, for those who decide about it; a teaser that we made of the text says nothing new."""
    draft = Draft(
        kind=post.kind,
        title=post.title,
        text=post.text,
        audience=post.audience,
        model=post.model,
        topics=post.topics,
        part=part,
    )
    own_teaser = post.teaser if post.teaser != teaser_of(draft) else None
    whole = shown_of(msgspec.structs.replace(draft, teaser=own_teaser))
    return "\n".join((whole, *(post.poll.options if post.poll else ())))


def new_post_id(author: Member, draft: Draft, *, request_id: str, now: datetime) -> str:
    """The same for every try of a request. It sorts by when others see it first."""
    at = draft.publish_at if _is_ahead(draft, now) else now
    return ids.new_id(at or now, f"post {author.member_id} {request_id}")


def new_post(
    draft: Draft, *, post_id: str, author: Member, board_id: str, checked: bool, now: datetime
) -> Post:
    """`checked`: others may see it without a moderator having looked; else it is held for one.

    Refuses: Invalid — a poll that cannot be answered
    """
    post = Post(
        post_id=post_id,
        board_id=board_id,
        author=author_of(author),
        kind=draft.kind,
        poll=poll_of(draft.poll, now=now) if draft.poll else None,
        **said_in(draft),
        pictures=tuple(map(Picture, draft.pictures)),
        video=Picture(draft.video) if draft.video else None,
        publish_at=draft.publish_at.astimezone(UTC) if draft.publish_at else None,
        state=State.HELD,
        created_at=ids.time_of(post_id),
    )
    if not checked:
        return msgspec.structs.replace(post, cases=1)
    if post.publish_at:
        return msgspec.structs.replace(post, state=State.SCHEDULED)
    return msgspec.structs.replace(post, state=State.PUBLISHED, published_at=post.created_at)


def said_in(draft: Draft) -> dict[str, Any]:
    """What an author can say anew."""
    part = draft.part
    return {
        "title": draft.title,
        "text": draft.text,
        "teaser": teaser_of(draft),
        "audience": draft.audience,
        "model": draft.model,
        "topics": draft.topics,
        "part": Part(part.audience, len(markup.plain(part.text))) if part else None,
        "mentions": draft.mentions,
        "coupon_id": draft.coupon_id,
        "activity_id": draft.activity_id,
    }


def teaser_of(draft: Draft) -> str:
    """What everybody may read of a post.

    Of a post for some, not one word of the text is given away: its author says what others read, or
    they read how much there is.
    """
    if draft.teaser:
        return draft.teaser
    text = markup.plain(draft.text)
    return beginning(text) if draft.audience == EVERYONE else how_much(text)


def beginning(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= TEASER_CHARS_MAX else f"{line[: TEASER_CHARS_MAX - 1]}…"


def how_much(text: str) -> str:
    return f"全文共 {len(text)} 字，解锁后可阅读"
