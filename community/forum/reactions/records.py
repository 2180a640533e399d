"""Rows of reactions, in the forum table.

| pattern                         | key condition                                         | units        |
|---------------------------------|-------------------------------------------------------|--------------|
| like, unlike, view              | update `like#<member>` / `<post>` if that changes it    | 1 WCU        |
| did I like this post            | get the same                                          | 0.5 RCU      |
| which of these posts do I like  | query `like#<member>` between oldest and newest        | 0.5 RCU each 4 KB |
| count it, once                  | transaction: update the row + the post's card          | 4 WCU        |
"""

from __future__ import annotations

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from chalicelib.tables import Overtaken, Row, table_name, unless_overtaken
from community import facts
from community.forum.reactions.rules import Kind


class ReactionRow(Row):
    """`on`: it holds now. `counted`: what the post's count already includes of it."""

    class Meta:
        table_name = table_name("forum")

    on = BooleanAttribute(null=True)
    counted = BooleanAttribute(null=True)
    board_id = UnicodeAttribute(null=True)


def turn(kind: Kind, fact: facts.Reacted, *, on: bool, board_id: str) -> bool:
    """Whether that changed anything."""
    row = _row(kind, fact.member_id, fact.post_id)
    changes = ReactionRow.on == (not on)
    if on:
        changes |= ReactionRow.on.does_not_exist()
    actions: list[Action] = [
        ReactionRow.on.set(on),
        ReactionRow.board_id.set(board_id),
        ReactionRow.fact.set(facts.written(fact)),
    ]
    try:
        with unless_overtaken():
            row.update(actions, changes)
    except Overtaken:
        return False
    return True


def is_on(kind: Kind, member_id: str, post_id: str) -> bool:
    row = _row(kind, member_id, post_id)
    try:
        return bool(ReactionRow.get(row.pk, row.sk).on)
    except ReactionRow.DoesNotExist:
        return False


def on_between(kind: Kind, member_id: str, oldest: str, newest: str) -> set[str]:
    rows = ReactionRow.query(f"{kind}#{member_id}", ReactionRow.sk.between(oldest, newest))
    return {row.sk for row in rows if row.on}


def get(kind: Kind, member_id: str, post_id: str) -> ReactionRow:
    """As it is this moment."""
    row = _row(kind, member_id, post_id)
    return ReactionRow.get(row.pk, row.sk, consistent_read=True)


def note_counted(write: TransactWrite, row: ReactionRow) -> None:
    """The post's count includes the row as it was read; refuses the transaction if it changed."""
    as_read = ReactionRow.on == row.on
    if row.counted is None:
        as_read &= ReactionRow.counted.does_not_exist()
    else:
        as_read &= ReactionRow.counted == row.counted
    key = ReactionRow(row.pk, row.sk)
    write.update(key, [ReactionRow.counted.set(row.on)], condition=as_read)


def _row(kind: Kind, member_id: str, post_id: str) -> ReactionRow:
    return ReactionRow(f"{kind}#{member_id}", post_id)
