"""Comments: limits, states, and who answers whom."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Literal

import msgspec

from chalicelib import ids
from chalicelib.errors import FieldError, Forbidden, Invalid, NotFound
from community.commons.words import visible
from community.facts import CaseDecision
from community.forum.posts.rules import ERASED, Author, Post, PostClosed, State, author_of
from community.people.members.rules import Member

TEXT_CHARS_MAX = 500
MENTIONS_MAX = 10
REPLIES_SHOWN = 2
"""With a comment itself, the first of all that answer it, as far as one reads at a glance."""
REPLY_SHOWN_CHARS_MAX = 60
DELETED_TEXT = "该评论已删除"
RANKED_MAX = 100
"""So many of the most liked come by their likes; behind them comes the rest, by time."""
AUTHOR = ""
_REPLY_TO = "to"
"""Slots of a comment, see `slots`; those who are mentioned have their place for one."""

Sort = Literal["time", "likes"]
MemberId = Annotated[str, msgspec.Meta(max_length=64)]


class NoSuchComment(NotFound):
    code = "no_such_comment"
    text = "评论不存在或已被删除"


class NotYourComment(Forbidden):
    code = "not_your_comment"
    text = "只有评论的作者或楼主可以删除评论"


class CommentDraft(msgspec.Struct, frozen=True):
    """What a member wants to say; `parent_id` is the comment or reply that they answer."""

    text: Annotated[str, msgspec.Meta(max_length=TEXT_CHARS_MAX)]
    parent_id: str | None = None
    mentions: Annotated[tuple[MemberId, ...], msgspec.Meta(max_length=MENTIONS_MAX)] = ()


class Named(msgspec.Struct, frozen=True):
    """A member whom a comment names, as they are called."""

    member_id: str
    nickname: str


class Comment(msgspec.Struct, frozen=True, kw_only=True):
    """A comment, or a reply to one: that has a `parent_id`, and `reply_to` if it answers another reply.

    `reply_count` and `replies`, the first of them and their text cut short, are as they were counted.
    """

    comment_id: str
    post_id: str
    board_id: str
    author: Author
    text: str
    state: State
    created_at: datetime
    parent_id: str | None = None
    reply_to: Named | None = None
    mentions: tuple[Named, ...] = ()
    likes: int = 0
    reply_count: int = 0
    replies: tuple[Comment, ...] = ()


def is_comment_id(text: str) -> bool:
    """Whether a text that came from outside has the form of a comment's id."""
    own, _, parent = text.partition("-")
    return ids.is_id(own) and (ids.is_id(parent) if "-" in text else True)


def parent_of(comment_id: str) -> str | None:
    """The comment below which a reply stands: its id says so, and it is found without looking for it."""
    return comment_id.partition("-")[2] or None


def own_id_of(comment_id: str) -> str:
    return comment_id.partition("-")[0]


def tidied(draft: CommentDraft) -> CommentDraft:
    """The draft without blanks around, everybody named once.

    Refuses: Invalid — nothing is left; NoSuchComment — it answers what cannot be a comment
    """
    text = visible(draft.text)
    if not text:
        raise Invalid(errors=[FieldError("text", "请填写评论")])
    if draft.parent_id is not None and not is_comment_id(draft.parent_id):
        raise NoSuchComment
    return msgspec.structs.replace(draft, text=text, mentions=tuple(dict.fromkeys(draft.mentions)))


def new_comment_id(
    author: Member, *, request_id: str, now: datetime, answers: str | None = None
) -> str:
    """The same for every try of a request; whatever of a thread it answers, it stands below its top."""
    own = ids.new_id(now, f"comment {author.member_id} {request_id}")
    return f"{own}-{parent_of(answers) or answers}" if answers else own


def new_comment(
    text: str, *, comment_id: str, author: Member, post: Post, checked: bool
) -> Comment:
    """`checked`: content safety let it pass; else it is held for a moderator."""
    return Comment(
        comment_id=comment_id,
        post_id=post.post_id,
        board_id=post.board_id,
        author=author_of(author),
        text=text,
        state=State.PUBLISHED if checked else State.HELD,
        created_at=ids.time_of(comment_id),
        parent_id=parent_of(comment_id),
    )


