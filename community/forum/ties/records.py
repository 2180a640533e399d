"""Rows of ties: all that one member follows or blocks is one row; who has that tie with a member stands
with that member, and follows from it. Blocks stand beside the member, among what a call knows of its caller.

| pattern                     | key condition                                        | units                   |
|-----------------------------|------------------------------------------------------|-------------------------|
| what a member follows       | get `follows#<member>` / `follows`                    | 0.5 RCU each 4 KB       |
| whom a member blocks        | get `member#<id>` / `member.blocked` (people table)   | 0.5 RCU each 4 KB       |
| change it                   | get it, consistent; update it if as read             | 1 RCU + 1 WCU each KB   |
| how many have a tie with one | get `<tie>.of#<member>` / `~count`                   | 0.5 RCU                 |
| a page of who has it        | query `<tie>.of#<member>` after a holder              | 0.5 RCU                 |
| the other side follows      | get both, consistent, before and after; transaction: | 4 RCU + 4 WCU           |
|                             |   put or delete `<tie>.of#<member>` / `<holder>`, count |                      |
| two members are one         | see `moves`; what the holders hold in the same transaction | 8 WCU each holder  |

An entry takes some 35 bytes: 100 follows 3.5 KB, 500 follows 17 KB.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress

import msgspec
from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from chalicelib import moves
from chalicelib.errors import Unavailable
from chalicelib.joins import Kind
from chalicelib.tables import Overtaken, Row, one_transaction, table_name, unless_overtaken
from community import facts
from community.forum.ties.rules import Tie, entry_of, renamed

TRIES_MAX = 5
_COUNT = "~count"

Held = tuple[str, ...]


class HeldRow(Row):
    held = UnicodeAttribute(default="[]")


class FollowsRow(HeldRow):
    class Meta:
        table_name = table_name("forum")


class BlocksRow(HeldRow):
    class Meta:
        table_name = table_name("people")


class HolderRow(Row):
    class Meta:
        table_name = table_name("forum")


class CountRow(Row):
    class Meta:
        table_name = table_name("forum")

    number = NumberAttribute(default=0)


def held(tie: Tie, member_id: str, *, as_it_is_now: bool = False) -> Held:
    row = _find(tie, member_id, as_it_is_now=as_it_is_now)
    return _read(row) if row else ()


def change(tie: Tie, member_id: str, changed: Callable[[Held], Held], fact: facts.Fact) -> None:
    """What a member holds after a change. What changes nothing is not written.

    Refuses: Unavailable — again and again somebody else was first
    """
    for _ in range(TRIES_MAX):
        row = _find(tie, member_id, as_it_is_now=True)
        before = _read(row) if row else ()
        after = changed(before)
        if after == before:
            return
        kind = _KINDS[tie].row
        actions: list[Action] = [kind.held.set(_text(after)), kind.fact.set(facts.written(fact))]
        as_read = kind.held == row.held if row else kind.pk.does_not_exist()
        with suppress(Overtaken), unless_overtaken():
            _key(tie, member_id).update(actions, as_read)
            return
    raise Unavailable


def count(tie: Tie, member_id: str) -> int:
    """How many have this tie with a member."""
    try:
        return int(CountRow.get(_of(tie, member_id), _COUNT).number)
    except CountRow.DoesNotExist:
        return 0


def holders(tie: Tie, member_id: str, *, after: str | None, limit: int) -> list[str]:
    """Who has this tie with a member, in the order of their ids."""
    # Ids are digits and capital letters; the count comes after them.
    where = HolderRow.sk.between(f"{after or ''}!", "Z")
    found = HolderRow.raw_page(_of(tie, member_id), where, limit=limit)
    return [row["sk"]["S"] for row in found]


def align(tie: Tie, member_id: str, holder_id: str) -> None:
    """Whether the holder stands with the member follows from what they hold at this moment.

    It is looked at again after it was written: of two who do this at once, the later one sees.
    Refuses: Unavailable
    """
    for _ in range(TRIES_MAX):
        entry = entry_of(tie, member_id)
        wanted = entry in held(tie, holder_id, as_it_is_now=True) and member_id != holder_id
        if wanted == _stands(tie, member_id, holder_id):
            return
        with suppress(Overtaken, Unavailable):
            _put_or_delete(tie, member_id, holder_id, wanted)
    raise Unavailable


def drop(tie: Tie, member_id: str, holder_id: str) -> None:
    """The holder stands with the member no longer, whatever they hold. Refuses: Unavailable"""
    if _stands(tie, member_id, holder_id):
        with suppress(Overtaken):
            _put_or_delete(tie, member_id, holder_id, False)


def move(tie: Tie, member_id: str, *, to: str, merge_id: str) -> None:
    moves.move(_KINDS[tie], source=_own(tie, member_id), target=_own(tie, to), mark=merge_id)
    moves.move(_holders(tie), source=_of(tie, member_id), target=_of(tie, to), mark=merge_id)
    _forget_count(tie, member_id)


def move_back(tie: Tie, member_id: str, *, to: str, merge_id: str) -> None:
    moves.move_back(_KINDS[tie], source=_own(tie, member_id), target=_own(tie, to), mark=merge_id)
    moves.move_back(_holders(tie), source=_of(tie, member_id), target=_of(tie, to), mark=merge_id)


def forget(tie: Tie, member_id: str) -> None:
    moves.forget(_KINDS[tie], source=_own(tie, member_id))
    moves.forget(_holders(tie), source=_of(tie, member_id))
    _forget_count(tie, member_id)


def _find(tie: Tie, member_id: str, *, as_it_is_now: bool) -> HeldRow | None:
    key = _key(tie, member_id)
    kind = _KINDS[tie].row
    try:
        return kind.get(key.pk, key.sk, consistent_read=as_it_is_now)
    except kind.DoesNotExist:
        return None


def _stands(tie: Tie, member_id: str, holder_id: str) -> bool:
    pk = _of(tie, member_id)
    return bool(HolderRow.raw_page(pk, HolderRow.sk == holder_id, consistent=True))


def _put_or_delete(tie: Tie, member_id: str, holder_id: str, wanted: bool) -> None:
    row = HolderRow(_of(tie, member_id), holder_id)
    with one_transaction() as write:
        if wanted:
            write.save(row, condition=HolderRow.pk.does_not_exist())
        else:
            write.delete(row, condition=HolderRow.pk.exists())
        _count(write, row.pk, 1 if wanted else -1)


def _holders(tie: Tie) -> Kind[HolderRow]:
    """Those who have a tie with a member. What they hold, and how many they are, goes along."""

    def along(
        write: TransactWrite, before: Sequence[HolderRow], after: Sequence[HolderRow]
    ) -> None:
        was, stands = {row.pk for row in before}, {row.pk for row in after}
        for pk in sorted(was ^ stands):
            _count(write, pk, 1 if pk in stands else -1)
        holder = _find(tie, before[0].sk, as_it_is_now=True)
        if holder is None:
            return
        gone = {entry_of(tie, _member_of(tie, pk)) for pk in was | stands}
        come = [entry_of(tie, _member_of(tie, pk)) for pk in sorted(stands)]
        news = renamed(_read(holder), gone, come)
        if news != _read(holder):
            kind = _KINDS[tie].row
            as_read = kind.held == holder.held
            key = _key(tie, before[0].sk)
            write.update(key, [kind.held.set(_text(news))], condition=as_read)

    return Kind(row=HolderRow, starting="", along=along)


def _count(write: TransactWrite, pk: str, by: int) -> None:
    write.update(CountRow(pk, _COUNT), [CountRow.number.add(by)])


def _forget_count(tie: Tie, member_id: str) -> None:
    with suppress(Overtaken), unless_overtaken():
        CountRow(_of(tie, member_id), _COUNT).delete(CountRow.number <= 0)


def _both(one: HeldRow, other: HeldRow) -> HeldRow:
    one.held = _text(tuple(dict.fromkeys((*_read(one), *_read(other)))))
    return one


def _without(both: HeldRow, one: HeldRow) -> HeldRow:
    gone = set(_read(one))
    both.held = _text(tuple(entry for entry in _read(both) if entry not in gone))
    return both


_KINDS: dict[Tie, Kind[HeldRow]] = {
    Tie.FOLLOWS: Kind(row=FollowsRow, starting="follows", joined=_both, parted=_without),
    Tie.BLOCKS: Kind(row=BlocksRow, starting="member.blocked", joined=_both, parted=_without),
}


def _key(tie: Tie, member_id: str) -> HeldRow:
    kind = _KINDS[tie]
    return kind.row(_own(tie, member_id), kind.starting)


def _own(tie: Tie, member_id: str) -> str:
    return f"member#{member_id}" if tie is Tie.BLOCKS else f"follows#{member_id}"


def _of(tie: Tie, member_id: str) -> str:
    return f"{tie}.of#{member_id}"


def _member_of(tie: Tie, pk: str) -> str:
    return pk.removeprefix(_of(tie, ""))


def _read(row: HeldRow) -> Held:
    return msgspec.json.decode(row.held, type=Held)


def _text(held: Held) -> str:
    return msgspec.json.encode(held).decode()
