"""Rows of a member's visits, in the people table, beside the member (see `records`).

| pattern          | key condition                                | units             |
|------------------|----------------------------------------------|-------------------|
| was here today   | update `member#<id>` / `member.seen`         | 1 WCU, once a day |
| sign out         | put `member#<id>` / `member.out#<session>`   | 1 WCU             |
"""

from __future__ import annotations

import msgspec
from pynamodb.attributes import UnicodeAttribute

from chalicelib import moves
from chalicelib.joins import Kind
from chalicelib.tables import Row, table_name
from community import facts
from community.people.members.rules import Seen

SEEN = "member.seen"
OUT = "member.out#"


class SeenRow(Row):
    """The last day on which a member was here, and where they came from the last time."""

    class Meta:
        table_name = table_name("people")

    seen = UnicodeAttribute()


class SignedOutRow(Row):
    class Meta:
        table_name = table_name("people")


def note_seen(member_id: str, seen: Seen, fact: facts.MemberSeen) -> None:
    SeenRow(_key(member_id), SEEN).update(
        [SeenRow.seen.set(_seen_text(seen)), SeenRow.fact.set(facts.written(fact))]
    )


def sign_out(member_id: str, session_id: str, *, dies_at: int) -> None:
    SignedOutRow(_key(member_id), f"{OUT}{session_id}", ttl=dies_at).save()


def rows_of(member_id: str) -> tuple[Seen, list[str]]:
    """When a member was last seen, and the sessions that were signed out."""
    seen = [_seen(row) for row in moves.rows(_SEEN_ROWS, source=_key(member_id))]
    out = [row.sk for row in moves.rows(_OUT_ROWS, source=_key(member_id))]
    return seen[0] if seen else Seen(), [sk.removeprefix(OUT) for sk in out]


def move(member_id: str, *, to: str, merge_id: str) -> None:
    """When somebody was last seen is what is later of both."""
    moves.move(_SEEN_ROWS, source=_key(member_id), target=_key(to), mark=merge_id)


def move_back(member_id: str, *, to: str, merge_id: str) -> None:
    moves.move_back(_SEEN_ROWS, source=_key(member_id), target=_key(to), mark=merge_id)


def forget(member_id: str) -> None:
    """Everything but that there was somebody."""
    moves.forget(_SEEN_ROWS, source=_key(member_id))
    moves.forget(_OUT_ROWS, source=_key(member_id))


def _later(one: SeenRow, other: SeenRow) -> SeenRow:
    a, b = _seen(one), _seen(other)
    last = max(a, b, key=lambda seen: (seen.touched_at is not None, seen.touched_at))
    one.seen = _seen_text(msgspec.structs.replace(last, day=max(a.day, b.day)))
    return one


def _seen(row: SeenRow) -> Seen:
    return msgspec.json.decode(row.seen, type=Seen)


def _seen_text(seen: Seen) -> str:
    return msgspec.json.encode(seen).decode()


def _key(member_id: str) -> str:
    return f"member#{member_id}"


_SEEN_ROWS = Kind(row=SeenRow, starting=SEEN, joined=_later)
_OUT_ROWS = Kind(row=SignedOutRow, starting=OUT)
