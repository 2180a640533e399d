"""What a case is about, in the words of cards and notices, and what became of it."""

from __future__ import annotations

from typing import NamedTuple

from community.commons.media import service as media
from community.commons.media.rules import Purpose
from community.commons.outbound.cards import shortened
from community.forum.comments import service as comments
from community.forum.comments.rules import DELETED_TEXT
from community.forum.moderation import texts
from community.forum.moderation.rules import Case
from community.forum.posts import service as posts
from community.forum.posts.drafting import whole_of
from community.forum.posts.rules import Post, State

TITLE_CHARS_MAX = 20


class Content(NamedTuple):
    """`files` says of a post that it has pictures or a video: whoever passes it lets others see these, too."""

    what: str
    author: str
    title: str
    text: str
    state: State
    files: str | None = None


def content_of(case: Case) -> Content:
    """What whoever decides about a case has to know of, as it is by now."""
    if case.comment_id:
        comment = comments.get(case.post_id, case.comment_id)
        title = shortened(" ".join((comment.text or DELETED_TEXT).split()), TITLE_CHARS_MAX)
        return Content(texts.COMMENT, comment.author.nickname, title, comment.text, comment.state)
    post = posts.get(case.post_id)
    nickname, title = post.author.nickname, shortened(post.title, TITLE_CHARS_MAX)
    if case.media_id:
        held = media.find(case.media_id)
        what = texts.VIDEO if held and held.purpose is Purpose.VIDEO else texts.PICTURE
        return Content(what, nickname, title, texts.LOOK, post.state)
    cut = "" if title == post.title else f"{post.title}\n"
    text = cut + whole_of(post, posts.part_of(post))
    return Content(texts.POST, nickname, title, text, post.state, _files_of(post))


def _files_of(post: Post) -> str | None:
    if post.video:
        return texts.WITH_VIDEO
    return texts.WITH_PICTURES.format(number=len(post.pictures)) if post.pictures else None
