"""Rows of identities, in the people table: whose an openid, a unionid, a mobile number is.

| pattern                     | key condition                                    | units            |
|-----------------------------|--------------------------------------------------|------------------|
| claim, one member's only    | in a transaction: put `<kind>#<hash>` if new or theirs | 4 WCU with the index |
| whose is it                 | get `<kind>#<hash>`, consistent                  | 1 RCU            |
| whose are these             | batch get, 100 at a time, consistent             | 1 RCU each       |
| by what a member is known   | gsi1 `identities#<member>`                       | 0.5 RCU          |
| give it up                  | in a transaction: delete the row                 | 4 WCU            |
| move one in a merge         | update if listed as before                       | 3 WCU            |
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from pynamodb.attributes import UnicodeAttribute
from pynamodb.transactions import TransactWrite

from chalicelib import crypto, moves
from chalicelib.settings import settings
from chalicelib.tables import Overtaken, Row, table_name, unless_overtaken
from community.people.identities.rules import Identity, Kind


class IdentityRow(Row):
    class Meta:
        table_name = table_name("people")

    member_id = UnicodeAttribute()
    value = UnicodeAttribute()


def key_of(kind: Kind, value: str) -> str:
    """Where the row stands. An openid is of one app, an external_userid of one company."""
    scope = {
        Kind.OPENID: f"{settings().wechat_appid}:",
        Kind.EXTERNAL_USERID: f"{settings().wecom_corpid}:",
    }
    return f"{kind}#{crypto.lookup_hash(kind, f'{scope.get(kind, str())}{value}')}"


def claim(write: TransactWrite, identity: Identity, *, member_id: str) -> None:
    row = _row(identity, member_id)
    free = IdentityRow.pk.does_not_exist() | (IdentityRow.member_id == member_id)
    write.save(row, condition=free)


def release(write: TransactWrite, identity: Identity, *, member_id: str) -> None:
    write.delete(_row(identity, member_id), condition=IdentityRow.member_id == member_id)


def owner_of(kind: Kind, value: str) -> str | None:
    try:
        return IdentityRow.get(key_of(kind, value), "identity", consistent_read=True).member_id
    except IdentityRow.DoesNotExist:
        return None


def owners_of(kind: Kind, values: Iterable[str]) -> dict[str, str]:
    by_key = {key_of(kind, value): value for value in values}
    found = IdentityRow.batch_get([(key, "identity") for key in by_key], consistent_read=True)
    return {by_key[row.pk]: row.member_id for row in found}


def of_member(member_id: str) -> list[Identity]:
    rows = IdentityRow.gsi1.query(_list_of(member_id))
    return [Identity(Kind(row.gsi1sk), crypto.opened(row.value, about=row.pk)) for row in rows]


def move(member_id: str, *, to: str, merge_id: str) -> None:
    source, target = _list_of(member_id), _list_of(to)
    names = {"member_id": to}
    moves.hand_over(IdentityRow, source=source, target=target, mark=merge_id, names=names)


def move_back(member_id: str, *, to: str, merge_id: str) -> None:
    source, target = _list_of(member_id), _list_of(to)
    names = {"member_id": to}
    moves.hand_back(IdentityRow, source=source, target=target, mark=merge_id, names=names)


def forget(member_id: str) -> None:
    for row in list(IdentityRow.gsi1.query(_list_of(member_id))):
        with suppress(Overtaken), unless_overtaken():  # Somebody else's by now.
            row.delete(IdentityRow.member_id == member_id)


def _row(identity: Identity, member_id: str) -> IdentityRow:
    key = key_of(identity.kind, identity.value)
    return IdentityRow(
        key,
        "identity",
        member_id=member_id,
        value=crypto.sealed(identity.value, about=key),
        gsi1pk=_list_of(member_id),
        gsi1sk=identity.kind.value,
    )


def _list_of(member_id: str) -> str:
    return f"identities#{member_id}"
