"""Editing, deleting and restoring: nothing is lost, and nothing unseen comes before the others."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from chalicelib.errors import Invalid
from chalicelib.lists import PageQuery
from community import facts
from community.commons.agenda import service as agenda
from community.commons.audience.rules import OWNERS, Audience, Tier
from community.commons.safety.rules import ContentNotAllowed
from community.facts import CaseDecision, PostEdited, PostHeld, PostPublished, PostRemoved
from community.forum.moderation import service as moderation
from community.forum.posts import afterwards as post_afterwards
from community.forum.posts import beside, curating, editing, pages, records
from community.forum.posts import service as posts
from community.forum.posts.rules import (
    EDITS_MAX,
    NoSuchPost,
    NotYourPost,
    PartDraft,
    Post,
    PostChanged,
    PostDeleted,
    PostInReview,
    State,
    TooManyEdits,
    Version,
)
from community.people.members import service as members
from tests.builders import a_draft
from tests.community.forum.conftest import Publish
from tests.world import Person, World

T2 = Audience(tier_min=Tier.T2)
Edit = Callable[..., Post]


@pytest.fixture
def edit(world: World) -> Edit:
    def edited(who: Person, post: Post, **draft: Any) -> Post:
        return editing.edit(who.member, post.post_id, a_draft(**draft), now=world.now)

    return edited


@pytest.fixture
def li(world: World) -> Person:
    """An owner who has been here for a while."""
    person = world.becomes_owner("li")
    world.later(days=8)
    return person


def titles(world: World) -> list[str]:
    page = pages.latest(None, "car-care", PageQuery(), now=world.now)
    return [card.title for card in page.items]


def edits(world: World, who: Person, post: Post) -> list[Version]:
    return editing.edits(who.member, post.post_id, PageQuery()).items


def told(world: World) -> list[tuple[type[facts.Fact], str]]:
    world.relay()
    found = map(facts.read, world.take("facts"))
    kinds = PostPublished | PostEdited | PostHeld | PostRemoved
    return [(type(fact), fact.fact_id) for fact in found if isinstance(fact, kinds)]


def decide(world: World, post: Post, decision: CaseDecision) -> None:
    case_id = post.post_id if post.cases == 1 else f"{post.post_id}-{post.cases}"
    moderation.decide(case_id, decision, by="zhangsan", now=world.now)
    world.settle()


# Editing


def test_an_edit_is_what_everybody_reads_from_then_on(
    world: World, li: Person, publish: Publish, edit: Edit
) -> None:
    post = publish(li)
    world.later(minutes=1)
    edited = edit(li, post, title="首保八百", text="**八百**", topics=("首保",), audience=OWNERS)
    seen = posts.read(li.member, post.post_id, now=world.now).post
    assert seen == edited
    assert (seen.title, seen.text, seen.topics) == ("首保八百", "**八百**", ("首保",))
    assert (seen.edited_at, seen.created_at) == (world.now, post.created_at)
    assert titles(world) == ["首保八百"]


def test_what_a_post_was_is_kept_for_its_author_alone(
    world: World, li: Person, wang: Person, publish: Publish, edit: Edit
) -> None:
    post = publish(li, title="一")
    for title in ("二", "三"):
        world.later(minutes=1)
        edit(li, post, title=title)
    assert [version.title for version in edits(world, li, post)] == ["二", "一"]
    assert edits(world, li, post)[0].until == world.now
    with pytest.raises(NotYourPost):
        edits(world, wang, post)


def test_earlier_versions_come_in_pages(
    world: World, li: Person, publish: Publish, edit: Edit
) -> None:
    post = publish(li, title="0")
    for number in range(1, 6):
        edit(li, post, title=str(number))
    found: list[str] = []
    cursor = None
    while True:
        page = editing.edits(li.member, post.post_id, PageQuery(limit=2, cursor=cursor))
        assert len(page.items) <= 2
        found += [version.title for version in page.items]
        if (cursor := page.next_cursor) is None:
            break
    assert found == ["4", "3", "2", "1", "0"]


def test_each_edit_is_a_fact_of_its_own(
    world: World, li: Person, publish: Publish, edit: Edit
) -> None:
    post = publish(li)
    edit(li, post, title="二")
    edit(li, post, title="三")
    assert told(world) == [
        (PostPublished, f"{post.post_id}.published"),
        (PostEdited, f"{post.post_id}.edited.1"),
        (PostEdited, f"{post.post_id}.edited.2"),
    ]


def test_a_doubtful_edit_is_held_until_a_moderator_has_looked(
    world: World, li: Person, wang: Person, publish: Publish, edit: Edit
) -> None:
    post = publish(li)
    held = edit(li, post, title="改过", text="存疑")
    assert (held.state, titles(world)) == (State.HELD, [])
    with pytest.raises(NoSuchPost):
        posts.read(wang.member, post.post_id, now=world.now)
    world.settle()
    decide(world, held, CaseDecision.PASS)
    assert posts.get(post.post_id).state is State.PUBLISHED
    assert titles(world) == ["改过"]


def test_every_doubtful_version_gets_a_case_of_its_own(
    world: World, li: Person, publish: Publish, edit: Edit
) -> None:
    post = publish(li, text="存疑")
    world.settle()
    decide(world, post, CaseDecision.PASS)
    second = edit(li, post, text="还是存疑")
    world.settle()
    decide(world, second, CaseDecision.REMOVE)
    assert posts.get(post.post_id).state is State.REMOVED
    assert titles(world) == []


def test_a_decision_about_an_earlier_version_says_nothing_of_a_later_one(
    world: World, li: Person, publish: Publish, edit: Edit
) -> None:
    post = publish(li, text="存疑")
    world.settle()
    world.later(seconds=1)
    decide(world, post, CaseDecision.PASS)
    passed = facts.CaseDecided(
        fact_id=f"{post.post_id}.decided",
        at=world.now,
        case_id=post.post_id,
        post_id=post.post_id,
        comment_id=None,
        author_id=li.member_id,
        decision=CaseDecision.PASS,
        staff_id="zhangsan",
    )
    edit(li, post, text="还是存疑")
    post_afterwards.apply_decision(passed)
    assert posts.get(post.post_id).state is State.HELD


def test_a_risky_edit_changes_nothing(
    world: World, li: Person, publish: Publish, edit: Edit
) -> None:
    post = publish(li)
    with pytest.raises(ContentNotAllowed):
        edit(li, post, text="违规")
    assert (posts.get(post.post_id), edits(world, li, post)) == (post, [])


@pytest.mark.parametrize("text", ["没事", "存疑"])
def test_the_same_edit_again_is_the_same_edit(
    world: World, li: Person, publish: Publish, edit: Edit, text: str
) -> None:
    post = publish(li)
    draft = {"text": text, "part": PartDraft(audience=T2, text="细账")}
    once = edit(li, post, **draft)
    world.later(seconds=5)
    assert edit(li, post, **draft) == once
    assert len(edits(world, li, post)) == 1


def test_an_export_has_parts_and_earlier_versions(
    world: World, li: Person, publish: Publish, edit: Edit
) -> None:
    post = publish(li, title="一", part=PartDraft(audience=T2, text="细账"))
    edit(li, post, title="二", part=PartDraft(audience=T2, text="细账"))
    world.settle()
    (kept,) = msgspec.json.decode(msgspec.json.encode(list(posts.exported(li.member_id))))
    assert (kept["title"], kept["part"]["text"]) == ("二", "细账")
    assert [version["title"] for version in kept["edits"]] == ["一"]


@pytest.mark.parametrize(("minutes", "state"), [(15, State.PUBLISHED), (16, State.HELD)])
def test_a_new_member_edits_freely_for_a_quarter_of_an_hour(
    world: World, wang: Person, edit: Edit, minutes: int, state: State
) -> None:
    request_id = world.new_request_id()
    board = "accessory-deals"
    post = posts.publish(wang.member, board, a_draft(), request_id=request_id, now=world.now)
    world.later(minutes=minutes)
    assert edit(wang, post, title="改过").state is state


def test_who_has_been_here_longer_edits_whenever_they_like(
    world: World, li: Person, publish: Publish, edit: Edit
) -> None:
    post = publish(li)
    world.later(days=30)
    assert edit(li, post, title="改过").state is State.PUBLISHED


def test_nobody_edits_or_deletes_what_another_wrote(
    world: World, li: Person, publish: Publish, edit: Edit
) -> None:
    chen = world.becomes_owner("chen")
    post = publish(li)
    with pytest.raises(NotYourPost):
        edit(chen, post, title="别人的")
    with pytest.raises(NotYourPost):
        editing.delete(chen.member, post.post_id, now=world.now)
    assert posts.get(post.post_id) == post


def test_nobody_learns_of_a_held_post_by_trying_to_edit_it(
    world: World, li: Person, publish: Publish, edit: Edit
) -> None:
    chen = world.becomes_owner("chen")
    post = publish(li, text="存疑")
    for attempt in (lambda: edit(chen, post), lambda: edits(world, chen, post)):
        with pytest.raises(NoSuchPost):
            attempt()


def test_nothing_is_edited_while_a_moderator_looks_at_it(
    world: World, li: Person, publish: Publish, edit: Edit
) -> None:
    post = publish(li, text="存疑")
    with pytest.raises(PostInReview):
        edit(li, post)


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        ({"kind": "question"}, "kind"),
        ({"kind": "article", "publish_at": "later"}, "kind"),
    ],
)
def test_what_cannot_be_changed_is_named(
    world: World, li: Person, publish: Publish, edit: Edit, draft: dict[str, Any], field: str
) -> None:
    post = publish(li)
    if "publish_at" in draft:
        draft["publish_at"] = world.now + timedelta(days=1)
    with pytest.raises(Invalid) as refused:
        edit(li, post, **draft)
    assert field in [error.field for error in refused.value.errors]


def test_of_two_edits_at_the_same_moment_one_wins_and_the_other_is_told(
    world: World, li: Person, publish: Publish, edit: Edit, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = publish(li, title="一")
    real = beside.put_version

    def first_the_other(*args: Any) -> None:
        monkeypatch.setattr(beside, "put_version", real)
        edit(li, post, title="另一台手机")
        real(*args)

    monkeypatch.setattr(beside, "put_version", first_the_other)
    with pytest.raises(PostChanged):
        edit(li, post, title="这一台")
    assert titles(world) == ["另一台手机"]
    assert [version.title for version in edits(world, li, post)] == ["一"]


def test_an_edit_goes_on_top_of_what_staff_do_at_the_same_moment(
    world: World, li: Person, publish: Publish, edit: Edit, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = publish(li)
    real = beside.put_version

    def first_the_other(*args: Any) -> None:
        monkeypatch.setattr(beside, "put_version", real)
        curating.feature(post.post_id, on=True, by="zhangsan", now=world.now)
        real(*args)

    monkeypatch.setattr(beside, "put_version", first_the_other)
    edit(li, post, title="改过")
    found = posts.get(post.post_id)
    assert (found.title, found.featured, found.edits) == ("改过", True, 1)


def test_a_part_comes_changes_and_goes_with_edits(
    world: World, li: Person, publish: Publish, edit: Edit
) -> None:
    post = publish(li)
    edit(li, post, part=PartDraft(audience=T2, text="一"))
    edit(li, post, part=PartDraft(audience=OWNERS, text="二"))
    seen = posts.read(li.member, post.post_id, now=world.now)
    assert seen.part
    assert seen.part.text == "二"
    edit(li, post)
    assert posts.read(li.member, post.post_id, now=world.now).part is None
    assert beside.part(post.post_id, as_it_is_now=True) is None
    parts = [version.part for version in edits(world, li, post)]
    assert parts == [
        PartDraft(audience=OWNERS, text="二"),
        PartDraft(audience=T2, text="一"),
        None,
    ]


def test_nobody_edits_forever(world: World, li: Person, publish: Publish, edit: Edit) -> None:
    post = publish(li)
    records.change(post, msgspec.structs.replace(post, edits=EDITS_MAX), None)
    with pytest.raises(TooManyEdits):
        edit(li, post, title="又改")


def test_the_card_of_an_edited_post_keeps_its_counts(
    world: World, li: Person, publish: Publish, edit: Edit
) -> None:
    from chalicelib.tables import one_transaction

    post = publish(li)
    with one_transaction() as write:
        posts.add_to_counts(write, (post.board_id, post.post_id), {"likes": 3})
    edit(li, post, title="改过")
    edit(li, post, text="存疑")
    world.settle()
    decide(world, posts.get(post.post_id), CaseDecision.PASS)
    (card,) = pages.latest(None, "car-care", PageQuery(), now=world.now).items
    assert card.counts.likes == 3


# Deleting and restoring


def test_a_deleted_post_is_gone_for_others_and_comes_back_whole(
    world: World, li: Person, wang: Person, publish: Publish
) -> None:
    post = publish(li, part=PartDraft(audience=T2, text="秘密"))
    editing.delete(li.member, post.post_id, now=world.now)
    editing.delete(li.member, post.post_id, now=world.now)
    world.settle()
    assert titles(world) == []
    assert posts.several_cards([(post.board_id, post.post_id)]) == {}
    with pytest.raises(NoSuchPost):
        posts.read(wang.member, post.post_id, now=world.now)
    assert posts.read(li.member, post.post_id, now=world.now).post.state is State.DELETED
    world.later(days=29)
    editing.restore(li.member, post.post_id, now=world.now)
    world.settle()
    assert titles(world) == [post.title]
    seen = posts.read(li.member, post.post_id, now=world.now)
    assert seen.part
    assert seen.part.text == "秘密"


def test_deleting_and_restoring_are_facts(world: World, li: Person, publish: Publish) -> None:
    post = publish(li)
    editing.delete(li.member, post.post_id, now=world.now)
    editing.restore(li.member, post.post_id, now=world.now)
    editing.restore(li.member, post.post_id, now=world.now)
    assert [kind for kind, _ in told(world)] == [PostPublished, PostRemoved, PostPublished]


def test_after_a_month_nothing_of_it_is_kept(
    world: World, li: Person, publish: Publish, edit: Edit
) -> None:
    post = publish(li, text="保养秘密", part=PartDraft(audience=T2, text="更多秘密"))
    edit(li, post, text="另一个秘密", part=PartDraft(audience=T2, text="更多秘密"))
    editing.delete(li.member, post.post_id, now=world.now)
    world.later(days=30)
    agenda.let_happen(now=world.now)
    world.settle()
    with pytest.raises(NoSuchPost):
        editing.restore(li.member, post.post_id, now=world.now)
    with pytest.raises(NoSuchPost):
        posts.read(li.member, post.post_id, now=world.now)
    assert "秘密" not in str(world.rows("forum"))


def test_what_was_restored_is_kept(world: World, li: Person, publish: Publish) -> None:
    post = publish(li)
    editing.delete(li.member, post.post_id, now=world.now)
    world.later(days=10)
    editing.restore(li.member, post.post_id, now=world.now)
    editing.delete(li.member, post.post_id, now=world.now)
    world.later(days=20)
    agenda.let_happen(now=world.now)
    world.settle()
    assert editing.restore(li.member, post.post_id, now=world.now).text == post.text


def test_a_deleted_post_is_not_edited(
    world: World, li: Person, publish: Publish, edit: Edit
) -> None:
    post = publish(li)
    editing.delete(li.member, post.post_id, now=world.now)
    with pytest.raises(PostDeleted):
        edit(li, post)


@pytest.mark.parametrize("decision", CaseDecision)
def test_a_post_that_was_deleted_while_it_was_held_comes_back_as_was_decided(
    world: World, li: Person, publish: Publish, decision: CaseDecision
) -> None:
    post = publish(li, text="存疑")
    world.settle()
    editing.delete(li.member, post.post_id, now=world.now)
    decide(world, post, decision)
    if decision is CaseDecision.PASS:
        assert editing.restore(li.member, post.post_id, now=world.now).state is State.PUBLISHED
    else:
        with pytest.raises(NoSuchPost):
            editing.restore(li.member, post.post_id, now=world.now)


def test_a_post_nobody_looked_at_yet_comes_back_held(
    world: World, li: Person, publish: Publish
) -> None:
    post = publish(li, text="存疑")
    editing.delete(li.member, post.post_id, now=world.now)
    assert editing.restore(li.member, post.post_id, now=world.now).state is State.HELD
    world.settle()
    decide(world, post, CaseDecision.PASS)
    assert titles(world) == [post.title]


def test_a_post_that_a_moderator_removed_does_not_come_back(
    world: World, li: Person, publish: Publish, edit: Edit
) -> None:
    post = publish(li, text="存疑")
    world.settle()
    decide(world, post, CaseDecision.REMOVE)
    for attempt in (editing.restore, editing.delete):
        with pytest.raises(NoSuchPost):
            attempt(li.member, post.post_id, now=world.now)


def test_what_somebody_else_is_called_by_now_shows_on_a_restored_post(
    world: World, li: Person, publish: Publish
) -> None:
    post = publish(li)
    world.settle()
    editing.delete(li.member, post.post_id, now=world.now)
    members.change(li.member_id, lambda member: msgspec.structs.replace(member, nickname="老李"))
    post_afterwards.name_anew([post.post_id], li.member_id)
    editing.restore(li.member, post.post_id, now=world.now)
    (card,) = pages.latest(None, "car-care", PageQuery(), now=world.now).items
    assert card.author.nickname == "老李"
