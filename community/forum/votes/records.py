"""Rows of votes, in the forum table: one per member and poll, among those of the member, and a tally per
poll.

| pattern                | key condition                                        | units           |
|------------------------|------------------------------------------------------|-----------------|
| vote, otherwise, once  | get, consistent; transaction: put `votes#<member>` / `<post>` as it was read, add to `tally#<post>` | 1 RCU + 4 WCU |
| my vote and the results | batch get of both                                   | 1 RCU           |
| the results            | get `tally#<post>` / `tally`                          | 0.5 RCU         |
| all of a member        | query `votes#<member>`                                | 0.5 RCU each 4 KB |
| move one in a merge    | see `moves`; the tally in the same transaction        | 4–6 WCU         |

A tally takes some 500 votes a second; who collides with another tries again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec
from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.transactions import TransactWrite

from chalicelib import moves
from chalicelib.joins import Kind, in_another_place
from chalicelib.tables import Row, table_name
from community import facts
from community.forum.polls.rules import OPTIONS_MAX
from community.forum.votes.rules import Choices, Results, changes


class VoteRow(Row):
    """What a member chose, and what of it the tally includes."""

    class Meta:
        table_name = table_name("forum")

    choices = UnicodeAttribute()
    counted = UnicodeAttribute(null=True)


class TallyRow(Row):
    class Meta:
        table_name = table_name("forum")

    voters = NumberAttribute(null=True)
    n0 = NumberAttribute(null=True)
    n1 = NumberAttribute(null=True)
    n2 = NumberAttribute(null=True)
    n3 = NumberAttribute(null=True)
    n4 = NumberAttribute(null=True)
    n5 = NumberAttribute(null=True)
    n6 = NumberAttribute(null=True)
    n7 = NumberAttribute(null=True)
    n8 = NumberAttribute(null=True)
    n9 = NumberAttribute(null=True)


class _EitherRow(TallyRow):
    """A tally or a vote: both are read at once."""

    choices = UnicodeAttribute(null=True)


_OPTIONS = [getattr(TallyRow, f"n{place}") for place in range(OPTIONS_MAX)]


class Vote(NamedTuple):
    """A vote as it was read."""

    choices: Choices | None
    counted: Choices | None


NONE = Vote(None, None)


def find(member_id: str, post_id: str) -> Vote:
    """As it is this moment."""
    try:
        row = VoteRow.get(_votes(member_id), post_id, consistent_read=True)
    except VoteRow.DoesNotExist:
        return NONE
    return _vote(row)


def save(
    write: TransactWrite, post_id: str, before: Vote, choices: Choices, fact: facts.Voted
) -> None:
    """Join a transaction: the member chose these, and the tally says so, as long as their vote is as it
    was read."""
    row = VoteRow(_votes(fact.member_id), post_id, choices=_text(choices))
    row.counted, row.fact = row.choices, facts.written(fact)
    held = [
        attribute.does_not_exist() if value is None else attribute == _text(value)
        for attribute, value in (
            (VoteRow.choices, before.choices),
            (VoteRow.counted, before.counted),
        )
    ]
    write.save(row, condition=held[0] & held[1])
    _add_up(write, post_id, [before.counted], [choices])


def seen(member_id: str, post_id: str) -> tuple[Choices | None, Results]:
    """What a member chose, and what all did: one call."""
    keys = [(_votes(member_id), post_id), (_tally(post_id), "tally")]
    found = {row.pk: row for row in _EitherRow.batch_get(keys)}
    vote, tally = (found.get(pk) for pk, _ in keys)
    return (_choices(vote.choices) if vote else None), _results(tally)


def results(post_id: str) -> Results:
    try:
        return _results(TallyRow.get(_tally(post_id), "tally"))
    except TallyRow.DoesNotExist:
        return _results(None)


def all_of(member_id: str) -> Iterator[tuple[str, Choices]]:
    """Poll by poll, what a member chose."""
    for row in moves.rows(_rows(), source=_votes(member_id)):
        yield row.sk, _choices(row.choices) or ()


def move(member_id: str, *, to: str, merge_id: str) -> None:
    moves.move(_rows(), source=_votes(member_id), target=_votes(to), mark=merge_id)


def move_back(member_id: str, *, to: str, merge_id: str) -> None:
    moves.move_back(_rows(), source=_votes(member_id), target=_votes(to), mark=merge_id)


def forget(member_id: str) -> None:
    moves.forget(Kind(row=VoteRow, starting=""), source=_votes(member_id))


def _rows() -> Kind[VoteRow]:
    def along(write: TransactWrite, before: Sequence[VoteRow], after: Sequence[VoteRow]) -> None:
        was, will = ([_choices(row.counted) for row in rows] for rows in (before, after))
        _add_up(write, before[0].sk, was, will)

    return Kind(row=VoteRow, starting="", renewed=_in_step, along=along)


def _in_step(row: VoteRow, pk: str) -> VoteRow:
    """The row with all of it counted, which `along` does in the same transaction."""
    row = in_another_place(row, pk)
    row.counted = row.choices
    return row


def _add_up(
    write: TransactWrite,
    post_id: str,
    before: Sequence[Choices | None],
    after: Sequence[Choices | None],
) -> None:
    was, will = [each for each in before if each], [each for each in after if each]
    actions = [_OPTIONS[place].add(by) for place, by in changes(was, will).items()]
    if len(was) != len(will):
        actions.append(TallyRow.voters.add(len(will) - len(was)))
    if actions:
        write.update(TallyRow(_tally(post_id), "tally"), actions)


def _vote(row: VoteRow) -> Vote:
    return Vote(_choices(row.choices), _choices(row.counted))


def _results(row: TallyRow | None) -> Results:
    counted = [int(getattr(row, f"n{place}", None) or 0) for place in range(OPTIONS_MAX)]
    return Results(tuple(counted), int(row.voters or 0) if row else 0)


def _choices(text: str | None) -> Choices | None:
    return msgspec.json.decode(text, type=Choices) if text else None


def _text(choices: Choices) -> str:
    return msgspec.json.encode(choices).decode()


def _votes(member_id: str) -> str:
    return f"votes#{member_id}"


def _tally(post_id: str) -> str:
    return f"tally#{post_id}"
