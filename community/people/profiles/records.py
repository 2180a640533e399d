"""Rows of profiles, in the people table: a member's own, and beside it those of whoever was merged into them.

| pattern                     | key condition                                         | units            |
|-----------------------------|-------------------------------------------------------|------------------|
| a member's profile          | query `member#<id>`, sk from `profile`                | 0.5 RCU each 4 KB |
| the same at this moment     | the same, consistent                                  | 1 RCU each 4 KB  |
| change, with others' rows   | in a transaction: put `member#<id>` / `profile` if as read | 2 WCU each KB |
| let something be forgotten  | transaction: put them all if as read                  | 2 WCU each KB    |
| skip a question, prefill    | put the same if as read                               | 1 WCU each KB    |
| close it in an erasure      | put the same without its text                         | 1 WCU each KB    |
| move one in a merge         | transaction: put `profile@<merge>`, delete or close the other | 4 WCU each KB |

Who comes late with a change of a profile that was moved or erased finds it closed. What is moved stays
sealed for who told it (`told_by`), so that it goes back as it was.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.transactions import TransactWrite

from chalicelib import crypto
from chalicelib.errors import Unavailable
from chalicelib.tables import RawRow, Row, one_transaction, table_name, unless_overtaken
from community import facts
from community.people.profiles.rules import Profile, folded, without

_OWN = "profile"


class ProfileRow(Row):
    """Without a text it is closed: its member was merged into another, or erased."""

    class Meta:
        table_name = table_name("people")

    profile = UnicodeAttribute(null=True)
    told_by = UnicodeAttribute()
    version = NumberAttribute()


class Other(msgspec.Struct, frozen=True):
    """What somebody told who was merged into the member; `name` is that of the row."""

    name: str
    told_by: str
    profile: Profile
    version: int


class Kept(msgspec.Struct, frozen=True):
    """What is known of a member: what they told themselves, and those who were merged into them."""

    member_id: str
    own: Profile | None
    others: tuple[Other, ...] = ()
    version: int = 0

    @property
    def everything(self) -> tuple[Profile, ...]:
        own = (self.own,) if self.own else ()
        return (*own, *(other.profile for other in self.others))

    @property
    def profile(self) -> Profile:
        return folded(self.everything)

    def with_own(self, own: Profile) -> Kept:
        return msgspec.structs.replace(self, own=own)

    @property
    def is_closed(self) -> bool:
        return self.version > 0 and self.own is None


def find(member_id: str, *, consistent: bool = False) -> Kept:
    rows = _rows(member_id, consistent=consistent)
    own = next((row for row in rows if row["sk"]["S"] == _OWN), None)
    return Kept(
        member_id=member_id,
        own=_opened(own) if own else None,
        others=tuple(_other(row) for row in rows if row is not own),
        version=int(own["version"]["N"]) if own else 0,
    )


def save(before: Kept, own: Profile, fact: facts.Fact | None = None) -> None:
    """Refuses: Overtaken — it changed meanwhile, or was closed"""
    with unless_overtaken():
        _row(before, own, fact).save(_as_read(before))


def save_in(write: TransactWrite, before: Kept, own: Profile, fact: facts.Fact) -> None:
    """Join a transaction: it is overtaken if the profile changed meanwhile, or was closed."""
    write.save(_row(before, own, fact), condition=_as_read(before))


def forget(kept: Kept, fields: Sequence[str], fact: facts.ProfileChanged) -> None:
    """Let go what anybody said of these fields until the fact.

    Refuses: Overtaken — it changed meanwhile, or was closed
    """

    def what_is_left(profile: Profile) -> Profile:
        return without(profile, fields, said_until=fact.at)

    with one_transaction() as write:
        save_in(write, kept, what_is_left(kept.own or Profile()), fact)
        for other in kept.others:
            row = ProfileRow(
                _key(kept.member_id),
                other.name,
                profile=_sealed(what_is_left(other.profile), other.told_by),
                told_by=other.told_by,
                version=other.version + 1,
            )
            write.save(row, condition=ProfileRow.version == other.version)


def close(member_id: str) -> None:
    """Nothing that was told is left, nor that of those who were merged into the member."""
    version = find(member_id, consistent=True).version
    _closed(member_id, version).save()
    for row in _rows(member_id, consistent=True):
        if row["sk"]["S"] != _OWN:
            ProfileRow(row["pk"]["S"], row["sk"]["S"]).delete()


def move(merge_id: str, *, gone_id: str, kept_id: str) -> None:
    """What the gone member told stands beside what the kept one did.

    Refuses: Unavailable — it changed right now
    """
    for row in _rows(gone_id, consistent=True):
        if "profile" in row:
            _move_one(row, merge_id, kept_id)
    if find(gone_id, consistent=True).version == 0:
        with unless_overtaken(Unavailable()):
            _closed(gone_id, 0).save(ProfileRow.pk.does_not_exist())


def move_back(merge_id: str, *, gone_id: str, kept_id: str) -> None:
    """What came by a merge is the gone member's again, and they can change it."""
    for row in _rows(kept_id, consistent=True):
        sk = row["sk"]["S"]
        if sk.endswith(f"@{merge_id}"):
            with one_transaction() as write:
                write.save(_moved(row, gone_id, sk.removesuffix(f"@{merge_id}")))
                write.delete(ProfileRow(_key(kept_id), sk))
    own = find(gone_id, consistent=True)
    if own.is_closed:
        ProfileRow(_key(gone_id), _OWN).delete()


