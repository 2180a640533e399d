"""Members' tags as they are kept: by colleagues, by what members do, by WeCom; merged, closed, erased."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.errors import Unavailable
from chalicelib.tables import Overtaken
from chalicelib.wecom.contacts import ContactTag
from community.commons.audit import service as audit
from community.commons.staff.rules import NotStaff
from community.facts import MemberErased, MembersMerged, MembersUnmerged
from community.people.tag_catalogue import service as catalogue
from community.people.tag_catalogue.rules import NoSuchTag, NotByHand, Source
from community.people.tags import records
from community.people.tags import service as tags
from community.people.tags.rules import TagsClosed
from tests.world import START, World

MEMBER, OTHER, THIRD = (f"01J0000000000000000000MBR{n}" for n in "123")
BOARD = "board:car-care"
MERGED = {"fact_id": "f", "at": START, "merge_id": "merge-1", "kept_id": MEMBER, "gone_id": OTHER}


def ids_of(world: World, member_id: str = MEMBER) -> list[str]:
    return [held.tag_id for held in tags.of(member_id, now=world.now)]


def rows(world: World) -> dict[str, str]:
    found = [row for row in world.rows("people") if row["sk"] == "member.tags"]
    return {row["pk"].removeprefix("member#"): row["tags"] for row in found}


def put(world: World, tag_id: str = "vip", member_id: str = MEMBER) -> None:
    world.later(seconds=1)
    tags.put(member_id, tag_id, by="wangwu", now=world.now)


# By hand


def test_nobody_has_tags_at_first(world: World) -> None:
    assert ids_of(world) == []


def test_a_colleague_puts_a_tag_and_takes_it_off(world: World) -> None:
    put(world)
    assert ids_of(world) == ["vip"]
    world.later(seconds=1)
    tags.take_off(MEMBER, "vip", by="wangwu", now=world.now)
    assert ids_of(world) == []
    written = [(entry.what, entry.by) for entry in audit.about(f"member#{MEMBER}")]
    assert written == [("tags.take_off vip", "wangwu"), ("tags.put vip", "wangwu")]


def test_what_is_there_already_is_not_put_again(world: World) -> None:
    put(world)
    before = rows(world)
    put(world)
    assert rows(world) == before
    assert len(audit.about(f"member#{MEMBER}")) == 1


def test_taking_off_what_is_not_there_does_nothing(world: World) -> None:
    tags.take_off(MEMBER, "vip", by="wangwu", now=world.now)
    assert (rows(world), audit.about(f"member#{MEMBER}")) == ({}, [])


def test_only_colleagues_put_tags(world: World) -> None:
    for act in (tags.put, tags.take_off):
        with pytest.raises(NotStaff):
            act(MEMBER, "vip", by="nobody", now=world.now)
    assert rows(world) == {}


@pytest.mark.parametrize(
    ("tag_id", "refusal"),
    [
        ("unknown", NoSuchTag),
        ("", NoSuchTag),
        ("city:*", NoSuchTag),
        ("city:" + "长" * 26, NoSuchTag),
        ("identity:owner", NotByHand),
        (BOARD, NotByHand),
    ],
)
def test_only_what_the_catalogue_leaves_to_hands_is_put(
    world: World, tag_id: str, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        put(world, tag_id)
    assert rows(world) == {}


# By what members do


def test_what_a_member_does_is_noted_with_its_strength(world: World) -> None:
    tags.note(MEMBER, {BOARD: 2, "topic:露营": 5}, at=world.now)
    held = tags.of(MEMBER, now=world.now)
    assert [(h.tag_id, h.strength, h.source) for h in held] == [
        ("topic:露营", 5, Source.BEHAVIOUR),
        (BOARD, 2, Source.BEHAVIOUR),
    ]


def test_what_the_catalogue_does_not_know_is_not_noted(world: World) -> None:
    tags.note(MEMBER, {"mood:happy": 2}, at=world.now)
    assert rows(world) == {}


def test_an_interest_is_gone_when_nothing_follows(world: World) -> None:
    tags.note(MEMBER, {BOARD: 1}, at=world.now)
    world.later(days=31)
    assert ids_of(world) == []


def test_a_day_of_reading_on_one_board_is_written_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved: list[str] = []
    save = records.TagsRow.save

    def counted(row: records.TagsRow, *args: object) -> object:
        saved.append(row.tags)
        return save(row, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(records.TagsRow, "save", counted)
    for _ in range(20):
        world.later(seconds=30)
        tags.note(MEMBER, {BOARD: 1}, at=world.now)
    assert len(saved) == 1


def test_two_who_note_at_once_lose_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of them reads before either writes."""
    find = records.find
    first_reads = {"left": 1}

    def find_and_be_overtaken(member_id: str, *, as_it_is_now: bool = False) -> records.Found:
        found = find(member_id, as_it_is_now=as_it_is_now)
        if first_reads["left"]:
            first_reads["left"] = 0
            tags.note(MEMBER, {"topic:露营": 1}, at=world.now)
        return found

    monkeypatch.setattr(records, "find", find_and_be_overtaken)
    tags.note(MEMBER, {BOARD: 1}, at=world.now)
    assert ids_of(world) == [BOARD, "topic:露营"]


