"""The owner archive: who becomes a dormant member, who is told more about, whose a car is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.tables import one_transaction
from community import facts
from community.people.archive import rules, texts
from community.people.archive import service as archive
from community.people.archive.rules import Outcome, Remark, Row
from community.people.consents import service as consents
from community.people.identities import service as identities
from community.people.identities.rules import Identity, Kind
from community.people.members import service as members
from community.people.members.rules import NOTICES, State
from community.people.phones import service as phones
from tests.world import Person, World

A_VIN, B_VIN = "LSVAA49J132000017", "LSVAA49J132000025"
M1, M2 = "13800138001", "13800138002"


def take(world: World, *rows: Row, import_id: str = "i1") -> Outcome:
    return archive.take(list(enumerate(rows, 1)), import_id=import_id, now=world.now)


def who_has(mobile: str) -> str:
    member_id = identities.owner_of(Kind.MOBILE, mobile)
    assert member_id
    return member_id


def counts(outcome: Outcome) -> tuple[int, int, int]:
    return outcome.added, outcome.refreshed, outcome.unchanged


def people_rows(world: World) -> list[dict[str, Any]]:
    return [row for row in world.rows("people") if not row["pk"].startswith("archive#")]


def becomes(member_id: str, state: State, merged_into: str | None = None) -> None:
    members.change(member_id, lambda m: replace(m, state=state, merged_into=merged_into))


def test_a_row_becomes_a_dormant_member_whom_others_can_find(world: World) -> None:
    row = Row(mobile=M1, vin=A_VIN, name="王小明", plate_number="沪A12345", model="途观 L")
    assert counts(take(world, row)) == (1, 0, 0)
    member = members.get(who_has(M1))
    assert (member.state, member.phone, member.consent) == (State.DORMANT, None, None)
    assert member.first_touch
    assert (member.first_touch.touchpoint, member.first_touch.at) == ("archive", world.now)
    assert archive.dormant_with_vin(A_VIN) == member.member_id
    assert archive.match(A_VIN, mobile=M1)
    assert not archive.match(A_VIN, mobile=M2)
    assert not archive.match(B_VIN, mobile=M1)
    known = archive.of(member.member_id)
    assert rules.person_of(known) == {"mobile": M1, "name": "王小明"}
    assert rules.cars_of(known) == [{"vin": A_VIN, "plate_number": "沪A12345", "model": "途观 L"}]


def test_nobody_has_joined_but_the_archive_was_updated(world: World) -> None:
    take(world, Row(mobile=M1), Row(mobile="1"), Row(vin=A_VIN))
    world.relay()
    (told,) = [facts.read(text) for text in world.take("facts")]
    assert told == facts.ArchiveUpdated(
        fact_id="i1.1", at=world.now, import_id="i1", added=2, refreshed=0, unchanged=0, rejected=1
    )


def test_nothing_personal_lies_open(world: World) -> None:
    take(world, Row(mobile=M1, vin=A_VIN, name="王小明", plate_number="沪A12345"))
    for row in world.rows("people"):
        assert not any(open_ in str(row) for open_ in (M1, A_VIN, "王小明", "沪A12345"))


def test_many_rows_are_taken_at_once_and_once(world: World) -> None:
    rows = [Row(mobile=f"138001{n:05d}", vin=f"LSVAA49J13200{n:04d}") for n in range(60)]
    first = take(world, *rows)
    before = people_rows(world)
    assert counts(first) == (60, 0, 0)
    world.later(minutes=1)
    again = archive.take(
        list(enumerate(rows, 1)), import_id="i1", now=world.now - timedelta(minutes=1)
    )
    assert again == first
    assert people_rows(world) == before
    assert counts(take(world, *rows, import_id="i2")) == (0, 0, 60)


def test_rows_about_one_person_become_one_member_with_two_cars(world: World) -> None:
    outcome = take(
        world,
        Row(mobile=M1, vin=A_VIN, model="途观 L"),
        Row(mobile=M1, vin=B_VIN, model="帕萨特"),
        Row(mobile=M1, vin=B_VIN, model="帕萨特"),
    )
    assert counts(outcome) == (1, 1, 1)
    assert [car["vin"] for car in rules.cars_of(archive.of(who_has(M1)))] == [A_VIN, B_VIN]
    assert archive.match(A_VIN, mobile=M1)
    assert archive.match(B_VIN, mobile=M1)


def test_a_newer_row_refreshes_and_an_older_one_does_not(world: World) -> None:
    take(world, Row(mobile=M1, city="上海", updated_at="2026-11-01"))
    told = take(world, Row(mobile=M1, city="北京", updated_at="2026-11-02"), import_id="i2")
    assert counts(told) == (0, 1, 0)
    told = take(world, Row(mobile=M1, city="广州", updated_at="2026-10-01"), import_id="i3")
    assert counts(told) == (0, 0, 1)
    assert rules.person_of(archive.of(who_has(M1)))["city"] == "北京"


def test_the_mobile_number_of_a_car_whose_owner_was_not_known_is_learnt(world: World) -> None:
    take(world, Row(vin=A_VIN))
    member_id = archive.dormant_with_vin(A_VIN)
    assert not archive.match(A_VIN, mobile=M1)
    assert counts(take(world, Row(mobile=M1, vin=A_VIN), import_id="i2")) == (0, 1, 0)
    assert who_has(M1) == member_id
    assert archive.match(A_VIN, mobile=M1)


def test_the_vin_of_a_known_person_is_learnt(world: World) -> None:
    take(world, Row(mobile=M1))
    take(world, Row(mobile=M1, vin=A_VIN), import_id="i2")
    assert archive.dormant_with_vin(A_VIN) == who_has(M1)


def test_a_car_told_of_another_number_is_the_other_person_s_and_says_so(world: World) -> None:
    take(world, Row(mobile=M1, vin=A_VIN))
    world.later(days=1)
    row = Row(mobile=M2, vin=A_VIN)
    outcome = take(world, row, import_id="i2")
    assert outcome == Outcome(added=1, warnings=(Remark(1, "vin", texts.ANOTHER_OWNER),))
    assert who_has(M1) != who_has(M2) == archive.dormant_with_vin(A_VIN)
    assert archive.match(A_VIN, mobile=M2)
    assert not archive.match(A_VIN, mobile=M1)
    assert take(world, row, import_id="i2") == outcome
    world.later(days=1)
    back = take(world, Row(mobile=M1, vin=A_VIN), import_id="i3")
    assert back.warnings == outcome.warnings
    assert archive.match(A_VIN, mobile=M1)


def test_rows_taken_once_more_undo_nothing_and_count_as_they_did(world: World) -> None:
    take(world, Row(mobile=M1, vin=A_VIN, city="上海"), import_id="i0")
    world.later(days=1)
    rows = [
        Row(mobile=M2, vin=A_VIN, city="上海"),
        Row(mobile=M1, vin=A_VIN, city="北京"),
        Row(mobile=M1, vin=A_VIN, city="广州"),
    ]
    first = take(world, *rows)
    assert counts(first) == (1, 2, 0)
    assert [warning.row for warning in first.warnings] == [1, 2]
    before = people_rows(world)
    again = [
        archive.take([(n, row)], import_id="i1", now=world.now) for n, row in enumerate(rows, 1)
    ]
    assert [counts(each) for each in again] == [(1, 0, 0), (0, 1, 0), (0, 1, 0)]
    assert [len(each.warnings) for each in again] == [1, 1, 0]
    assert people_rows(world) == before


def test_an_older_row_does_not_take_a_car_away(world: World) -> None:
    take(world, Row(mobile=M1, vin=A_VIN, updated_at="2026-11-02"))
    take(world, Row(mobile=M2, vin=A_VIN, updated_at="2026-11-01"), import_id="i2")
    assert archive.match(A_VIN, mobile=M1)
    assert [c["vin"] for c in rules.cars_of(archive.of(who_has(M2)))] == [A_VIN]


def test_an_awake_member_gets_no_number_from_the_archive(world: World) -> None:
    """A number that they did not prove would let others in as them."""
    lao_wang = world.joins("lao-wang")
    take(world, Row(vin=A_VIN))
    sleeper = archive.dormant_with_vin(A_VIN)
    assert sleeper
    becomes(sleeper, State.ACTIVE)
    assert archive.dormant_with_vin(A_VIN) is None
    outcome = take(world, Row(mobile=M1, vin=A_VIN), import_id="i2")
    assert outcome.added == 1
    assert who_has(M1) not in (sleeper, lao_wang.member_id)


def test_an_awake_member_with_that_number_is_told_of_beside_their_own_data(world: World) -> None:
    lao_wang = world.joins("lao-wang")
    with one_transaction() as write:
        identities.claim(write, Identity(Kind.MOBILE, M1), member_id=lao_wang.member_id)
    before = lao_wang.member
    assert counts(take(world, Row(mobile=M1, vin=A_VIN, name="王小明"))) == (0, 1, 0)
    assert lao_wang.member == before
    assert archive.match(A_VIN, mobile=M1)
    assert archive.dormant_with_vin(A_VIN) is None
    assert rules.person_of(archive.of(lao_wang.member_id))["name"] == "王小明"


def test_a_number_with_a_fleet_of_cars_is_nobody_s_own(world: World) -> None:
    rows = [Row(mobile=M1, vin=f"LSVAA49J1320000{n:02d}") for n in range(rules.CARS_MAX + 1)]
    outcome = take(world, *rows)
    reason = texts.TOO_MANY_CARS.format(n=rules.CARS_MAX)
    assert outcome.rejected == (Remark(rules.CARS_MAX + 1, "mobile", reason),)
    assert len(rules.cars_of(archive.of(who_has(M1)))) == rules.CARS_MAX
    assert archive.dormant_with_vin(rows[-1].vin) is None


def test_somebody_who_was_first_in_the_meantime_is_one_member(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = archive._known
    looks = 0

    def known(entries: Sequence[rules.Entry]) -> Any:
        nonlocal looks
        looks += 1
        found = usual(entries)
        if looks == 1:
            with one_transaction() as write:
                identities.claim(write, Identity(Kind.MOBILE, M1), member_id=other.member_id)
        return found

    other = world.joins("lao-wang")
    monkeypatch.setattr(archive, "_known", known)
    assert counts(take(world, Row(mobile=M1, name="王"), Row(mobile=M2))) == (1, 1, 0)
    assert rules.person_of(archive.of(other.member_id))["name"] == "王"


# Merging, leaving


def merged(kept_id: str, gone_id: str) -> facts.MembersMerged:
    """As `merges` does it: the gone one resolves to the kept one."""
    becomes(gone_id, State.MERGED, merged_into=kept_id)
    return facts.MembersMerged(
        fact_id="x", at=World.now, merge_id="m1", kept_id=kept_id, gone_id=gone_id
    )


def test_two_who_are_one_person_have_one_archive_and_part_with_what_was_theirs(
    world: World,
) -> None:
    take(world, Row(mobile=M1, vin=A_VIN, city="上海"), Row(mobile=M2, vin=B_VIN, name="王小明"))
    kept_id, gone_id = who_has(M1), who_has(M2)
    fact = merged(kept_id, gone_id)
    for _ in range(2):
        archive.follow_merge(fact)
    whole = archive.of(kept_id)
    assert rules.person_of(whole)["name"] == "王小明"
    assert {car["vin"] for car in rules.cars_of(whole)} == {A_VIN, B_VIN}
    assert archive.exported(gone_id)["cars"] == []
    assert archive.dormant_with_vin(B_VIN) == kept_id
    take(world, Row(vin=B_VIN, plate_number="沪A12345"), import_id="i2")
    assert archive.of(gone_id) == rules.Archive()
    with one_transaction() as write:  # As `merges` does it: the gone one is their own again.
        members.change_in(
            write, gone_id, lambda m: replace(m, state=State.DORMANT, merged_into=None)
        )
    back = facts.MembersUnmerged(
        fact_id="y", at=world.now, merge_id="m1", kept_id=kept_id, gone_id=gone_id
    )
    for _ in range(2):
        archive.follow_unmerge(back)
    assert rules.person_of(archive.of(gone_id))["name"] == "王小明"
    assert "name" not in rules.person_of(archive.of(kept_id))


def test_who_leaves_leaves_nothing(world: World) -> None:
    take(
        world,
        Row(mobile=M1, vin=A_VIN, name="王小明"),
        Row(mobile=M2, vin=B_VIN),
        Row(mobile="13800138003", vin="LSVAA49J132000033"),
    )
    kept_id, gone_id = who_has(M1), who_has(M2)
    archive.follow_merge(merged(kept_id, gone_id))
    fact = facts.MemberErased(fact_id="z", at=world.now, member_id=kept_id)
    for _ in range(2):
        archive.erase(fact)
    assert archive.exported(kept_id) == {"person": {}, "cars": [], "told": []}
    assert not archive.match(A_VIN, mobile=M1)
    assert not archive.match(B_VIN, mobile=M2)
    assert archive.match("LSVAA49J132000033", mobile="13800138003")
    left = [row for row in world.rows("people") if row["sk"].startswith("archive")]
    assert len(left) == 2


def test_nobody_is_dormant_behind_a_car_whose_member_is_not_there(world: World) -> None:
    assert archive.dormant_with_vin(A_VIN) is None
    take(world, Row(vin=A_VIN))
    member_id = archive.dormant_with_vin(A_VIN)
    assert member_id
    becomes(member_id, State.ERASED)
    assert archive.dormant_with_vin(A_VIN) is None


# Consent taken back


@pytest.fixture
def awake(world: World) -> Person:
    """Somebody whom the archive knows, by number and car, and who is here."""
    take(world, Row(mobile=M1, vin=A_VIN, name="王小明", plate_number="沪A12345", city="上海"))
    world.later(days=1)
    person = world.joins("li")
    bind(world, person)
    return Person("li", who_has(M1), person.token)


def bind(world: World, who: Person, mobile: str = M1) -> None:
    phones.bind(who.member, f"phone-of-{mobile}", now=world.now)
    world.settle()
    world.later(minutes=1)


def answers(world: World, who: Person, *, agreed: bool) -> None:
    consents.answer(who.member, NOTICES[-1].version, agreed=agreed, now=world.now)
    world.settle()
    world.later(minutes=1)


def takes_number_back(world: World, who: Person) -> None:
    consents.take_back(
        who.member_id,
        news="user_authorization_revoke",
        codes=frozenset({8}),
        data=(facts.Datum.PHONE,),
        at=world.now,
    )
    world.settle()


def test_who_takes_consent_back_is_forgotten_by_the_archive(world: World, awake: Person) -> None:
    assert archive.match(A_VIN, mobile=M1)
    answers(world, awake, agreed=False)
    assert archive.exported(awake.member_id) == {"person": {}, "cars": [], "told": []}
    assert [row for row in world.rows("people") if row["sk"].startswith("archive")] == []
    assert not archive.match(A_VIN, mobile=M1)


@pytest.mark.parametrize(
    ("row", "field"),
    [
        (Row(mobile=M1, vin=A_VIN, name="王小明"), "mobile"),
        (Row(mobile=M1, city="北京"), "mobile"),
        (Row(vin=A_VIN, plate_number="沪A12345"), "vin"),
    ],
)
def test_nothing_is_taken_about_who_took_consent_back(
    world: World, awake: Person, row: Row, field: str
) -> None:
    answers(world, awake, agreed=False)
    before = people_rows(world)
    outcome = take(world, row, Row(mobile=M2), import_id="i2")
    assert outcome == Outcome(added=1, rejected=(Remark(1, field, "会员已撤回授权"),))
    assert len(people_rows(world)) == len(before) + 3  # The other one, their number, what is told.
    assert identities.owner_of(Kind.MOBILE, M1) is None


def test_what_comes_before_the_withdrawal_is_followed_is_not_taken_either(
    world: World, awake: Person
) -> None:
    consents.answer(awake.member, NOTICES[-1].version, agreed=False, now=world.now)
    outcome = take(world, Row(mobile=M1, city="北京"), import_id="i2")
    assert outcome.rejected == (Remark(1, "mobile", texts.TAKEN_BACK),)


def test_another_number_with_their_car_is_another_person(world: World, awake: Person) -> None:
    answers(world, awake, agreed=False)
    assert counts(take(world, Row(mobile=M2, vin=A_VIN), import_id="i2")) == (1, 0, 0)
    assert archive.dormant_with_vin(A_VIN) == who_has(M2) != awake.member_id


def test_a_number_that_was_let_go_is_told_of_whoever_has_it_now(
    world: World, awake: Person
) -> None:
    answers(world, awake, agreed=False)
    wang = world.joins("wang")
    bind(world, wang)
    assert counts(take(world, Row(mobile=M1, city="北京"), import_id="i2")) == (0, 1, 0)
    assert rules.person_of(archive.of(wang.member_id))["city"] == "北京"


def test_who_agrees_anew_gets_nothing_back_but_is_told_of_again(
    world: World, awake: Person
) -> None:
    answers(world, awake, agreed=False)
    answers(world, awake, agreed=True)
    bind(world, awake)
    assert archive.of(awake.member_id) == rules.Archive()
    assert counts(take(world, Row(mobile=M1, vin=A_VIN), import_id="i2")) == (0, 1, 0)
    assert archive.match(A_VIN, mobile=M1)


def test_who_takes_only_the_number_back_is_known_by_the_rest(world: World, awake: Person) -> None:
    takes_number_back(world, awake)
    known = archive.of(awake.member_id)
    assert rules.person_of(known) == {"name": "王小明", "city": "上海"}
    assert [car["vin"] for car in rules.cars_of(known)] == [A_VIN]
    assert not archive.match(A_VIN, mobile=M1)
    told = [row.get("mobile") for row in world.rows("people") if row["sk"] == "archive"]
    assert told == [None, None]


def test_what_is_left_to_tell_them_by_goes_along_and_goes_with_them(
    world: World, awake: Person
) -> None:
    def whose() -> set[str]:
        return {row["member_id"] for row in world.rows("people") if row["sk"] == "unwanted"}

    answers(world, awake, agreed=False)
    kept = world.joins("wang")
    fact = merged(kept.member_id, awake.member_id)
    archive.follow_merge(fact)
    assert whose() == {kept.member_id}
    becomes(awake.member_id, State.ACTIVE)
    back = facts.MembersUnmerged(
        fact_id="y",
        at=world.now,
        merge_id=fact.merge_id,
        kept_id=kept.member_id,
        gone_id=awake.member_id,
    )
    archive.follow_unmerge(back)
    assert whose() == {awake.member_id}
    archive.erase(facts.MemberErased(fact_id="z", at=world.now, member_id=awake.member_id))
    assert whose() == set()
