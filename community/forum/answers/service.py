"""Front door: questions and their accepted answers.

A question has at most one, and its row says which. The comment's row carries the fact for those who are
told of it: both change together, so that what is accepted is there.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from pynamodb.transactions import TransactWrite

from chalicelib.errors import Unavailable
from chalicelib.tables import Overtaken, one_transaction
from community.commons.audit import service as audit
from community.commons.audit.rules import Entry
from community.commons.staff import service as staff
from community.commons.staff.rules import Staff
from community.facts import AnswerAccepted, CommentRemoved
from community.forum.answers import rules
from community.forum.comments import service as comments
from community.forum.posts import service as posts
from community.forum.posts.rules import Post
from community.people.members.rules import Member

_TRIES_MAX = 5


def accept(member: Member, post_id: str, comment_id: str, *, now: datetime) -> None:
    """The asker, or a member who moderates the board, accepts an answer; saying so again changes nothing.

    Refuses: NoSuchPost, PostLocked, NotAQuestion; NotYourQuestion; NoSuchComment, NotAnAnswer; Unavailable
    """
    posts.open_to(member, post_id, now=now)
    _change(post_id, comment_id, on=True, by=member, now=now)


def take_back(member: Member, post_id: str, comment_id: str, *, now: datetime) -> None:
    """That was not the answer after all.

    Refuses: NoSuchPost, PostLocked, NotAQuestion; NotYourQuestion; Unavailable
    """
    posts.open_to(member, post_id, now=now)
    _change(post_id, comment_id, on=False, by=member, now=now)


def decide(post_id: str, comment_id: str, *, on: bool, by: str, now: datetime) -> None:
    """A moderator accepts an answer, or takes it back, and is remembered for it. `by` is their userid.

    Refuses: NotAModerator; NoSuchPost, NotAQuestion; NoSuchComment, NotAnAnswer; Unavailable
    """
    _change(post_id, comment_id, on=on, by=staff.moderator(by), now=now)


def follow_removal(fact: CommentRemoved) -> None:
    """A question whose accepted answer is gone is unanswered again. Refuses: NoSuchPost; Unavailable"""
    for _ in range(_TRIES_MAX):
        post = posts.get(fact.post_id)
        if post.accepted != fact.comment_id:
            return
        with suppress(Overtaken, Unavailable), one_transaction() as write:
            posts.accept(write, post, None, now=fact.at)
            return
    raise Unavailable


def _change(post_id: str, comment_id: str, *, on: bool, by: Member | Staff, now: datetime) -> None:
    for _ in range(_TRIES_MAX):
        post = posts.get(post_id)
        rules.check_is_question(post)
        if isinstance(by, Member):
            rules.check_may_accept(by, post)
        if on == (post.accepted == comment_id):
            return
        with suppress(Overtaken, Unavailable), one_transaction() as write:
            posts.accept(write, post, comment_id if on else None, now=now)
            if on:
                _tell(write, post, comment_id, by=by, now=now)
            if isinstance(by, Staff):
                audit.note_in(write, _entry(post, comment_id if on else None, by, now))
            return
    raise Unavailable


def _tell(
    write: TransactWrite, post: Post, comment_id: str, *, by: Member | Staff, now: datetime
) -> None:
    comment = comments.get(post.post_id, comment_id)
    rules.check_is_answer(comment)
    fact = AnswerAccepted(
        fact_id=f"{post.post_id}.accepted.{post.revision}",
        at=now,
        post_id=post.post_id,
        comment_id=comment_id,
        author_id=comment.author.member_id,
        by_id=by.member_id if isinstance(by, Member) else by.userid,
    )
    comments.note_accepted(write, comment, fact)


def _entry(post: Post, comment_id: str | None, by: Staff, now: datetime) -> Entry:
    return Entry(
        what="posts.accepted",
        about=f"post#{post.post_id}",
        by=by.userid,
        before={"accepted": post.accepted},
        after={"accepted": comment_id},
        at=now,
    )
