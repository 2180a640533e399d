"""Front door: likes and views.

A reaction is one cheap write on the member's side. Its fact brings the post's count in step later, in
a transaction that also notes on the reaction what was counted: told twice, late or out of order, the
count comes out the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from pynamodb.transactions import TransactWrite

from chalicelib.errors import Unavailable
from chalicelib.tables import Overtaken, one_transaction
from community.facts import MemberErased, MembersMerged, MembersUnmerged, Reacted
from community.forum.boards import service as boards
from community.forum.posts import service as posts
from community.forum.posts.rules import Post, Sight, State
from community.forum.reactions import records
from community.forum.reactions.rules import COUNT_OF, Kind
from community.people.members.rules import Member

# Likes of others are counted on the same card at the same moment.
_TRIES_MAX = 5


def like(member: Member, post_id: str, *, now: datetime) -> None:
    """Refuses: NoSuchPost, PostLocked"""
    post = posts.open_to(member, post_id, now=now)
    _turn(Kind.LIKE, member, post, on=True, now=now)


def unlike(member: Member, post_id: str, *, now: datetime) -> None:
    """Takes a like back, also of a post that was locked meanwhile. Refuses: NoSuchPost"""
    post = posts.read(member, post_id, now=now).post
    _turn(Kind.LIKE, member, post, on=False, now=now)


def note_read(member: Member | None, sight: Sight, *, now: datetime) -> bool:
    """A member opened a post: a view, once per member, if they could read it. Gives if they like it."""
    if member is None:
        return False
    post = sight.post
    done = records.of(member.member_id, post.board_id, post.post_id)
    is_view = sight.unlock is None and post.state is State.PUBLISHED
    if is_view and Kind.VIEW not in done:
        _turn(Kind.VIEW, member, post, on=True, now=now)
    return Kind.LIKE in done


def liked_among(member: Member | None, board_id: str, post_ids: Sequence[str]) -> set[str]:
    """Which of these posts, of one page of a board, the member likes."""
    if member is None or not post_ids:
        return set()
    return records.on_between(
        Kind.LIKE, member.member_id, board_id, oldest=min(post_ids), newest=max(post_ids)
    )


def count(fact: Reacted) -> None:
    """The post's counts follow what the member did with it. Refuses: Unavailable — it changes right now"""
    for _ in range(_TRIES_MAX):
        row = records.find(fact.member_id, fact.board_id, fact.post_id)
        news = records.uncounted(row) if row else {}
        if row is None or not news:
            return
        changes = {COUNT_OF[kind]: 1 if on else -1 for kind, on in news.items()}
        with suppress(Overtaken, Unavailable):
            with one_transaction() as write:
                records.note_counted(write, row, news)
                posts.add_to_counts(write, (fact.board_id, fact.post_id), changes)
            return
    raise Unavailable


def exported(member_id: str) -> Any:
    """Which posts they read and liked."""
    return [
        {"board_id": board_id, "post_id": post_id, "did": sorted(did)}
        for board_id in boards.every_id()
        for post_id, did in records.all_of(member_id, board_id)
    ]


def follow_merge(fact: MembersMerged) -> None:
    """What either read or liked, they did; what both did is counted once. Refuses: Unfinished, Unavailable"""
    for board_id in boards.every_id():
        records.move(
            fact.gone_id, board_id, to=fact.kept_id, merge_id=fact.merge_id, recount=_recount
        )


def follow_unmerge(fact: MembersUnmerged) -> None:
    """What came by the merge goes back, and is counted for both. Refuses: Unfinished, Unavailable"""
    for board_id in boards.every_id():
        records.move_back(
            fact.kept_id, board_id, to=fact.gone_id, merge_id=fact.merge_id, recount=_recount
        )


def erase(fact: MemberErased) -> None:
    """Nobody can tell any longer what they read and liked; the counts stay. Refuses: Unfinished"""
    for board_id in boards.every_id():
        records.forget(fact.member_id, board_id)


def _recount(write: TransactWrite, post: tuple[str, str], changes: Mapping[Kind, int]) -> None:
    posts.add_to_counts(write, post, {COUNT_OF[kind]: by for kind, by in changes.items()})


def _turn(kind: Kind, member: Member, post: Post, *, on: bool, now: datetime) -> None:
    fact = Reacted(
        fact_id=f"{member.member_id}.{post.post_id}.{kind}.{now.isoformat()}",
        at=now,
        member_id=member.member_id,
        board_id=post.board_id,
        post_id=post.post_id,
        kind=kind.value,
        on=on,
    )
    records.turn(kind, fact)
