"""Who is told of what, and what a notification that grows says."""

from __future__ import annotations

import hashlib
from datetime import datetime

import msgspec

from chalicelib.errors import FieldError, Invalid
from community.commons.dates import BEIJING
from community.commons.notifications.rules import Kind, Told, Who
from community.commons.subscriptions.rules import Template
from community.commons.words import visible
from community.forum.comments.rules import Comment
from community.forum.posts.rules import Post
from community.forum.telling import texts

TITLE_CHARS_MAX = 30
TEXT_CHARS_MAX = 200
FOLLOWERS_COUNTED_MAX = 100
"""More on one day are not counted one by one: they would make the row ever longer."""
PAGE_OF_POST = "pages/post/index?post_id={post_id}"
PAGE_OF_FOLLOWERS = "pages/me/followers"
_FOLLOWS = "follow"


class Saying(msgspec.Struct, frozen=True):
    """In which words and as which kind somebody is told of a comment."""

    kind: Kind
    title: str
    template: Template


_ANSWERED = Saying(Kind.REPLY, texts.ANSWERED, Template.REPLIED)
_MENTIONED = Saying(Kind.MENTION, texts.MENTIONED, Template.MENTIONED)
_COMMENTED = Saying(Kind.REPLY, texts.COMMENTED, Template.REPLIED)


def told_of_comment(comment: Comment, *, top: Comment | None, post: Post) -> dict[str, Saying]:
    """Who is told of a comment, each in the one way that concerns them most."""
    told: dict[str, Saying] = {}
    if comment.reply_to:
        told[comment.reply_to.member_id] = _ANSWERED
    elif top:
        told[top.author.member_id] = _ANSWERED
    for who in comment.mentions:
        told.setdefault(who.member_id, _MENTIONED)
    if top:
        told.setdefault(top.author.member_id, _ANSWERED)
    told.setdefault(post.author.member_id, _COMMENTED)
    return told


def page_of(post_id: str, comment_id: str | None = None) -> str:
    page = PAGE_OF_POST.format(post_id=post_id)
    return f"{page}&comment_id={comment_id}" if comment_id else page


def about_reactions(kind: str, thing_id: str) -> str:
    return f"{kind}#{thing_id}"


def about_follows(at: datetime) -> str:
    """Who follows a member on one day, in Beijing, is one notification."""
    return f"{_FOLLOWS}#{day_of(at)}"


def is_about_follows(about: str) -> bool:
    return about.startswith(f"{_FOLLOWS}#")


def notice_id(member_id: str, about: str, at: datetime) -> str:
    """One message in WeChat for each post or comment and day, whatever the reactions are."""
    of, _, thing = about.partition("#")
    return f"notice {member_id} {of if of == _FOLLOWS else 'reactions'} {thing} {day_of(at)}"


def day_of(at: datetime) -> str:
    return f"{at.astimezone(BEIJING):%Y-%m-%d}"


def mark_of(member_id: str, about: str) -> str:
    """Tells one follower of a day from the others, and not who it is."""
    return hashlib.sha256(f"{about} {member_id}".encode()).hexdigest()[:12]


def reacted(
    before: Told | None,
    title: str,
    *,
    text: str,
    link: str,
    count: int,
    newest: tuple[Who, datetime] | None,
    still: frozenset[str],
) -> Told | None:
    """What is told of reactions: how many there are, and the latest by name.

    `newest` is the latest of those who did so now, `still` are those with whom it still holds.
    """
    if count < 1 or (before is None and newest is None):
        return None
    who = before.who if before and before.who and before.who.member_id in still else None
    at = before.at if before else None
    if newest and (who is None or at is None or newest[1] > at):
        who = newest[0]
    if newest and (at is None or newest[1] > at):
        at = newest[1]
    assert at
    whom = texts.whom(named=who is not None, count=count)
    return Told(title=title.format(whom=whom), text=text, link=link, who=who, at=at)


def followed(
    before: Told | None, follower: Who, *, mark: str, on: bool, at: datetime
) -> Told | None:
    """What is told of those who follow a member since today, when one more does or does not any longer."""
    marks = before.marks if before else ()
    if on == (mark in marks) or (on and len(marks) >= FOLLOWERS_COUNTED_MAX):
        return before
    marks = (*marks, mark) if on else tuple(each for each in marks if each != mark)
    if not marks:
        return None
    who = before.who if before else None
    if on:
        who = follower
    elif who and who.member_id == follower.member_id:
        who = None
    whom = texts.whom(named=who is not None, count=len(marks))
    return Told(
        title=texts.FOLLOWED.format(whom=whom),
        text=texts.FOLLOWED_TEXT,
        link=PAGE_OF_FOLLOWERS,
        who=who,
        at=max(at, before.at) if before and on else before.at if before else at,
        marks=marks,
    )


def checked_words(title: str, text: str) -> tuple[str, str]:
    """What a colleague writes to a member. Refuses: Invalid"""
    title, text = visible(title), visible(text)
    bounds = {"title": (title, TITLE_CHARS_MAX), "text": (text, TEXT_CHARS_MAX)}
    errors = [
        FieldError(name, f"应为 1–{chars_max} 个字符")
        for name, (words, chars_max) in bounds.items()
        if not 1 <= len(words) <= chars_max
    ]
    if errors:
        raise Invalid(errors=errors)
    return title, text