def test_who_is_always_overtaken_comes_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def overtaken(*_: object, **__: object) -> None:
        raise Overtaken

    monkeypatch.setattr(records, "_save", overtaken)
    with pytest.raises(Unavailable):
        tags.note(MEMBER, {BOARD: 1}, at=world.now)


# By rule


def test_a_rule_says_which_of_a_family_are_true(world: World) -> None:
    since = world.now - timedelta(days=400)
    for city in ("上海", "杭州"):
        tags.rule(MEMBER, lambda city=city: {f"city:{city}": since}, about={"city"}, now=world.now)  # type: ignore[misc]
    assert ids_of(world) == ["city:杭州"]
    tags.rule(MEMBER, dict, about={"city"}, now=world.now)
    assert ids_of(world) == []


def test_a_rule_leaves_other_tags_alone(world: World) -> None:
    put(world)
    tags.rule(MEMBER, lambda: {"identity:owner": world.now}, about={"identity"}, now=world.now)
    assert ids_of(world) == ["identity:owner", "vip"]


# From WeCom


def contact_tags(*names: str, tag_id: str | None = "et1") -> list[ContactTag]:
    return [ContactTag("购车意向", name, tag_id) for name in names]


def names_of(world: World) -> list[str]:
    return [held.name for held in tags.of(MEMBER, now=world.now)]


def test_tags_of_the_company_come_into_the_catalogue_with_the_contact(world: World) -> None:
    tags.follow_wecom(MEMBER, contact_tags("三个月内"), now=world.now)
    (held,) = tags.of(MEMBER, now=world.now)
    assert (held.name, held.group, held.source) == ("三个月内", "购车意向", Source.WECOM)
    entry = catalogue.get(held.tag_id, now=world.now)
    assert (entry.owner, entry.source) == ("企业微信", Source.WECOM)


def test_a_tag_that_is_taken_away_in_wecom_goes(world: World) -> None:
    put(world)
    tags.follow_wecom(MEMBER, contact_tags("三个月内", "已试驾"), now=world.now)
    tags.follow_wecom(MEMBER, contact_tags("已试驾"), now=world.now)
    assert sorted(names_of(world)) == ["已试驾", "重点维护"]
    tags.follow_wecom(MEMBER, [], now=world.now)
    assert names_of(world) == ["重点维护"]


def test_being_told_again_writes_nothing(world: World) -> None:
    tags.follow_wecom(MEMBER, contact_tags("三个月内"), now=world.now)
    before = world.rows("people")
    tags.follow_wecom(MEMBER, contact_tags("三个月内", "三个月内"), now=world.now)
    assert world.rows("people") == before


def test_a_colleagues_own_tag_counts_only_if_the_catalogue_knows_it(world: World) -> None:
    own = contact_tags("爱讲价", tag_id=None)
    tags.follow_wecom(MEMBER, own, now=world.now)
    assert names_of(world) == []
    tags.follow_wecom(OTHER, contact_tags("爱讲价"), now=world.now)
    tags.follow_wecom(MEMBER, own, now=world.now)
    assert names_of(world) == ["爱讲价"]


# Two who are one


@pytest.fixture
def two(world: World) -> World:
    """A member who reads about camping, and a VIP who is the same person."""
    tags.note(MEMBER, {"topic:露营": 1}, at=world.now)
    put(world, "vip", OTHER)
    return world


def test_a_merged_member_has_what_both_had(two: World) -> None:
    tags.follow_merge(MembersMerged(**MERGED))
    assert set(ids_of(two)) == {"topic:露营", "vip"}
    assert ids_of(two, OTHER) == ids_of(two)


