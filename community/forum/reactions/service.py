"""Front door: likes, useful, favourites, shares and views of posts, and likes of comments.

A reaction is one cheap write on the member's side. Its fact brings the count in step seconds later,
together with those of others, in a transaction that also notes on each reaction what was counted: told
twice, late or out of order, the count comes out the same. See docs/decisions/0017.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from pynamodb.transactions import TransactWrite

from chalicelib.errors import Unavailable
from chalicelib.lists import Page, PageQuery, cursor_after, place_of
from chalicelib.tables import Overtaken, one_transaction
from community.facts import MemberErased, MembersMerged, MembersUnmerged, Reacted
from community.forum.boards import service as boards
from community.forum.comments import service as comments
from community.forum.posts import service as posts
from community.forum.posts.rules import Sight, State
from community.forum.reactions import records, rules
from community.forum.reactions.rows import member_of, uncounted
from community.forum.reactions.rules import COMMENTS, COUNT_OF, Kind, Looked, Thing
from community.people.members.rules import Member

COUNTED_AT_ONCE_MAX = 40
"""More in one transaction would be changed too often by somebody while it is made ready."""
RECOUNTED_MAX = 20_000
"""Members' rows of one post that are looked at in one go: ten seconds."""
RECOUNTED_OF_COMMENT_MAX = 2_000
"""The same, of a comment: ten of them are looked at with their post."""
LOST_AFTER = timedelta(hours=1)
"""What nobody counted by then nobody will: its fact was lost."""
# Others count on the same card at the same moment.
_TRIES_MAX = 3


def like(member: Member, post_id: str, *, now: datetime) -> None:
    """Refuses: NoSuchPost, PostLocked"""
    react(Kind.LIKE, member, post_id, now=now)


def unlike(member: Member, post_id: str, *, now: datetime) -> None:
    """Refuses: NoSuchPost"""
    take_back(Kind.LIKE, member, post_id, now=now)


def react(kind: Kind, member: Member, post_id: str, *, now: datetime) -> None:
    """A member likes a post, finds it useful, keeps or shares it. Said again, it changes nothing.

    A share is counted once per member, as a view is: so it can be counted again, and moves with them.

    Refuses: NoSuchPost, PostLocked
    """
    post = posts.open_to(member, post_id, now=now)
    _turn(kind, member, Thing(post.board_id, post_id), on=True, now=now)


def take_back(kind: Kind, member: Member, post_id: str, *, now: datetime) -> None:
    """They do not any longer, also where a post was locked meanwhile. Refuses: NoSuchPost"""
    post = posts.read(member, post_id, now=now).post
    _turn(kind, member, Thing(post.board_id, post_id), on=False, now=now)


def like_comment(member: Member, post_id: str, comment_id: str, *, now: datetime) -> None:
    """Refuses: NoSuchPost, PostLocked, NoSuchComment"""
    _turn(Kind.LIKE, member, _comment(member, post_id, comment_id, now), on=True, now=now)


def unlike_comment(member: Member, post_id: str, comment_id: str, *, now: datetime) -> None:
    """Refuses: NoSuchPost, PostLocked, NoSuchComment"""
    _turn(Kind.LIKE, member, _comment(member, post_id, comment_id, now), on=False, now=now)


def note_read(member: Member | None, sight: Sight, *, now: datetime) -> frozenset[Kind]:
    """A member opened a post: a view, if they could read it. Gives what else they did with it.

    It is counted once; each day on which they come back it is told again, for their history.
    """
    if member is None:
        return frozenset()
    thing = Thing(sight.post.board_id, sight.post.post_id)
    done, viewed_on = records.of(member.member_id, thing)
    is_view = sight.unlock is None and sight.post.state is State.PUBLISHED
    if is_view and viewed_on != records.day_of(now):
        _turn(Kind.VIEW, member, thing, on=True, now=now)
    return done


def forget_view(
    member_id: str, place: tuple[str, str], *, read_at: datetime, now: datetime
) -> None:
    """Who reads a post again today is told as if it were another day. Its count has them already.

    Shape:   `place` is the board's and the post's id
    Refuses: Unavailable — it is counted at this moment
    """
    day = records.day_of(read_at)
    if day == records.day_of(now):  # Of another day it is told anyway.
        records.forget_day(member_id, Thing(*place), day)


def liked_among(member: Member | None, board_id: str, post_ids: Sequence[str]) -> set[str]:
    """Which of these posts, of one page of a board, the member likes: one read."""
    if member is None or not post_ids:
        return set()
    return records.on_between(
        Kind.LIKE, member.member_id, board_id, oldest=min(post_ids), newest=max(post_ids)
    )


def liked_anywhere(member: Member | None, places: Collection[tuple[str, str]]) -> set[str]:
    """Which of these posts, board and post, of a list that is no board's, the member likes."""
    if member is None or not places:
        return set()
    return records.on_among(Kind.LIKE, member.member_id, (Thing(*place) for place in places))


def liked_comments(
    member: Member | None, post_id: str, comment_ids: Collection[str]
) -> frozenset[str]:
    """Which of these comments of a post the member likes: one read."""
    if member is None or not comment_ids:
        return frozenset()
    found = records.on_between(
        Kind.LIKE,
        member.member_id,
        COMMENTS,
        oldest=rules.place_of(post_id, min(comment_ids)),
        newest=rules.place_of(post_id, max(comment_ids)),
    )
    return frozenset(place.partition("#")[2] for place in found) & frozenset(comment_ids)


