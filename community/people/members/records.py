"""Rows of members, in the people table.

| pattern                      | key condition                                      | units                |
|------------------------------|----------------------------------------------------|----------------------|
| who signs in (known)         | gsi1 `openid#<hash>`                                | 0.5 RCU              |
| join, once per openid        | transaction: put `openid#<hash>` if new, put member | 6 WCU with the index |
| who was first with an openid | get `openid#<hash>`, consistent                     | 1 RCU                |
| who calls                    | get `member#<id>`                                   | 0.5 RCU              |
| rename, certify              | update of the same                                 | 2 WCU with the index |
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import msgspec
from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib import crypto
from chalicelib.errors import NotFound, Unavailable
from chalicelib.tables import Overtaken, Row, one_transaction, table_name, unless_overtaken
from community import facts
from community.people.members.rules import Member

TRIES_MAX = 5


class MemberRow(Row):
    class Meta:
        table_name = table_name("people")

    member = UnicodeAttribute()
    version = NumberAttribute(default=1)
    openid = UnicodeAttribute()


class IdentityRow(Row):
    """Whose an openid is: the table makes sure that it is one member's only."""

    class Meta:
        table_name = table_name("people")

    member_id = UnicodeAttribute()


def add(member: Member, *, openid: str, fact: facts.MemberJoined) -> Member:
    """Keep a new member; gives the one who has this openid already, if somebody was first."""
    key = _openid_key(openid)
    row = MemberRow(
        _key(member.member_id),
        "member",
        member=_text(member),
        openid=crypto.sealed(openid, about=member.member_id),
        gsi1pk=key,
        gsi1sk="member",
        fact=facts.written(fact),
    )
    try:
        with one_transaction() as write:
            write.save(
                IdentityRow(key, "identity", member_id=member.member_id),
                condition=IdentityRow.pk.does_not_exist(),
            )
            write.save(row)
    except Overtaken:
        return get(IdentityRow.get(key, "identity", consistent_read=True).member_id)
    return member


def with_openid(openid: str) -> Member | None:
    rows = MemberRow.gsi1.query(_openid_key(openid), limit=1)
    return next((_member(row) for row in rows), None)


def find(member_id: str) -> Member | None:
    """The member, if there is one; who joined a moment ago is found too."""
    for consistent in (False, True):
        with suppress(MemberRow.DoesNotExist):
            return _member(MemberRow.get(_key(member_id), "member", consistent_read=consistent))
    return None


def get(member_id: str) -> Member:
    """As it is this moment. Refuses: NotFound"""
    return _member(_row(member_id))


def openid_of(member_id: str) -> str:
    return crypto.opened(_row(member_id).openid, about=member_id)


def change(member_id: str, changed: Callable[[Member], Member]) -> Member:
    """The member after a change, on top of whatever else changed meanwhile.

    Refuses: NotFound; Unavailable — again and again somebody else was first
    """
    for _ in range(TRIES_MAX):
        row = _row(member_id)
        old = _member(row)
        new = changed(old)
        if new == old:
            return old
        try:
            with unless_overtaken():
                row.update(
                    [MemberRow.member.set(_text(new)), MemberRow.version.add(1)],
                    MemberRow.version == row.version,
                )
        except Overtaken:
            continue
        return new
    raise Unavailable


def _row(member_id: str) -> MemberRow:
    try:
        return MemberRow.get(_key(member_id), "member", consistent_read=True)
    except MemberRow.DoesNotExist as missing:
        raise NotFound from missing


def _key(member_id: str) -> str:
    return f"member#{member_id}"


def _openid_key(openid: str) -> str:
    return f"openid#{crypto.lookup_hash('openid', openid)}"


def _text(member: Member) -> str:
    return msgspec.json.encode(member).decode()


def _member(row: MemberRow) -> Member:
    return msgspec.json.decode(row.member, type=Member)
