"""Numbers and cars of whom nothing may be kept: rows in the people table. Their members took consent back.

Who is here and does not agree any longer is forgotten by the archive, their number and their cars too; so
the next row about them would look like one about somebody new. A keyed hash is left of each to tell.

| pattern                      | key condition                                       | units        |
|------------------------------|-----------------------------------------------------|--------------|
| note one                     | put `mobile#<hash>` or `vin#<hash>` / `unwanted`     | 2 WCU with the index |
| is a row about one of these  | batch get the same, consistent; then the member     | 1 RCU each   |
| move in a merge              | see `moves`                                         | 3 WCU each   |
| erase                        | gsi1 `unwanted#<member>`; delete each if still theirs | 2 WCU each |
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from pynamodb.attributes import UnicodeAttribute

from chalicelib import crypto, moves
from chalicelib.tables import Overtaken, Row, table_name, unless_overtaken
from community.people.archive import rules, texts
from community.people.archive.rules import Entry, Remark, Subject
from community.people.members import service as members
from community.people.members.rules import State

_SK = "unwanted"


class UnwantedRow(Row):
    class Meta:
        table_name = table_name("people")

    member_id = UnicodeAttribute()


def note(member_id: str, subjects: Iterable[Subject]) -> None:
    for subject in subjects:
        UnwantedRow(
            _key(subject), _SK, member_id=member_id, gsi1pk=_list_of(member_id), gsi1sk=_SK
        ).save()


def remarks_on(entries: Iterable[Entry]) -> dict[int, Remark]:
    """Why rows about somebody of whom nothing else is known are not taken, by their numbers."""
    by_key = {_key(rules.subject_of(entry)): entry for entry in entries}
    found = UnwantedRow.batch_get([(key, _SK) for key in by_key], consistent_read=True)
    refused = (by_key[row.pk] for row in found if not may_keep_of(row.member_id))
    return {entry.row: remark_on(entry) for entry in refused}


def may_keep_of(member_id: str) -> bool:
    """Who was never here has not been asked; of who is here nothing is kept without consent."""
    member = members.get(member_id)
    return member.state is State.DORMANT or member.consent is not None


def remark_on(entry: Entry) -> Remark:
    return Remark(entry.row, rules.subject_of(entry).kind, texts.TAKEN_BACK)


def move(member_id: str, *, to: str, merge_id: str) -> None:
    source, target = _list_of(member_id), _list_of(to)
    names = {"member_id": to}
    moves.hand_over(UnwantedRow, source=source, target=target, mark=merge_id, names=names)


def move_back(member_id: str, *, to: str, merge_id: str) -> None:
    source, target = _list_of(member_id), _list_of(to)
    names = {"member_id": to}
    moves.hand_back(UnwantedRow, source=source, target=target, mark=merge_id, names=names)


def forget(member_id: str) -> None:
    for row in list(UnwantedRow.gsi1.query(_list_of(member_id))):
        with suppress(Overtaken), unless_overtaken():  # Somebody else's by now.
            row.delete(UnwantedRow.member_id == member_id)


def _key(subject: Subject) -> str:
    return f"{subject.kind}#{crypto.lookup_hash(subject.kind, subject.value)}"


def _list_of(member_id: str) -> str:
    return f"unwanted#{member_id}"