def holding(kind: Kind, thing: Thing, member_ids: Collection[str]) -> frozenset[str]:
    """With which of these members a reaction holds this moment: 1 RCU each."""
    rows = records.several(thing, member_ids)
    return frozenset(member_of(row) for row in rows if getattr(row, kind))


def favourites(member: Member, query: PageQuery) -> Page[tuple[str, str]]:
    """What a member keeps, the latest first: board and post."""
    of = f"favourites {member.member_id}"
    found = records.favourites(
        member.member_id, before=place_of(query.cursor, of=of), limit=query.limit
    )
    more = len(found) == query.limit
    return Page(
        items=[(board_id, post_id) for _, board_id, post_id in found],
        next_cursor=cursor_after(found[-1][0], of=of) if more else None,
    )


def count_all(told: Iterable[Reacted]) -> None:
    """The counts of posts and comments follow what members did with them.

    Refuses: Unavailable — they change right now; what is told again is counted once
    """
    members: dict[Thing, dict[str, None]] = {}
    for fact in told:
        members.setdefault(records.thing_of(fact), {})[fact.member_id] = None
    for thing, member_ids in members.items():
        count_of(thing, list(member_ids))


def count_of(thing: Thing, member_ids: Sequence[str]) -> None:
    """The counts of one thing follow what these members did with it. Refuses: Unavailable"""
    for start in range(0, len(member_ids), COUNTED_AT_ONCE_MAX):
        _count(thing, member_ids[start : start + COUNTED_AT_ONCE_MAX])


def looked_at(thing: Thing, *, now: datetime) -> Looked | None:
    """What counts should be, by the rows of members, and of whom they missed something; None: too many."""
    most = RECOUNTED_MAX if thing.comment_id is None else RECOUNTED_OF_COMMENT_MAX
    return records.looked_at(thing, members_max=most, lost_before=now - LOST_AFTER)


def exported(member_id: str) -> Any:
    """What they read, liked, kept and shared."""
    return [
        {"post_id": place.partition("#")[0], "comment_id": place.partition("#")[2] or None}
        | ({} if room == COMMENTS else {"board_id": room})
        | {"did": sorted(did)}
        for room in _rooms()
        for place, did in records.all_of(member_id, room)
    ]


def follow_merge(fact: MembersMerged) -> None:
    """What either did, they did; what both did is counted once. Refuses: Unfinished, Unavailable"""
    for room in _rooms():
        records.move(fact.gone_id, room, to=fact.kept_id, merge_id=fact.merge_id, recount=_recount)


def follow_unmerge(fact: MembersUnmerged) -> None:
    """What came by the merge goes back, and is counted for both. Refuses: Unfinished, Unavailable"""
    for room in _rooms():
        records.move_back(
            fact.kept_id, room, to=fact.gone_id, merge_id=fact.merge_id, recount=_recount
        )


def erase(fact: MemberErased) -> None:
    """Nobody can tell any longer what they read and liked; the counts stay. Refuses: Unfinished"""
    for room in _rooms():
        records.forget(fact.member_id, room)


def _rooms() -> list[str]:
    return [*boards.every_id(), COMMENTS]


def _comment(member: Member, post_id: str, comment_id: str, now: datetime) -> Thing:
    comment = comments.open_to(member, post_id, comment_id, now=now)
    return Thing(comment.board_id, post_id, comment_id)


def _count(thing: Thing, member_ids: Sequence[str]) -> None:
    """Count what is not, of some members, in one transaction.

    If somebody again and again changes their mind meanwhile, the others are counted without them.
    """
    for _ in range(_TRIES_MAX):
        rows = records.several(thing, member_ids)
        news = [(row, kinds) for row in rows if (kinds := uncounted(row))]
        if not news:
            return
        records.leave_traces(thing, (row for row, _ in news))
        changes: Counter[Kind] = Counter()
        for _, kinds in news:
            changes.update({kind: 1 if on else -1 for kind, on in kinds.items()})
        with suppress(Overtaken, Unavailable):
            with one_transaction() as write:
                for row, kinds in news:
                    records.note_counted(write, row, kinds)
                _recount(write, thing, changes)
            return
    if len(member_ids) == 1:
        raise Unavailable
    half = len(member_ids) // 2
    try:
        _count(thing, member_ids[:half])
    finally:
        _count(thing, member_ids[half:])


def _recount(write: TransactWrite, thing: Thing, changes: Mapping[Kind, int]) -> None:
    if thing.comment_id is not None:
        comments.add_to_likes(write, thing.post_id, thing.comment_id, changes[Kind.LIKE])
        return
    by = {COUNT_OF[kind]: units for kind, units in changes.items()}
    posts.add_to_counts(write, (thing.board_id, thing.post_id), by)


def _turn(kind: Kind, member: Member, thing: Thing, *, on: bool, now: datetime) -> None:
    fact = Reacted(
        fact_id=f"{member.member_id}.{thing.place}.{kind}.{now.isoformat()}",
        at=now,
        member_id=member.member_id,
        board_id=thing.board_id,
        post_id=thing.post_id,
        kind=kind.value,
        comment_id=thing.comment_id,
        on=on,
    )
    records.turn(kind, fact)
