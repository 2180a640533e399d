"""Rows of reactions, in the forum table: one per member and post, among those of the same board, so that
a page of a board meets no more of them than it has posts; likes of comments stand in one partition.

| pattern                        | key condition                                              | units   |
|--------------------------------|------------------------------------------------------------|---------|
| like, unlike, view, share …    | update `reactions#<member>#<board>` / `<post>` if it changes | 1 WCU   |
| a view is told again that day  | the same                                                   | 1 WCU   |
| favourite                      | the same; gsi1 `favourites#<member>` / `<time>#<post>`       | 2 WCU   |
| what did I do with this post   | get the same                                               | 0.5 RCU |
| which of a page do I like      | query the same between oldest and newest                   | 0.5 RCU |
| which of these do I like       | for four of a board: query 40 between oldest and newest;    | 0.5–1 RCU a board |
|                                |   batch get of those that it did not reach                  | 0.5 RCU each |
| which comments do I like       | query `reactions#<member>#~comments` / `<post>#<comment>`    | 0.5 RCU |
| my favourites, newest first    | query gsi1 `favourites#<member>`                            | 0.5 RCU each 4 KB |
| count 40 of a post, once       | batch get, consistent; put `reacted#<post>#<shard>` / `<member>`; | 1 RCU + 3 WCU each, |
|                                |   transaction: update them + the post's card                |   + 2 WCU |
| recount                        | query `reacted#<post>#<shard>`, batch get, consistent       | 1.03 RCU each |
| all of a member on a board     | query `reactions#<member>#<board>`                          | 0.5 RCU each 4 KB |
| move one in a merge            | see `moves`; card and `reacted#` in the same transaction     | 8–10 WCU |
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from itertools import chain, islice

from pynamodb.attributes import BooleanAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from chalicelib import moves
from chalicelib.joins import Kind as Rows
from chalicelib.joins import in_another_place
from chalicelib.tables import Overtaken, unless_overtaken
from community import facts
from community.commons.dates import in_beijing
from community.forum.reactions.rows import (
    GONE,
    TRACE_SHARDS,
    ReactionRow,
    TraceRow,
    member_of,
    thing_of_row,
    trace_of,
    traces,
    uncounted,
)
from community.forum.reactions.rules import Kind, Looked, Thing

Recount = Callable[[TransactWrite, Thing, Mapping[Kind, int]], None]
TOGETHER_MIN, TOGETHER_MAX = 4, 40
"""From so many posts of a board on, so many of the member's rows are looked at for them at once."""
_HOLDS = {kind: getattr(ReactionRow, kind) for kind in Kind}
_COUNTED = {kind: getattr(ReactionRow, f"{kind}_counted") for kind in Kind}


def turn(kind: Kind, fact: facts.Reacted) -> bool:
    """Whether that changed anything. Somebody's view changes with the day, too."""
    row = _key(fact.member_id, thing_of(fact))
    holds = _HOLDS[kind]
    changes = holds == (not fact.on)
    if fact.on:
        changes |= holds.does_not_exist()
    actions: list[Action] = [holds.set(fact.on), ReactionRow.fact.set(facts.written(fact))]
    if kind is Kind.VIEW:
        day = day_of(fact.at)
        actions.append(ReactionRow.viewed_on.set(day))
        changes |= ReactionRow.viewed_on.does_not_exist() | (ReactionRow.viewed_on != day)
    if kind is Kind.FAVOURITE:
        actions += _listed(fact) if fact.on else [row_key.remove() for row_key in _INDEX]
    try:
        with unless_overtaken():
            row.update(actions, changes)
    except Overtaken:
        return False
    return True


def forget_day(member_id: str, thing: Thing, day: str) -> None:
    row = _key(member_id, thing)
    with suppress(Overtaken), unless_overtaken():  # It is gone, or they came on another day since.
        row.update([ReactionRow.viewed_on.remove()], ReactionRow.viewed_on == day)


def of(member_id: str, thing: Thing) -> tuple[frozenset[Kind], str | None]:
    """What a member did with something, and the last day on which they saw it."""
    row = _key(member_id, thing)
    try:
        found = ReactionRow.get(row.pk, row.sk)
    except ReactionRow.DoesNotExist:
        return frozenset(), None
    return frozenset(kind for kind in Kind if getattr(found, kind)), found.viewed_on


