"""Rows of members, in the people table.

| pattern                      | key condition                                      | units                |
|------------------------------|----------------------------------------------------|----------------------|
| who signs in (known)         | gsi1 `openid#<hash>`                                | 0.5 RCU              |
| join, once per openid        | transaction: claim the identities, put `member#<id>` | 8 WCU with the index |
| who calls                    | query `member#<id>`, sk from `member`               | 0.5 RCU each 4 KB    |
| one member                   | get `member#<id>` / `member`                        | 0.5–1 RCU            |
| under which id they go on    | the same, once for each fact that names them       | 0.5 RCU              |
| rename, certify              | update of the same                                 | 2 WCU with the index |
| erase                        | in a transaction: update of the same               | 4 WCU with the index |

What every call needs to know of its caller stands together, so that it is one read: the member, when
they were last seen, which of their sessions were signed out, their tags (`member.tags`: see `tags`),
whom they block (`member.blocked`: see `forum.ties`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec
from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from chalicelib import crypto
from chalicelib.errors import NotFound, Unavailable
from chalicelib.tables import Overtaken, RawRow, Row, table_name, unless_overtaken
from community import facts
from community.people.identities import service as identities
from community.people.identities.rules import Identity, Kind
from community.people.members import visits
from community.people.members.rules import (
    MERGES_FOLLOWED_MAX,
    Member,
    NeverHere,
    Presence,
    Seen,
    State,
)
from community.people.tags import rules as tag_rules

TRIES_MAX = 5


class MemberRow(Row):
    class Meta:
        table_name = table_name("people")

    member = UnicodeAttribute()
    version = NumberAttribute(default=1)
    openid = UnicodeAttribute(null=True)


def add_in(
    write: TransactWrite, member: Member, *, known_by: Sequence[Identity], fact: facts.Fact | None
) -> None:
    """Join a transaction: it is overtaken if somebody is known by one of these already."""
    row = MemberRow(
        _key(member.member_id),
        "member",
        member=_text(member),
        fact=facts.written(fact) if fact else None,
    )
    for identity in known_by:
        if identity.kind is Kind.OPENID:
            _put_openid(row, identity.value, member_id=member.member_id)
    for identity in known_by:
        identities.claim(write, identity, member_id=member.member_id)
    write.save(row, condition=MemberRow.pk.does_not_exist())


def with_openid(openid: str) -> Member | None:
    for row in MemberRow.gsi1.query(identities.key_of(Kind.OPENID, openid), limit=1):
        member = _member(row.member)
        if member.state is not State.MERGED:
            return member
        return msgspec.structs.replace(get(member.member_id), here_as=member.member_id)
    return None


def presence(member_id: str, *, now: datetime) -> Presence | None:
    """Who this is as a caller, with the tags that hold now; who joined a moment ago is found too.

    Not who they were merged into.
    """
    for consistent in (False, True):
        found = MemberRow.raw_page(
            _key(member_id), MemberRow.sk.startswith("member"), consistent=consistent
        )
        rows = {row["sk"]["S"]: row for row in found}
        if "member" in rows:
            return _presence(rows, now)
    return None


def get(member_id: str) -> Member:
    """As it is this moment; of two who were merged, the one who remains. Refuses: NotFound"""
    return _member(_remaining(member_id).member)


def alone(member_id: str) -> Member | None:
    """As their own row says this moment, merged or not."""
    try:
        return _member(_row(member_id).member)
    except NotFound:
        return None


def several(member_ids: Sequence[str]) -> list[Member]:
    """Those who are there of up to 100, merged or not: 0.5 RCU each."""
    found = MemberRow.batch_get([(_key(member_id), "member") for member_id in member_ids])
    return [_member(row.member) for row in found]


def remaining(member_id: str) -> str:
    try:
        row = MemberRow.get(_key(member_id), "member")
    except MemberRow.DoesNotExist:
        return member_id
    return get(member_id).member_id if _member(row.member).merged_into else member_id


def openid_of(member_id: str) -> str:
    """Refuses: NeverHere"""
    row = _remaining(member_id)
    if row.openid is None:
        raise NeverHere
    return crypto.opened(row.openid, about=row.pk.removeprefix(_key("")))


def carrying(openid: str) -> list[str]:
    index = MemberRow.gsi1.query(identities.key_of(Kind.OPENID, openid))
    return [row.pk.removeprefix(_key("")) for row in index]


def sign_in_alike(one_id: str, other_id: str) -> bool:
    """Refuses: NotFound"""
    one, other = _row(one_id), _row(other_id)
    return one.openid is not None and one.gsi1pk == other.gsi1pk


def openid_here(member: Member) -> str:
    """Refuses: NeverHere"""
    row = _row(member.here_as) if member.here_as else None
    if row is None or row.openid is None:
        return openid_of(member.member_id)
    return crypto.opened(row.openid, about=row.pk.removeprefix(_key("")))


def change(
    member_id: str, changed: Callable[[Member], Member], *, fact: facts.Fact | None = None
) -> Member:
    """The member after a change, on top of whatever else changed meanwhile. Who is erased stays so.

    Refuses: NotFound; Unavailable — again and again somebody else was first
    """
    for _ in range(TRIES_MAX):
        row = _remaining(member_id)
        old = _member(row.member)
        new = changed(old)
        if new == old or old.state is State.ERASED:
            return old
        try:
            with unless_overtaken():
                row.update(_actions(new, fact), MemberRow.version == row.version)
        except Overtaken:
            continue
        return new
    raise Unavailable


def change_in(
    write: TransactWrite,
    member_id: str,
    changed: Callable[[Member], Member],
    *,
    openid: str | None = None,
    without_openid: bool = False,
    fact: facts.Fact | None = None,
) -> Member:
    """Join a transaction with a change: it fails if the member changes meanwhile.

    `without_openid`: they do not sign in any longer as they did; `openid`: what the member signs in with
    from now on, if they have none then. Refuses: NotFound
    """
    row = _row(member_id)
    new = changed(_member(row.member))
    actions = _actions(new, fact)
    if openid and (row.openid is None or without_openid):
        _put_openid(row, openid, member_id=member_id)
        actions += [
            MemberRow.openid.set(row.openid),
            MemberRow.gsi1pk.set(row.gsi1pk),
            MemberRow.gsi1sk.set(row.gsi1sk),
        ]
    elif without_openid:
        actions += [MemberRow.openid.remove(), *_not_findable()]
    write.update(
        MemberRow(row.pk, row.sk), actions=actions, condition=MemberRow.version == row.version
    )
    return new


def erase_in(
    write: TransactWrite,
    member_id: str,
    changed: Callable[[Member], Member],
    *,
    findable: bool,
    fact: facts.Fact,
) -> None:
    """Join a transaction with a change that takes the openid away.

    `findable`: its keyed hash still leads to the member. Refuses: NotFound
    """
    row = _row(member_id)
    actions = [*_actions(changed(_member(row.member)), fact), MemberRow.openid.remove()]
    if not findable:
        actions += _not_findable()
    write.update(
        MemberRow(row.pk, row.sk), actions=actions, condition=MemberRow.version == row.version
    )


def _presence(rows: dict[str, RawRow], now: datetime) -> Presence:
    seen, tags = rows.get(visits.SEEN), rows.get("member.tags")
    held = tag_rules.ids_held(tags["tags"]["S"], now) if tags else ()
    blocks = rows.get("member.blocked")
    blocked = msgspec.json.decode(blocks["held"]["S"], type=tuple[str, ...]) if blocks else ()
    member = _member(rows["member"]["member"]["S"])
    return Presence(
        member=msgspec.structs.replace(member, tags=held, blocked=blocked),
        seen=msgspec.json.decode(seen["seen"]["S"], type=Seen) if seen else Seen(),
        signed_out=frozenset(
            sk.removeprefix(visits.OUT) for sk in rows if sk.startswith(visits.OUT)
        ),
    )


def _remaining(member_id: str) -> MemberRow:
    """The row of a member, or of the one they were merged into."""
    for _ in range(MERGES_FOLLOWED_MAX):
        row = _row(member_id)
        member = _member(row.member)
        if member.state is not State.MERGED or member.merged_into is None:
            return row
        member_id = member.merged_into
    raise NotFound


def _row(member_id: str) -> MemberRow:
    try:
        return MemberRow.get(_key(member_id), "member", consistent_read=True)
    except MemberRow.DoesNotExist as missing:
        raise NotFound from missing


def _put_openid(row: MemberRow, openid: str, *, member_id: str) -> None:
    row.openid = crypto.sealed(openid, about=member_id)
    row.gsi1pk = identities.key_of(Kind.OPENID, openid)
    row.gsi1sk = "member"


def _not_findable() -> list[Action]:
    return [MemberRow.gsi1pk.remove(), MemberRow.gsi1sk.remove()]


def _actions(member: Member, fact: facts.Fact | None) -> list[Action]:
    actions: list[Action] = [MemberRow.member.set(_text(member)), MemberRow.version.add(1)]
    if fact:
        actions.append(MemberRow.fact.set(facts.written(fact)))
    return actions


def _key(member_id: str) -> str:
    return f"member#{member_id}"


def _text(member: Member) -> str:
    kept = msgspec.structs.replace(member, tags=(), here_as=None, blocked=())
    return msgspec.json.encode(kept).decode()


def _member(text: str) -> Member:
    return msgspec.json.decode(text, type=Member)