def test_merging_again_changes_nothing(two: World) -> None:
    tags.follow_merge(MembersMerged(**MERGED))
    before = rows(two)
    tags.follow_merge(MembersMerged(**MERGED))
    assert rows(two) == before


def test_what_is_told_of_the_gone_one_later_is_noted_of_the_kept_one(two: World) -> None:
    tags.follow_merge(MembersMerged(**MERGED))
    tags.note(OTHER, {BOARD: 1}, at=two.now)
    assert BOARD in ids_of(two, MEMBER)


def test_unmerging_gives_back_what_each_had(two: World) -> None:
    tags.follow_merge(MembersMerged(**MERGED))
    tags.note(OTHER, {BOARD: 1}, at=two.now)
    for _ in range(2):
        tags.follow_unmerge(MembersUnmerged(**MERGED))
        assert set(ids_of(two)) == {"topic:露营", BOARD}
        assert ids_of(two, OTHER) == ["vip"]


def test_a_merge_that_is_told_after_it_was_taken_back_does_nothing(two: World) -> None:
    tags.follow_unmerge(MembersUnmerged(**MERGED))
    tags.follow_merge(MembersMerged(**MERGED))
    assert (ids_of(two), ids_of(two, OTHER)) == (["topic:露营"], ["vip"])


def test_two_can_be_merged_again_after_a_mistake(two: World) -> None:
    tags.follow_merge(MembersMerged(**MERGED))
    tags.follow_unmerge(MembersUnmerged(**MERGED))
    tags.follow_merge(MembersMerged(**{**MERGED, "merge_id": "merge-2"}))
    assert set(ids_of(two)) == {"topic:露营", "vip"}


@pytest.mark.parametrize("in_order", [True, False])
def test_a_chain_of_merges_comes_out_the_same_in_any_order(two: World, in_order: bool) -> None:
    tags.note(THIRD, {"topic:越野": 1}, at=two.now)
    merges = [
        MembersMerged(**MERGED),
        MembersMerged(**{**MERGED, "merge_id": "merge-2", "kept_id": THIRD, "gone_id": MEMBER}),
    ]
    for fact in merges if in_order else reversed(merges):
        tags.follow_merge(fact)
    for member_id in (MEMBER, OTHER, THIRD):
        assert set(ids_of(two, member_id)) == {"topic:露营", "vip", "topic:越野"}
    tags.follow_unmerge(
        MembersUnmerged(**{**MERGED, "merge_id": "merge-2", "kept_id": THIRD, "gone_id": MEMBER})
    )
    assert ids_of(two, THIRD) == ["topic:越野"]
    assert set(ids_of(two, OTHER)) == set(ids_of(two, MEMBER)) == {"topic:露营", "vip"}


# Leaving


def test_an_export_tells_everything_that_is_noted(two: World) -> None:
    tags.follow_merge(MembersMerged(**MERGED))
    told = tags.exported(MEMBER)
    assert {(each["name"], each["group"], each["strength"]) for each in told} == {
        ("露营", "兴趣", 1.0),
        ("重点维护", "服务", 5),
    }
    assert tags.exported(THIRD) == []


def test_an_export_tells_of_a_tag_that_both_had_once_and_as_the_stronger(two: World) -> None:
    two.later(days=1)
    tags.note(OTHER, {"topic:露营": 3}, at=two.now)
    tags.follow_merge(MembersMerged(**MERGED))
    told = [(each["name"], each["strength"]) for each in tags.exported(MEMBER)]
    assert sorted(told) == [("重点维护", 5), ("露营", 3.0)]


def test_of_somebody_who_was_erased_nothing_is_left_and_nothing_is_noted(two: World) -> None:
    tags.follow_merge(MembersMerged(**MERGED))
    for _ in range(2):
        tags.erase(MemberErased(fact_id="f", at=START, member_id=MEMBER))
        tags.note(MEMBER, {BOARD: 1}, at=two.now)
        tags.note(OTHER, {BOARD: 1}, at=two.now)
        assert not any(word in text for text in rows(two).values() for word in ("vip", "topic"))
        assert (ids_of(two), ids_of(two, OTHER)) == ([], [])
    with pytest.raises(TagsClosed):
        put(two)


def test_tags_that_were_closed_can_be_opened_again(two: World) -> None:
    assert not tags.reopen(MEMBER)
    tags.close(MEMBER)
    assert tags.reopen(MEMBER)
    tags.note(MEMBER, {BOARD: 1}, at=two.now)
    assert ids_of(two) == [BOARD]