def on_between(kind: Kind, member_id: str, room: str, *, oldest: str, newest: str) -> set[str]:
    """The places in a room, from the oldest to the newest, where it holds."""
    rows = ReactionRow.raw_page(_partition(member_id, room), ReactionRow.sk.between(oldest, newest))
    name = _HOLDS[kind].attr_name
    return {row["sk"]["S"] for row in rows if row.get(name, {}).get("BOOL")}


def on_among(kind: Kind, member_id: str, things: Iterable[Thing]) -> set[str]:
    """Of these posts, wherever they stand, those for which it holds.

    Several of one board mostly stand close to each other: they are found in one bounded read, which
    costs as much as two of them; what lies beyond it is read by itself.
    """
    rooms: dict[str, set[str]] = {}
    for thing in things:
        rooms.setdefault(thing.room, set()).add(thing.place)
    name = _HOLDS[kind].attr_name
    found: set[str] = set()
    alone: list[tuple[str, str]] = []
    for room, places in rooms.items():
        pk, left = _partition(member_id, room), places
        if len(places) >= TOGETHER_MIN:
            within = ReactionRow.sk.between(min(places), max(places))
            rows = ReactionRow.raw_page(pk, within, limit=TOGETHER_MAX, newest_first=True)
            found |= {row["sk"]["S"] for row in rows if row.get(name, {}).get("BOOL")} & places
            end = rows[-1]["sk"]["S"] if len(rows) == TOGETHER_MAX else ""
            left = {place for place in places if place < end}
        alone += [(pk, place) for place in left]
    return found | {row.sk for row in ReactionRow.batch_get(alone) if getattr(row, kind)}


def favourites(member_id: str, *, before: str | None, limit: int) -> list[tuple[str, str, str]]:
    """Latest first: place in the list, board, post."""
    earlier = ReactionRow.gsi1sk < before if before else None
    found = ReactionRow.gsi1.query(
        f"favourites#{member_id}", earlier, scan_index_forward=False, limit=limit
    )
    return [(str(row.gsi1sk), row.pk.rpartition("#")[2], row.sk) for row in found]


def several(thing: Thing, member_ids: Iterable[str]) -> list[ReactionRow]:
    """What these members did with something, as it is this moment."""
    keys = [(row.pk, row.sk) for row in (_key(member_id, thing) for member_id in member_ids)]
    return list(ReactionRow.batch_get(keys, consistent_read=True))


def leave_traces(thing: Thing, rows: Iterable[ReactionRow]) -> None:
    """Of those of which nothing was counted yet. Before they are: what is counted is found."""
    news = [row for row in rows if all(getattr(row, f"{kind}_counted") is None for kind in Kind)]
    with TraceRow.batch_write() as batch:
        for row in news:
            batch.save(trace_of(thing, member_of(row)))


def note_counted(write: TransactWrite, row: ReactionRow, kinds: Mapping[Kind, bool]) -> None:
    """The counts include the row as it was read; refuses the transaction if it changed.

    Its fact has done its work and goes: a row at rest is a third as large.
    """
    as_read = _all(
        _is(attribute[kind], getattr(row, name))
        for kind in kinds
        for attribute, name in ((_HOLDS, kind.value), (_COUNTED, f"{kind}_counted"))
    )
    actions: list[Action] = [_COUNTED[kind].set(on) for kind, on in kinds.items()]
    write.update(
        ReactionRow(row.pk, row.sk), [*actions, ReactionRow.fact.remove()], condition=as_read
    )


def looked_at(thing: Thing, *, members_max: int, lost_before: datetime) -> Looked | None:
    """None if these are too many. What changed after `lost_before` may still be counted by its fact."""
    shards = (traces(thing, shard) for shard in range(TRACE_SHARDS))
    stands = chain.from_iterable(TraceRow.query(pk, consistent_read=True) for pk in shards)
    found_rows = list(islice(stands, members_max + 1))
    if len(found_rows) > members_max:
        return None
    gone = [trace for trace in found_rows if trace.sk == GONE]
    sums = Counter({kind: int(getattr(trace, kind) or 0) for trace in gone for kind in Kind})
    lost = []
    for row in several(thing, (trace.sk for trace in found_rows if trace.sk != GONE)):
        sums.update(kind for kind in Kind if getattr(row, f"{kind}_counted"))
        if uncounted(row) and not (row.fact and facts.read(row.fact).at > lost_before):
            lost.append(member_of(row))
    return Looked(sums, lost)


