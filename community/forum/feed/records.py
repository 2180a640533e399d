"""Rows of feeds, in the forum table. All of them die: a session after hours, what was seen after weeks.

A session has 36 bytes for each of its posts, 100 at most; what was seen is 6 bytes each, 500 at most.

| pattern              | key condition                                        | units                   |
|----------------------|------------------------------------------------------|-------------------------|
| keep a session       | put `feed#<member>` / `session#<id>` if new            | 1 WCU each KB, 4 at most |
| a further page       | get the same; just made: again, consistent            | 0.5 RCU                 |
| what was seen        | get `feed#<member>` / `seen`                           | 0.5 RCU                 |
| note a batch, once   | get it, consistent; update it if as read               | 1 RCU + 1 WCU each KB, 7 at most |
| move in a merge, forget | see `moves`                                         | 4 WCU each KB           |
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

import msgspec
from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.expressions.update import Action

from chalicelib import moves
from chalicelib.errors import Unavailable
from chalicelib.joins import Kind
from chalicelib.tables import Overtaken, Row, dies_at, table_name, unless_overtaken
from community import facts
from community.forum.feed.rules import SEEN_KEPT, SESSION_KEPT, Pick, tails, with_seen

TRIES_MAX = 5
BATCHES_KEPT = 8


class SessionRow(Row):
    class Meta:
        table_name = table_name("forum")

    picks = UnicodeAttribute()


class SeenRow(Row):
    """`batches`: the last ones that were noted. `ttl` stands for the time of the last one, too."""

    class Meta:
        table_name = table_name("forum")

    seen = UnicodeAttribute(default="")
    batches = UnicodeAttribute(default="")
    version = NumberAttribute(default=0)


class _Kept(msgspec.Struct, array_like=True):
    """Picks without saying anything twice: of each post its id, and the places of its board and its why."""

    boards: list[str]
    whys: list[str]
    picks: list[tuple[str, int, int]]


def add_session(owner: str, session_id: str, picks: Sequence[Pick], *, now: datetime) -> bool:
    """Whether it is new."""
    boards = list(dict.fromkeys(pick.board_id for pick in picks))
    whys = list(dict.fromkeys(pick.why for pick in picks))
    short = [(p.post_id, boards.index(p.board_id), whys.index(p.why)) for p in picks]
    kept = msgspec.json.encode(_Kept(boards, whys, short)).decode()
    row = SessionRow(_key(owner), _session(session_id), picks=kept, ttl=dies_at(now, SESSION_KEPT))
    try:
        with unless_overtaken():
            row.save(SessionRow.pk.does_not_exist())
    except Overtaken:
        return False
    return True


def session(owner: str, session_id: str, *, now: datetime) -> list[Pick] | None:
    """The picks of a session; None if it is over. DynamoDB deletes what died some time later."""
    for consistent in (False, True):
        with suppress(SessionRow.DoesNotExist):
            row = SessionRow.get(_key(owner), _session(session_id), consistent_read=consistent)
            if row.ttl is not None and row.ttl <= now.timestamp():
                return None
            kept = msgspec.json.decode(row.picks, type=_Kept)
            return [
                Pick(post_id, kept.boards[board], kept.whys[why])
                for post_id, board, why in kept.picks
            ]
    return None


def seen(member_id: str) -> str:
    """What a member saw, see `rules.tails`."""
    row = _find(member_id, as_it_is_now=False)
    return row.seen if row else ""


def note(
    member_id: str, post_ids: Sequence[str], fact: facts.FeedEventsNoted, *, now: datetime
) -> None:
    """What a member saw, with the fact that they did; a batch that was noted changes nothing.

    Refuses: Unavailable — again and again somebody else was first
    """
    batch = fact.fact_id[-8:]
    for _ in range(TRIES_MAX):
        row = _find(member_id, as_it_is_now=True)
        before = row or SeenRow(_key(member_id), "seen")
        noted = before.batches.split()
        if batch in noted:
            return
        actions: list[Action] = [
            SeenRow.seen.set(with_seen(before.seen, post_ids)),
            SeenRow.batches.set(" ".join([*noted, batch][-BATCHES_KEPT:])),
            SeenRow.version.add(1),
            SeenRow.ttl.set(dies_at(now, SEEN_KEPT)),
            SeenRow.fact.set(facts.written(fact)),
        ]
        as_read = SeenRow.version == row.version if row else SeenRow.pk.does_not_exist()
        with suppress(Overtaken), unless_overtaken():
            before.update(actions, as_read)
            return
    raise Unavailable


def seen_of(member_id: str) -> list[str]:
    row = _find(member_id, as_it_is_now=True)
    return tails(row.seen) if row else []


def move(member_id: str, *, to: str, merge_id: str) -> None:
    moves.move(_SEEN, source=_key(member_id), target=_key(to), mark=merge_id)


def move_back(member_id: str, *, to: str, merge_id: str) -> None:
    moves.move_back(_SEEN, source=_key(member_id), target=_key(to), mark=merge_id)


def forget(member_id: str) -> None:
    moves.forget(_SEEN, source=_key(member_id))
    moves.forget(_SESSIONS, source=_key(member_id))


def _find(member_id: str, *, as_it_is_now: bool) -> SeenRow | None:
    try:
        return SeenRow.get(_key(member_id), "seen", consistent_read=as_it_is_now)
    except SeenRow.DoesNotExist:
        return None


def _both(one: SeenRow, other: SeenRow) -> SeenRow:
    """What either saw, they saw."""
    one.seen = "".join(dict.fromkeys((*tails(one.seen), *tails(other.seen))))
    return one


_SEEN = Kind(row=SeenRow, starting="seen", joined=_both)
_SESSIONS = Kind(row=SessionRow, starting="session#")


def _session(session_id: str) -> str:
    return f"session#{session_id}"


def _key(owner: str) -> str:
    return f"feed#{owner}"