def _move_one(row: RawRow, merge_id: str, kept_id: str) -> None:
    sk, version = row["sk"]["S"], int(row["version"]["N"])
    with one_transaction(Unavailable()) as write:
        write.save(_moved(row, kept_id, f"{sk}@{merge_id}"))
        if sk == _OWN:
            own = row["pk"]["S"].removeprefix(_key(""))
            write.save(_closed(own, version), condition=ProfileRow.version == version)
        else:
            write.delete(ProfileRow(row["pk"]["S"], sk))


def _moved(row: RawRow, member_id: str, sk: str) -> ProfileRow:
    return ProfileRow(
        _key(member_id),
        sk,
        profile=row["profile"]["S"],
        told_by=row["told_by"]["S"],
        # Whoever read what stood there before comes too late.
        version=int(row["version"]["N"]) + 2,
    )


def _closed(member_id: str, version: int) -> ProfileRow:
    return ProfileRow(_key(member_id), _OWN, told_by=member_id, version=version + 1)


def _row(before: Kept, own: Profile, fact: facts.Fact | None) -> ProfileRow:
    return ProfileRow(
        _key(before.member_id),
        _OWN,
        profile=_sealed(own, before.member_id),
        told_by=before.member_id,
        version=before.version + 1,
        fact=facts.written(fact) if fact else None,
    )


def _as_read(before: Kept) -> Condition:
    if before.version == 0:
        return ProfileRow.pk.does_not_exist()
    as_read: Condition = (ProfileRow.version == before.version) & ProfileRow.profile.exists()
    return as_read


def _rows(member_id: str, *, consistent: bool) -> list[RawRow]:
    return ProfileRow.raw_page(
        _key(member_id), ProfileRow.sk.startswith(_OWN), consistent=consistent
    )


def _other(row: RawRow) -> Other:
    return Other(
        name=row["sk"]["S"],
        told_by=row["told_by"]["S"],
        profile=_opened(row) or Profile(),
        version=int(row["version"]["N"]),
    )


def _opened(row: RawRow) -> Profile | None:
    if "profile" not in row:
        return None
    text = crypto.opened(row["profile"]["S"], about=_about(row["told_by"]["S"]))
    return msgspec.json.decode(text, type=Profile)


def _sealed(profile: Profile, told_by: str) -> str:
    return crypto.sealed(msgspec.json.encode(profile).decode(), about=_about(told_by))


def _about(member_id: str) -> str:
    return f"profile {member_id}"


def _key(member_id: str) -> str:
    return f"member#{member_id}"