def all_of(member_id: str, room: str) -> Iterator[tuple[str, frozenset[Kind]]]:
    """Place by place, what a member did."""
    for row in moves.rows(_rows(), source=_partition(member_id, room)):
        yield row.sk, frozenset(kind for kind in Kind if getattr(row, kind))


def move(member_id: str, room: str, *, to: str, merge_id: str, recount: Recount) -> None:
    source, target = _partition(member_id, room), _partition(to, room)
    moves.move(_rows(recount), source=source, target=target, mark=merge_id)


def move_back(member_id: str, room: str, *, to: str, merge_id: str, recount: Recount) -> None:
    source, target = _partition(member_id, room), _partition(to, room)
    moves.move_back(_rows(recount), source=source, target=target, mark=merge_id)


def forget(member_id: str, room: str) -> None:
    moves.forget(_rows(), source=_partition(member_id, room))


def thing_of(fact: facts.Reacted) -> Thing:
    return Thing(fact.board_id, fact.post_id, fact.comment_id)


def day_of(at: datetime) -> str:
    """The day in Beijing."""
    return in_beijing(at)[:10]


def _rows(recount: Recount | None = None) -> Rows[ReactionRow]:
    """`recount` is told by how much counts change when two become one, or one two."""

    def along(
        write: TransactWrite, before: Sequence[ReactionRow], after: Sequence[ReactionRow]
    ) -> None:
        thing = thing_of_row(before[0])
        changes = {kind: _counts(kind, after) - _counts(kind, before) for kind in Kind}
        changes = {kind: by for kind, by in changes.items() if by}
        if changes and after and recount:
            recount(write, thing, changes)
        if changes and not after:
            gone: list[Action] = [getattr(TraceRow, kind).add(-by) for kind, by in changes.items()]
            write.update(TraceRow(traces(thing, 0), GONE), gone)
        there = {member_of(row) for row in after}
        for member_id in there:
            write.save(trace_of(thing, member_id))
        for member_id in {member_of(row) for row in before} - there:
            write.delete(trace_of(thing, member_id))

    return Rows(row=ReactionRow, starting="", renewed=_in_step, joined=_either, along=along)


def _in_step(row: ReactionRow, pk: str) -> ReactionRow:
    """The row with everything in it counted, which `along` does in the same transaction."""
    row = in_another_place(row, pk)
    for kind in Kind:
        if getattr(row, kind) is not None:
            setattr(row, f"{kind}_counted", getattr(row, kind))
    if row.gsi1pk:
        row.gsi1pk = f"favourites#{member_of(row)}"
    return row


def _either(one: ReactionRow, other: ReactionRow) -> ReactionRow:
    """What either did, they did. One of two that were counted is not any longer: see `along`."""
    for kind in Kind:
        for name in (kind.value, f"{kind}_counted"):
            if getattr(other, name):
                setattr(one, name, True)
    one.viewed_on = max(filter(None, (one.viewed_on, other.viewed_on)), default=None)
    if other.gsi1pk and not one.gsi1pk:
        one.gsi1pk, one.gsi1sk = f"favourites#{member_of(one)}", other.gsi1sk
    return one


def _counts(kind: Kind, rows: Iterable[ReactionRow]) -> int:
    """How many of these the count includes."""
    return sum(bool(getattr(row, f"{kind}_counted")) for row in rows)


def _is(attribute: BooleanAttribute, value: bool | None) -> Condition:
    return attribute.does_not_exist() if value is None else attribute == value


def _all(conditions: Iterable[Condition]) -> Condition:
    first, *others = conditions
    for other in others:
        first &= other
    return first


_INDEX = (ReactionRow.gsi1pk, ReactionRow.gsi1sk)


def _listed(fact: facts.Reacted) -> list[Action]:
    at = fact.at.astimezone(UTC).isoformat(timespec="microseconds")
    return [
        ReactionRow.gsi1pk.set(f"favourites#{fact.member_id}"),
        ReactionRow.gsi1sk.set(f"{at}#{fact.post_id}"),
    ]


def _key(member_id: str, thing: Thing) -> ReactionRow:
    return ReactionRow(_partition(member_id, thing.room), thing.place)


def _partition(member_id: str, room: str) -> str:
    return f"reactions#{member_id}#{room}"
