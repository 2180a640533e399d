"""Drafts: the same on all devices, none lost, none kept for ever."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.lists import PageQuery
from chalicelib.problems import TooLarge
from community.commons.audit.rules import SYSTEM
from community.facts import MemberErased
from community.forum.drafts import records
from community.forum.drafts import service as drafts
from community.forum.drafts.rules import (
    DRAFTS_MAX,
    Body,
    DraftChanged,
    NoSuchDraft,
    SavedDraft,
    TooManyDrafts,
)
from community.people.members import service as members
from community.people.merges import service as merges
from community.people.merges.rules import Reason
from tests.world import Person, World


def begin(world: World, who: Person, request_id: str = "", **body: Any) -> SavedDraft:
    world.later(milliseconds=1)
    return drafts.begin(
        who.member, Body(**body), request_id=request_id or world.new_request_id(), now=world.now
    )


def change(world: World, who: Person, draft: SavedDraft, **body: Any) -> SavedDraft:
    world.later(milliseconds=1)
    return drafts.change(
        who.member, draft.draft_id, Body(**body), version=draft.version, now=world.now
    )


def all_of(world: World, who: Person) -> list[SavedDraft]:
    return drafts.page(who.member, PageQuery(limit=50), now=world.now).items


def test_a_draft_says_what_it_was_told_and_nothing_is_required(world: World, wang: Person) -> None:
    draft = begin(world, wang, title="首保", poll={"options": []})
    assert (draft.version, draft.body) == (1, Body(title="首保", poll={"options": []}))
    assert drafts.get(wang.member, draft.draft_id, now=world.now) == draft
    assert begin(world, wang).body == Body()


def test_nobody_reads_or_changes_drafts_of_others(world: World, li: Person, wang: Person) -> None:
    draft = begin(world, wang, title="首保")
    assert all_of(world, li) == []
    with pytest.raises(NoSuchDraft):
        drafts.get(li.member, draft.draft_id, now=world.now)
    with pytest.raises(NoSuchDraft):
        change(world, li, draft, title="改")
    drafts.delete(li.member, draft.draft_id)
    assert all_of(world, wang) == [draft]


def test_the_same_request_again_gives_the_same_draft_once(world: World, wang: Person) -> None:
    draft = begin(world, wang, "r1", title="首保")
    world.later(milliseconds=-1)
    assert begin(world, wang, "r1", title="首保") == draft
    assert all_of(world, wang) == [draft]


def test_pages_have_the_latest_begun_first(world: World, wang: Person) -> None:
    made = [begin(world, wang, title=f"{n}") for n in range(5)]
    first = drafts.page(wang.member, PageQuery(limit=3), now=world.now)
    change(world, wang, made[0], title="改")
    query = PageQuery(limit=3, cursor=first.next_cursor)
    rest = drafts.page(wang.member, query, now=world.now)
    seen = [draft.draft_id for draft in [*first.items, *rest.items]]
    assert seen == [draft.draft_id for draft in made[::-1]]
    assert rest.next_cursor is None


def test_who_changes_what_they_did_not_see_is_told_what_is_there(
    world: World, wang: Person
) -> None:
    draft = begin(world, wang, title="首保")
    newer = change(world, wang, draft, title="首保多少钱")
    with pytest.raises(DraftChanged) as refused:
        change(world, wang, draft, title="二保")
    assert refused.value.current == newer
    assert change(world, wang, newer, title="二保").version == 3


def test_of_two_changes_at_once_one_is_refused_and_nothing_is_lost(
    world: World, wang: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = begin(world, wang, title="首保")
    save, others = records.save, iter(["平板上的"])

    def overtaken(*told: Any) -> None:
        for title in others:
            change(world, wang, draft, title=title)
        save(*told)

    monkeypatch.setattr(records, "save", overtaken)
    with pytest.raises(DraftChanged) as refused:
        change(world, wang, draft, title="手机上的")
    assert refused.value.current.body.title == "平板上的"
    assert [kept.body.title for kept in all_of(world, wang)] == ["平板上的"]


def test_the_same_change_again_is_done_once(world: World, wang: Person) -> None:
    draft = begin(world, wang, title="首保")
    changed = change(world, wang, draft, title="改")
    assert change(world, wang, draft, title="改") == changed


def test_a_member_has_twenty_at_most_until_they_delete_one(world: World, wang: Person) -> None:
    made = [begin(world, wang) for _ in range(DRAFTS_MAX)]
    with pytest.raises(TooManyDrafts):
        begin(world, wang)
    for _ in range(2):
        drafts.delete(wang.member, made[0].draft_id)
    begin(world, wang)
    assert len(all_of(world, wang)) == DRAFTS_MAX


def test_a_draft_that_is_too_large_is_refused(world: World, wang: Person) -> None:
    draft = begin(world, wang)
    for body in ({"text": "字" * 17_000}, {"poll": {"options": ["x" * 50_000]}}):
        with pytest.raises(TooLarge):
            begin(world, wang, **body)
        with pytest.raises(TooLarge):
            change(world, wang, draft, **body)
    assert all_of(world, wang) == [draft]


def test_a_draft_dies_ninety_days_after_its_last_change(world: World, wang: Person) -> None:
    draft = begin(world, wang, title="首保")
    world.later(days=80)
    draft = change(world, wang, draft, title="改")
    world.later(days=89)
    assert all_of(world, wang) == [draft]
    world.later(days=1)
    assert all_of(world, wang) == []
    with pytest.raises(NoSuchDraft):
        drafts.get(wang.member, draft.draft_id, now=world.now)


def test_who_deletes_what_is_not_there_changes_nothing(world: World, wang: Person) -> None:
    drafts.delete(wang.member, "unknown")


# What becomes of members


def test_drafts_of_two_who_are_one_are_theirs_until_they_are_parted(
    world: World, li: Person, wang: Person
) -> None:
    lis, wangs = begin(world, li, title="李"), begin(world, wang, title="王")
    merges.merge(wang.member_id, li.member_id, reason=Reason.MOBILE, by=SYSTEM, now=world.now)
    world.settle()
    kept_id = members.remaining(li.member_id)
    assert list(drafts.exported(kept_id)) == [lis, wangs]
    gone = wang if kept_id == li.member_id else li
    merge_id = merges.merge_of(gone.member_id)
    assert merge_id
    world.later(seconds=1)
    merges.unmerge(merge_id, by="zhangsan", now=world.now)
    world.settle()
    assert (all_of(world, li), all_of(world, wang)) == ([lis], [wangs])


def test_who_is_erased_leaves_no_draft(world: World, wang: Person) -> None:
    begin(world, wang, title="首保")
    drafts.erase(MemberErased(fact_id="f", at=world.now, member_id=wang.member_id))
    assert list(drafts.exported(wang.member_id)) == []
    assert "首保" not in str(world.rows("forum"))