def naming(
    comment: Comment, *, answers: Comment | None, mentions: tuple[Named, ...] = ()
) -> Comment:
    """The comment with whom it mentions and, where it answers a reply, whom it answers."""
    to_reply = answers is not None and answers.parent_id is not None
    reply_to = named(answers.author) if answers and to_reply else None
    return msgspec.structs.replace(comment, reply_to=reply_to, mentions=mentions)


def named(who: Author | Member) -> Named:
    return Named(who.member_id, who.nickname)


def in_state(comment: Comment, state: State) -> Comment:
    return msgspec.structs.replace(comment, state=state)


def check_open(post: Post) -> None:
    """Refuses: PostClosed"""
    if post.closed:
        raise PostClosed


def check_may_delete(member: Member, comment: Comment, post: Post) -> None:
    """Refuses: NotYourComment; NoSuchComment — others do not know of what is held"""
    if comment.author.member_id == member.member_id:
        return
    if comment.state is State.HELD:
        raise NoSuchComment
    if post.author.member_id != member.member_id:
        raise NotYourComment


def deleted(comment: Comment) -> Comment:
    """What is left of a comment: nothing of what it said, but what a moderator has yet to decide about."""
    if comment.state is State.HELD:
        return in_state(comment, State.DELETED)
    return _without_words(comment)


def decided(comment: Comment, decision: CaseDecision) -> Comment | None:
    """What a moderator's decision makes of a comment; None if it was applied before.

    What its author deleted meanwhile stays deleted: its words were kept for this decision alone.
    """
    if comment.state is State.DELETED and comment.text:
        return _without_words(comment)
    if comment.state is not State.HELD:
        return None
    is_passed = decision is CaseDecision.PASS
    return in_state(comment, State.PUBLISHED if is_passed else State.REMOVED)


def slots(comment: Comment) -> dict[str, Author]:
    """Whom a comment names, each in a slot that stays theirs: its author, whom it answers and mentions."""
    answered = {_REPLY_TO: comment.reply_to} if comment.reply_to else {}
    mentioned = {str(place): who for place, who in enumerate(comment.mentions)}
    named = {slot: _author(who) for slot, who in {**answered, **mentioned}.items()}
    everyone = {AUTHOR: comment.author, **named}
    return {slot: who for slot, who in everyone.items() if who.member_id != ERASED.member_id}


def renamed(comment: Comment, slot: str, change: Callable[[Author], Author]) -> Comment:
    """The comment with somebody whom it names in a slot called otherwise.

    What an author who is erased had not said to others yet, or took back, is not said any more.
    """
    if slot == AUTHOR:
        author = change(comment.author)
        if author == ERASED and comment.state in (State.HELD, State.DELETED):
            comment = _without_words(comment)
        return msgspec.structs.replace(comment, author=author)
    if slot == _REPLY_TO:
        reply_to = comment.reply_to and named(change(_author(comment.reply_to)))
        return msgspec.structs.replace(comment, reply_to=reply_to)
    mentions = tuple(
        named(change(_author(who))) if slot == str(place) else who
        for place, who in enumerate(comment.mentions)
    )
    return msgspec.structs.replace(comment, mentions=mentions)


def work_id(comment_id: str, slot: str) -> str:
    """How what somebody is named in is called among what is theirs."""
    return f"{comment_id}#{slot}" if slot else comment_id


def comment_and_slot(work_id: str) -> tuple[str, str]:
    comment_id, _, slot = work_id.partition("#")
    return comment_id, slot


def _without_words(comment: Comment) -> Comment:
    return msgspec.structs.replace(
        comment, state=State.DELETED, text="", reply_to=None, mentions=()
    )


def _author(who: Named) -> Author:
    return Author(who.member_id, who.nickname, ())
