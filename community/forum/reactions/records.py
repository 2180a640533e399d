"""Rows of reactions, in the forum table: one per member and post, among those of the same board, so that
a page of a board meets no more of them than it has posts.

| pattern                        | key condition                                              | units   |
|--------------------------------|------------------------------------------------------------|---------|
| like, unlike, view             | update `reactions#<member>#<board>` / `<post>` if it changes | 1 WCU   |
| what did I do with this post   | get the same                                               | 0.5 RCU |
| which of these posts do I like | query the same between oldest and newest                   | 0.5 RCU |
| count it, once                 | get, consistent; transaction: update it + the post's card   | 1 RCU + 4 WCU |
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pynamodb.attributes import BooleanAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from chalicelib.tables import Overtaken, Row, table_name, unless_overtaken
from community import facts
from community.forum.reactions.rules import Kind


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


def turn(kind: Kind, fact: facts.Reacted, *, on: bool) -> bool:
    """Whether that changed anything."""
    row = _key(fact.member_id, fact.board_id, fact.post_id)
    holds = _HOLDS[kind]
    changes = holds == (not on)
    if on:
        changes |= holds.does_not_exist()
    actions: list[Action] = [holds.set(on), ReactionRow.fact.set(facts.written(fact))]
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


def get(member_id: str, board_id: str, post_id: str) -> ReactionRow:
    """As it is this moment."""
    row = _key(member_id, board_id, post_id)
    return ReactionRow.get(row.pk, row.sk, consistent_read=True)


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
