"""Rows of reactions, in the forum table: one per member and post, among those of the same board, so that
a page of a board meets no more of them than it has posts.

| pattern                        | key condition                                              | units   |
|--------------------------------|------------------------------------------------------------|---------|
| like, unlike, view             | update `reactions#<member>#<board>` / `<post>` if it changes | 1 WCU   |
| what did I do with this post   | get the same                                               | 0.5 RCU |
| which of these posts do I like | query the same between oldest and newest                   | 0.5 RCU |
| count it, once                 | get, consistent; transaction: update it + the post's card   | 1 RCU + 4 WCU |
| all of a member on a board     | query `reactions#<member>#<board>`                          | 0.5 RCU each 4 KB |
| move one in a merge            | see `moves`; the post's card in the same transaction         | 4–6 WCU |
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from pynamodb.attributes import BooleanAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from chalicelib import moves
from chalicelib.joins import Kind as Rows
from chalicelib.joins import in_another_place
from chalicelib.tables import Overtaken, Row, table_name, unless_overtaken
from community import facts
from community.forum.reactions.rules import Kind

Recount = Callable[[TransactWrite, tuple[str, str], Mapping[Kind, int]], None]


class ReactionRow(Row):
    """For each kind: whether it holds, and what of it the post's count includes already."""

    class Meta:
        table_name = table_name("forum")

    like = BooleanAttribute(null=True)
    like_counted = BooleanAttribute(null=True)
    view = BooleanAttribute(null=True)
    view_counted = BooleanAttribute(null=True)


_HOLDS = {Kind.LIKE: ReactionRow.like, Kind.VIEW: ReactionRow.view}
_COUNTED = {Kind.LIKE: ReactionRow.like_counted, Kind.VIEW: ReactionRow.view_counted}


def turn(kind: Kind, fact: facts.Reacted) -> bool:
    """Whether that changed anything."""
    row = _key(fact.member_id, fact.board_id, fact.post_id)
    holds = _HOLDS[kind]
    changes = holds == (not fact.on)
    if fact.on:
        changes |= holds.does_not_exist()
    actions: list[Action] = [holds.set(fact.on), ReactionRow.fact.set(facts.written(fact))]
    try:
        with unless_overtaken():
            row.update(actions, changes)
    except Overtaken:
        return False
    return True


def of(member_id: str, board_id: str, post_id: str) -> frozenset[Kind]:
    row = _key(member_id, board_id, post_id)
    try:
        found = ReactionRow.get(row.pk, row.sk)
    except ReactionRow.DoesNotExist:
        return frozenset()
    return frozenset(kind for kind in Kind if getattr(found, kind))


def on_between(kind: Kind, member_id: str, board_id: str, *, oldest: str, newest: str) -> set[str]:
    """The posts of a board, from the oldest to the newest, for which it holds."""
    rows = ReactionRow.raw_page(
        _partition(member_id, board_id), ReactionRow.sk.between(oldest, newest)
    )
    return {row["sk"]["S"] for row in rows if row.get(kind, {}).get("BOOL")}


def find(member_id: str, board_id: str, post_id: str) -> ReactionRow | None:
    """As it is this moment."""
    row = _key(member_id, board_id, post_id)
    try:
        return ReactionRow.get(row.pk, row.sk, consistent_read=True)
    except ReactionRow.DoesNotExist:
        return None


def uncounted(row: ReactionRow) -> dict[Kind, bool]:
    """What the post's counts do not include yet: per kind, whether it holds."""
    pairs = {kind: (getattr(row, kind), getattr(row, f"{kind}_counted")) for kind in Kind}
    return {kind: bool(on) for kind, (on, counted) in pairs.items() if bool(on) != bool(counted)}


def note_counted(write: TransactWrite, row: ReactionRow, kinds: Mapping[Kind, bool]) -> None:
    """The post's counts include the row as it was read; refuses the transaction if it changed.

    Its fact has done its work and goes: a row at rest is a third as large.
    """
    as_read = _all(
        _is(attribute[kind], getattr(row, attribute[kind].attr_name))
        for kind in kinds
        for attribute in (_HOLDS, _COUNTED)
    )
    actions: list[Action] = [_COUNTED[kind].set(on) for kind, on in kinds.items()]
    write.update(
        ReactionRow(row.pk, row.sk), [*actions, ReactionRow.fact.remove()], condition=as_read
    )


def all_of(member_id: str, board_id: str) -> Iterator[tuple[str, frozenset[Kind]]]:
    """Post by post, what a member did with it."""
    for row in moves.rows(_rows(), source=_partition(member_id, board_id)):
        yield row.sk, frozenset(kind for kind in Kind if getattr(row, kind))


def move(member_id: str, board_id: str, *, to: str, merge_id: str, recount: Recount) -> None:
    source, target = _partition(member_id, board_id), _partition(to, board_id)
    moves.move(_rows(recount), source=source, target=target, mark=merge_id)


def move_back(member_id: str, board_id: str, *, to: str, merge_id: str, recount: Recount) -> None:
    source, target = _partition(member_id, board_id), _partition(to, board_id)
    moves.move_back(_rows(recount), source=source, target=target, mark=merge_id)


def forget(member_id: str, board_id: str) -> None:
    moves.forget(_rows(), source=_partition(member_id, board_id))


def _rows(recount: Recount | None = None) -> Rows[ReactionRow]:
    """`recount` is told by how much the counts of a post change when two become one, or one two."""

    def along(
        write: TransactWrite, before: Sequence[ReactionRow], after: Sequence[ReactionRow]
    ) -> None:
        changes = {kind: _counts(kind, after) - _counts(kind, before) for kind in Kind}
        changes = {kind: by for kind, by in changes.items() if by}
        if recount and changes:
            *_, board_id = before[0].pk.split("#")
            recount(write, (board_id, before[0].sk), changes)

    return Rows(row=ReactionRow, starting="", renewed=_in_step, joined=_either, along=along)


def _in_step(row: ReactionRow, pk: str) -> ReactionRow:
    """The row with everything in it counted, which `along` does in the same transaction."""
    row = in_another_place(row, pk)
    for kind in Kind:
        if getattr(row, kind) is not None:
            setattr(row, f"{kind}_counted", getattr(row, kind))
    return row


def _either(one: ReactionRow, other: ReactionRow) -> ReactionRow:
    """What either did, they did. One of two that were counted is not any longer: see `along`."""
    for kind in Kind:
        for name in (kind.value, f"{kind}_counted"):
            if getattr(other, name):
                setattr(one, name, True)
    return one


def _counts(kind: Kind, rows: Iterable[ReactionRow]) -> int:
    """How many of these the post's count includes."""
    return sum(bool(getattr(row, f"{kind}_counted")) for row in rows)


def _is(attribute: BooleanAttribute, value: bool | None) -> Condition:
    return attribute.does_not_exist() if value is None else attribute == value


def _all(conditions: Iterable[Condition]) -> Condition:
    first, *others = conditions
    for other in others:
        first &= other
    return first


def _key(member_id: str, board_id: str, post_id: str) -> ReactionRow:
    return ReactionRow(_partition(member_id, board_id), post_id)


def _partition(member_id: str, board_id: str) -> str:
    return f"reactions#{member_id}#{board_id}"
