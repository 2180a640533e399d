"""Profiles: all of a change is kept or nothing, who was merged lost nothing, who left left nothing."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from chalicelib import storage
from chalicelib.errors import Invalid, Unavailable
from chalicelib.tables import Overtaken, one_transaction
from community import facts
from community.commons.media import service as media
from community.commons.media.rules import Media, NoSuchMedia, NotAPicture, NotUploaded, Purpose
from community.people.archive import service as archive
from community.people.archive.rules import Row
from community.people.leaving.rules import MinorMember
from community.people.members import service as members
from community.people.members.rules import ConsentNeeded, State, first_nickname
from community.people.profiles import records
from community.people.profiles import service as profiles
from community.people.profiles.changes import Changes
from community.people.profiles.rules import (
    DrivenCar,
    Household,
    Intention,
    Profile,
    Said,
    Source,
    When,
    WordsNotAllowed,
)
from tests.fakes.usual import A_PNG
from tests.world import Person, World

DAY = timedelta(days=1)


@pytest.fixture
def li(world: World) -> Person:
    return world.joins("li")


@pytest.fixture
def wang(world: World) -> Person:
    world.later(hours=1)
    return world.joins("wang")


def change(world: World, who: Person, **fields: Any) -> Profile:
    world.later(seconds=1)
    return profiles.change(who.member, Changes(**fields), now=world.now)[1]


def value(who: Person, field: str) -> Any:
    said = profiles.of_member(who.member_id).said(field)
    return said.value if said else None


def rows(world: World, *tables: str) -> list[Any]:
    return [row for table in tables or ("people", "platform") for row in world.rows(table)]


def told(world: World) -> list[tuple[str, ...]]:
    """Which fields changed, by the facts since the last look."""
    world.relay()
    news = [facts.read(body) for body in world.take("facts")]
    return [fact.fields for fact in news if isinstance(fact, facts.ProfileChanged)]


def an_avatar(world: World, who: Person, body: bytes | None = A_PNG) -> Media:
    made, _ = media.ticket(
        who.member_id,
        Purpose.AVATAR,
        content_type="image/png",
        size=1_000,
        request_id=world.new_request_id(),
        now=world.now,
    )
    if body is not None:
        storage.put(made.key, body, content_type="image/png")
    return made


def merge(gone: Person, kept: Person) -> facts.MembersMerged:
    members.change(
        gone.member_id,
        lambda m: msgspec.structs.replace(m, state=State.MERGED, merged_into=kept.member_id),
    )
    fact = facts.MembersMerged(
        fact_id="m.merged",
        at=gone.member.joined_at,
        merge_id="m",
        kept_id=kept.member_id,
        gone_id=gone.member_id,
    )
    profiles.follow_merge(fact)
    return fact


def unmerge(world: World, merged: facts.MembersMerged) -> facts.MembersUnmerged:
    with one_transaction() as write:
        members.change_in(
            write,
            merged.gone_id,
            lambda m: msgspec.structs.replace(m, state=State.ACTIVE, merged_into=None),
        )
    fact = facts.MembersUnmerged(
        fact_id="m.unmerged",
        at=world.now,
        merge_id=merged.merge_id,
        kept_id=merged.kept_id,
        gone_id=merged.gone_id,
    )
    profiles.follow_unmerge(fact)
    return fact


# Telling


def test_what_was_told_is_known_with_its_date(world: World, li: Person) -> None:
    profile = change(world, li, city="上海", household=Household(3, 1), birthday=date(1990, 5, 1))
    assert profile.city == Said(at=world.now, value="上海", source=Source.SELF)
    assert profiles.of_member(li.member_id) == profile


def test_what_somebody_says_they_drive_is_a_fact_about_them_and_can_be_taken_back(
    world: World, li: Person
) -> None:
    told(world)
    cars = (DrivenCar("汉兰达", 2019), DrivenCar("海豚"))
    profile = change(world, li, vehicles=cars)
    assert profile.vehicles == Said(at=world.now, value=cars)
    change(world, li, vehicles=cars)
    change(world, li, vehicles=None)
    assert profiles.of_member(li.member_id).said("vehicles") is None
    assert told(world) == [("vehicles",), ("vehicles",)]


def test_of_a_profile_nothing_can_be_read_at_rest(world: World, li: Person) -> None:
    cars = (DrivenCar("汉兰达"),)
    change(world, li, city="上海", birthday=date(1990, 5, 1), bio="爱露营", vehicles=cars)
    stored = str(rows(world))
    assert not [secret for secret in ("上海", "1990-05-01", "爱露营", "汉兰达") if secret in stored]


def test_what_is_not_named_stays_and_null_takes_back(world: World, li: Person) -> None:
    change(world, li, city="上海", bio="爱露营")
    change(world, li, bio=None)
    assert (value(li, "city"), value(li, "bio")) == ("上海", None)


def test_a_change_is_a_fact_that_names_the_fields_and_nothing_more(
    world: World, li: Person
) -> None:
    told(world)
    change(world, li, city="上海", nickname="老李")
    change(world, li, city="上海", nickname="老李")
    change(world, li, city=None)
    assert told(world) == [("nickname", "city"), ("city",)]


def test_a_nickname_alone_is_a_fact_too(world: World, li: Person) -> None:
    told(world)
    change(world, li, nickname=" 老李 ")
    assert li.member.nickname == "老李"
    assert told(world) == [("nickname",)]


def test_without_a_nickname_one_is_called_as_in_the_beginning(world: World, li: Person) -> None:
    change(world, li, nickname="老李")
    change(world, li, nickname=None)
    assert li.member.nickname == first_nickname(li.member_id)


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"nickname": "违规", "city": "上海"}, ["nickname"]),
        ({"nickname": "存疑"}, ["nickname"]),
        ({"bio": "违规的简介", "city": "上海"}, ["bio"]),
        ({"nickname": "违规", "bio": "存疑的简介"}, ["nickname", "bio"]),
    ],
)
def test_words_that_others_should_not_see_are_refused_with_all_the_rest(
    world: World, li: Person, fields: dict[str, Any], wrong: list[str]
) -> None:
    before = rows(world, "people")
    with pytest.raises(WordsNotAllowed) as refused:
        change(world, li, **fields)
    assert [error.field for error in refused.value.errors] == wrong
    assert rows(world, "people") == before
    assert value(li, "city") is None


@pytest.mark.parametrize("field", ["nickname", "bio"])
def test_words_that_nobody_could_look_at_are_not_kept(world: World, li: Person, field: str) -> None:
    before = world.rows("people")
    world.platform.answers("/wxa/msg_sec_check", -1)
    with pytest.raises(Unavailable):
        change(world, li, **{field: "老李", "city": "上海"})
    assert world.rows("people") == before


def test_what_is_wrong_keeps_everything_else_out(world: World, li: Person) -> None:
    before = world.rows("people")
    with pytest.raises(Invalid):
        change(world, li, city="上海", birthday=date(2030, 1, 1))
    assert world.rows("people") == before


def test_who_did_not_consent_can_take_back_and_tell_nothing(world: World, li: Person) -> None:
    change(world, li, city="上海", nickname="老李")
    members.change(li.member_id, lambda m: msgspec.structs.replace(m, consent=None))
    with pytest.raises(ConsentNeeded):
        change(world, li, bio="爱露营")
    change(world, li, city=None, nickname=None)
    assert value(li, "city") is None


def test_of_a_minor_nothing_is_kept(world: World, li: Person) -> None:
    day_before_18 = date(2008, 11, 23)
    with pytest.raises(MinorMember):
        change(world, li, city="上海", birthday=day_before_18)
    assert profiles.of_member(li.member_id) == Profile()
    assert members.get(li.member_id).state is State.BLOCKED


def test_who_turns_18_today_is_none(world: World, li: Person) -> None:
    change(world, li, birthday=date(2008, 11, 22))
    assert value(li, "birthday") == date(2008, 11, 22)


def test_two_changes_at_the_same_time_are_both_kept(
    world: World, li: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    find = records.find
    raced: list[str] = []

    def find_and_be_overtaken(member_id: str, *, consistent: bool = False) -> Any:
        found = find(member_id, consistent=consistent)
        if not raced:
            raced.append("now")
            change(world, li, bio="爱露营")
        return found

    monkeypatch.setattr(records, "find", find_and_be_overtaken)
    change(world, li, city="上海")
    assert (value(li, "city"), value(li, "bio")) == ("上海", "爱露营")


# Avatars


def test_an_avatar_is_a_picture_that_the_member_uploaded(world: World, li: Person) -> None:
    mine = an_avatar(world, li)
    change(world, li, avatar_media_id=mine.media_id)
    assert value(li, "avatar_media_id") == mine.media_id
    found = media.find(mine.media_id)
    assert found is not None
    assert found.used


def test_what_is_no_picture_of_the_members_own_is_refused(
    world: World, li: Person, wang: Person
) -> None:
    for body, who, refusal in (
        (A_PNG, wang, NoSuchMedia),
        (None, li, NotUploaded),
        (b"%PDF", li, NotAPicture),
    ):
        other = an_avatar(world, who, body)
        with pytest.raises(refusal) as refused:
            change(world, li, avatar_media_id=other.media_id, city="上海")
        assert [error.field for error in refused.value.errors] == ["avatar_media_id"]
    assert profiles.of_member(li.member_id) == Profile()


@pytest.mark.parametrize("is_taken_back", [True, False])
def test_the_avatar_before_is_deleted(world: World, li: Person, is_taken_back: bool) -> None:
    first, second = an_avatar(world, li), an_avatar(world, li)
    change(world, li, avatar_media_id=first.media_id)
    change(world, li, avatar_media_id=None if is_taken_back else second.media_id)
    unused = an_avatar(world, li)
    world.settle()
    assert not storage.exists(first.key)
    assert storage.exists(unused.key)
    assert storage.exists(second.key)


# Questions


def test_a_skipped_question_is_followed_by_the_next(world: World, li: Person) -> None:
    first, _ = profiles.next_question(li.member, now=world.now)
    assert first is not None
    told(world)
    after, completeness = profiles.skip_question(li.member, first.field, now=world.now)
    assert after is not None
    assert (first.field, after.field, completeness) == ("intentions", "city", 0)
    assert profiles.next_question(li.member, now=world.now)[0] == after
    assert told(world) == []


def test_to_skip_a_question_takes_nothing_from_what_was_told(world: World, li: Person) -> None:
    change(world, li, intentions=(Intention("ID.4", When.LATER),))
    profiles.skip_question(li.member, "city", now=world.now)
    assert value(li, "intentions") == (Intention("ID.4", When.LATER),)


# From the archive


def woken(world: World, mobile: str, **told: str) -> str:
    """Somebody who was in the archive and is here now."""
    archive.take([(2, Row(mobile=mobile, **told))], import_id="import", now=world.now)
    member_id = next(
        row["pk"].removeprefix("member#") for row in world.rows("people") if row["sk"] == "archive"
    )
    members.change(
        member_id,
        lambda m: msgspec.structs.replace(m, state=State.ACTIVE, consent="2026-11"),
    )
    return member_id


def test_who_is_woken_finds_what_the_archive_knew(world: World) -> None:
    at = world.now
    member_id = woken(world, "13800138000", city="上海", birthday="1990-05-01")
    fact = facts.MemberWoken(fact_id="w", at=world.now + DAY, member_id=member_id)
    profiles.prefill(fact)
    profiles.prefill(fact)
    profile = profiles.of_member(member_id)
    assert profile.city == Said(at=at, value="上海", source=Source.ARCHIVE)
    assert profile.birthday == Said(at=at, value=date(1990, 5, 1), source=Source.ARCHIVE)


def test_what_the_member_said_or_took_back_is_not_filled_in(world: World) -> None:
    member_id = woken(world, "13800138000", city="上海", birthday="1990-05-01")
    member = members.get(member_id)
    later = world.now + DAY
    profiles.change(member, Changes(city="北京", birthday=date(1991, 1, 1)), now=later)
    profiles.change(member, Changes(birthday=None), now=later)
    profiles.prefill(facts.MemberWoken(fact_id="w", at=later, member_id=member_id))
    profile = profiles.of_member(member_id)
    assert profile.said("birthday") is None
    assert profile.city == Said(at=later, value="北京")


# Merges


def test_who_was_merged_has_the_newest_of_both(world: World, li: Person, wang: Person) -> None:
    change(world, li, city="上海", bio="爱露营", vehicles=(DrivenCar("汉兰达"),))
    change(world, wang, city="北京", birthday=date(1990, 5, 1), vehicles=(DrivenCar("海豚"),))
    fact = merge(wang, li)
    profiles.follow_merge(fact)
    assert value(li, "vehicles") == (DrivenCar("海豚"),)
    assert (value(li, "city"), value(li, "bio")) == ("北京", "爱露营")
    assert value(li, "birthday") == date(1990, 5, 1)
    left = [row for row in world.rows("people") if row["pk"] == f"member#{wang.member_id}"]
    assert [row for row in left if "profile" in row] == []


def test_a_merge_that_is_undone_leaves_everybody_what_they_told(
    world: World, li: Person, wang: Person
) -> None:
    change(world, li, city="上海", vehicles=(DrivenCar("汉兰达"),))
    change(world, wang, city="北京", vehicles=(DrivenCar("海豚"),))
    before = {who: profiles.of_member(who.member_id) for who in (li, wang)}
    fact = merge(wang, li)
    undone = unmerge(world, fact)
    profiles.follow_unmerge(undone)
    profiles.follow_merge(fact)  # Told late: they are two again.
    assert {who: profiles.of_member(who.member_id) for who in (li, wang)} == before
    assert change(world, wang, bio="我又是我了").said("bio") is not None


def test_who_changes_their_profile_while_they_are_merged_loses_nothing(
    world: World, li: Person, wang: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    find = records.find
    raced: list[str] = []
    as_they_were = wang.member

    def find_and_be_merged(member_id: str, *, consistent: bool = False) -> Any:
        found = find(member_id, consistent=consistent)
        if not raced:
            raced.append("now")
            merge(wang, li)
        return found

    monkeypatch.setattr(records, "find", find_and_be_merged)
    profiles.change(as_they_were, Changes(city="北京", nickname="老王"), now=world.now)
    assert (value(li, "city"), li.member.nickname) == ("北京", "老王")
    assert records.find(wang.member_id).own is None


def test_who_was_merged_twice_can_be_told_apart_again(world: World) -> None:
    li, wang, chen = (world.joins(who) for who in ("li", "wang", "chen"))
    for who, city in ((li, "上海"), (wang, "北京"), (chen, "杭州")):
        change(world, who, city=city)
    first = merge(chen, wang)
    records.move("m2", gone_id=wang.member_id, kept_id=li.member_id)
    assert value(li, "city") == "杭州"
    records.move_back("m2", gone_id=wang.member_id, kept_id=li.member_id)
    assert (value(li, "city"), value(wang, "city")) == ("上海", "杭州")
    unmerge(world, first)
    assert (value(wang, "city"), value(chen, "city")) == ("北京", "杭州")


# Letting go


def withdrawn(world: World, who: Person) -> facts.ConsentWithdrawn:
    return facts.ConsentWithdrawn(fact_id="w", at=world.now, member_id=who.member_id)


def test_who_withdraws_their_consent_leaves_nothing(world: World, li: Person, wang: Person) -> None:
    change(world, wang, birthday=date(1990, 5, 1), vehicles=(DrivenCar("海豚"),))
    change(world, li, city="上海", nickname="老李")
    merge(wang, li)
    told(world)
    profiles.forget_all(withdrawn(world, li))
    kept = records.find(li.member_id)
    fields = ("city", "birthday", "vehicles")
    assert [profile.said(f) for profile in kept.everything for f in fields] == [None] * 6
    assert li.member.nickname == first_nickname(li.member_id)
    assert sorted(told(world)) == [("city", "birthday", "vehicles"), ("nickname",)]


def test_what_was_told_anew_after_a_withdrawal_stays_however_late_it_is_told(
    world: World, li: Person
) -> None:
    change(world, li, city="上海", nickname="老李")
    fact = withdrawn(world, li)
    profiles.forget_all(fact)
    change(world, li, city="北京", nickname="小李")
    profiles.forget_all(fact)
    assert (value(li, "city"), li.member.nickname) == ("北京", "小李")


def test_what_was_taken_back_in_wechat_is_gone_here(world: World, li: Person) -> None:
    mine = an_avatar(world, li)
    change(world, li, city="上海", nickname="老李", avatar_media_id=mine.media_id)
    profiles.forget_taken_back(
        facts.DataTakenBack(
            fact_id="t",
            at=world.now,
            member_id=li.member_id,
            data=(facts.Datum.AVATAR, facts.Datum.NAME, facts.Datum.PHONE),
        )
    )
    world.settle()
    assert (value(li, "avatar_media_id"), value(li, "city")) == (None, "上海")
    assert li.member.nickname == first_nickname(li.member_id)
    assert not storage.exists(mine.key)


def test_of_who_is_erased_nothing_is_left_and_nothing_comes_after(
    world: World, li: Person, wang: Person
) -> None:
    change(world, wang, city="北京", vehicles=(DrivenCar("海豚"),))
    change(world, li, city="上海")
    merge(wang, li)
    kept = records.find(li.member_id, consistent=True)
    fact = facts.MemberErased(fact_id="e", at=world.now, member_id=li.member_id)
    profiles.erase(fact)
    profiles.erase(fact)
    assert profiles.of_member(li.member_id) == Profile()
    assert [row for row in world.rows("people") if row.get("profile")] == []
    with pytest.raises(Overtaken):
        records.save(kept, Profile(city=Said(at=world.now, value="上海")))


def test_an_export_has_everything_with_its_dates(world: World, li: Person) -> None:
    change(
        world,
        li,
        city="上海",
        household=Household(3, 1),
        birthday=date(1990, 5, 1),
        vehicles=(DrivenCar("汉兰达", 2019), DrivenCar("海豚")),
    )
    exported = profiles.exported(li.member_id)
    at = world.now.isoformat().replace("+00:00", "Z")
    assert exported["city"] == {"at": at, "value": "上海"}
    assert exported["birthday"]["value"] == "1990-05-01"
    assert exported["household"]["value"] == {"size": 3, "children": 1}
    cars = ({"model": "汉兰达", "bought_year": 2019}, {"model": "海豚"})
    assert exported["vehicles"] == {"at": at, "value": cars}
