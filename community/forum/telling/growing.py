"""What many do is told as one thing that grows: reactions to a post or comment, new followers.

What it is about is looked up as it is by now, see `service`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime

from chalicelib.errors import NotFound
from community.commons.dates import in_beijing
from community.commons.notifications import rules as notification_rules
from community.commons.notifications import service as notifications
from community.commons.notifications.rules import Kind, Told, Who
from community.commons.subscriptions.rules import Template
from community.facts import (
    Followed,
    NotificationRaised,
    Reacted,
)
from community.forum.blocks import service as blocks
from community.forum.comments import service as comments
from community.forum.follows import service as follows
from community.forum.follows.rules import Follow
from community.forum.follows.rules import Kind as FollowKind
from community.forum.posts import service as posts
from community.forum.posts.rules import Card
from community.forum.reactions import service as reactions
from community.forum.reactions.rules import COUNT_OF, Thing
from community.forum.reactions.rules import Kind as ReactionKind
from community.forum.telling import rules, texts
from community.forum.telling.reach import here, may_read, named, reached, say_in_wechat
from community.people.members.rules import Member

NAMED_TRIED_MAX = 3
"""Of many who reacted at once, so many are looked at, latest first, for one to name."""


def follow_reactions(told: Iterable[Reacted]) -> None:
    """Authors are told how many react to what they wrote, one notification for each post and kind.

    After they were counted: the number is that of the counts.

    Refuses: Unavailable — what is told again changes nothing
    """
    groups: dict[tuple[ReactionKind, Thing], list[Reacted]] = {}
    for fact in told:
        kind, thing = ReactionKind(fact.kind), Thing(fact.board_id, fact.post_id, fact.comment_id)
        if kind in texts.REACTED:
            groups.setdefault((kind, thing), []).append(fact)
    for (kind, thing), facts in groups.items():
        with suppress(NotFound):
            _follow_reactions(kind, thing, facts)


def follow_follow(fact: Followed) -> None:
    """Who is followed is told, one notification a day. Refuses: Unavailable"""
    if fact.kind != FollowKind.MEMBER:
        return
    member = reached(fact.target_id, by=fact.member_id)
    follower = here(fact.member_id)
    if member is None or follower is None:
        return
    about = rules.about_follows(fact.at)

    def say(before: Told | None) -> Told | None:
        return rules.followed(
            before,
            named(follower),
            mark=rules.mark_of(follower.member_id, about),
            on=Follow(FollowKind.MEMBER, fact.target_id) in follows.followed_by(follower.member_id),
            at=fact.at,
        )

    notifications.tell_merged(member.member_id, about, kind=Kind.FOLLOW, say=say)


def say_raised(fact: NotificationRaised) -> None:
    """What came to the top is said in WeChat, too: once a day for each post, once for all who follow."""
    member = here(fact.member_id)
    told = notifications.merged(fact.member_id, fact.about_id)
    if member is None or told is None:
        return
    nickname = told.who.nickname if told.who else None
    said = notification_rules.named(told.title, nickname)
    is_follow = rules.is_about_follows(fact.about_id)
    template = Template.FOLLOWED if is_follow else Template.REACTED
    subject = nickname or notification_rules.NOBODY_KNOWN if is_follow else told.text
    values = (subject, said, in_beijing(told.at))
    message_id = rules.notice_id(member.member_id, fact.about_id, fact.at)
    say_in_wechat(member, message_id, template, values, told.link or "")


def _follow_reactions(kind: ReactionKind, thing: Thing, told: Sequence[Reacted]) -> None:
    card = _card(thing)
    author = here(_author_of(thing, card)) if card else None
    if card is None or author is None:
        return
    is_host = author.member_id == card.author.member_id
    if not is_host and not may_read(author, card.board_id, card.audience, told[0].at):
        return
    recent = _recent(told, author)
    title = texts.LIKED_COMMENT if thing.comment_id else texts.REACTED[kind]
    about = rules.about_reactions(kind, thing.comment_id or thing.post_id)

    def say(before: Told | None) -> Told | None:
        named = [before.who.member_id] if before and before.who else []
        asked = {author.member_id, *(who.member_id for who, _ in recent), *named}
        # In this order: who is counted may have taken it back, who has not yet may be counted.
        still = reactions.holding(kind, thing, asked)
        return rules.reacted(
            before,
            title,
            text=texts.OF_POST.format(title=card.title),
            link=rules.page_of(thing.post_id, thing.comment_id),
            count=_count(kind, thing) - (author.member_id in still),
            newest=next((each for each in recent if each[0].member_id in still), None),
            still=still,
        )

    notifications.tell_merged(author.member_id, about, kind=Kind.REACTION, say=say)


def _recent(told: Iterable[Reacted], author: Member) -> list[tuple[Who, datetime]]:
    """The latest who reacted and may be named to the author, latest first."""
    latest: dict[str, datetime] = {}
    for fact in sorted(told, key=lambda fact: fact.at, reverse=True):
        if fact.on:
            latest.setdefault(fact.member_id, fact.at)
    blocked = blocks.blocked_by(author.member_id) if latest else frozenset()
    found: list[tuple[Who, datetime]] = []
    for member_id, at in list(latest.items())[:NAMED_TRIED_MAX]:
        member = here(member_id)
        if member and member.member_id not in (author.member_id, *blocked):
            found.append((named(member), at))
    return found


def _card(thing: Thing) -> Card | None:
    places = [(thing.board_id, thing.post_id)]
    return posts.several_cards(places, as_they_are_now=True).get(thing.post_id)


def _author_of(thing: Thing, card: Card) -> str:
    """Refuses: NoSuchComment"""
    if thing.comment_id is None:
        return card.author.member_id
    return comments.get(thing.post_id, thing.comment_id).author.member_id


def _count(kind: ReactionKind, thing: Thing) -> int:
    """How many there are by now. Refuses: NoSuchComment"""
    if thing.comment_id:
        return comments.get(thing.post_id, thing.comment_id).likes
    card = _card(thing)
    return int(getattr(card.counts, COUNT_OF[kind])) if card else 0
