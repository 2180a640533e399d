"""What is left of posts whose author is erased: what others read, and nothing else."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from chalicelib.moves import Unfinished
from community.commons.agenda import service as agenda
from community.facts import CaseDecision, MemberErased
from community.forum.moderation import service as moderation
from community.forum.posts import beside, editing, rules
from community.forum.posts import service as posts
from community.forum.posts.rules import NoSuchPost, Post, State
from community.people.leaving import service as leaving
from community.people.members import service as members
from community.people.merges import service as merges
from community.people.merges.rules import Reason
from tests.builders import a_draft
from tests.community.forum.conftest import Publish
from tests.world import Person, World


def edit(world: World, who: Person, post: Post, text: str) -> Post:
    edited = editing.edit(who.member, post.post_id, a_draft(text=text), now=world.now)
    world.later(milliseconds=1)
    return edited


def leave(world: World, who: Person) -> None:
    leaving.erase_closed(who.member, now=world.now)
    world.settle()


def versions(world: World) -> list[str]:
    return [row["pk"] for row in world.rows("forum") if row["sk"].startswith("edit#")]


def let_time_pass(world: World, by: timedelta) -> None:
    world.now += by
    agenda.let_happen(now=world.now)
    world.settle()


def check_nobody_reads(world: World, post: Post) -> None:
    with pytest.raises(NoSuchPost):
        posts.read(None, post.post_id, now=world.now)


def test_what_a_post_was_before_its_edits_is_forgotten_with_its_author(
    world: World, li: Person, publish: Publish
) -> None:
    post = publish(li, text="甲")
    edit(world, li, post, "乙")
    last = edit(world, li, post, "丙")
    world.settle()
    leave(world, li)
    assert versions(world) == []
    left = posts.get(post.post_id)
    assert (left.text, left.author, left.revision) == ("丙", rules.ERASED, last.revision)
    assert posts.read(None, post.post_id, now=world.now).post.text == "丙"


def test_what_is_edited_at_this_very_moment_is_forgotten_too(
    world: World, li: Person, publish: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = publish(li)
    edit(world, li, post, "乙")
    world.settle()
    forget = beside.forget_versions

    def forget_and_then_comes_an_edit(post: Post) -> set[str]:
        monkeypatch.setattr(beside, "forget_versions", forget)
        forgotten = forget(post)
        edit(world, li, post, "丙")
        return forgotten

    monkeypatch.setattr(beside, "forget_versions", forget_and_then_comes_an_edit)
    posts.erase(MemberErased(fact_id="e", at=world.now, member_id=li.member_id))
    assert (versions(world), posts.get(post.post_id).text) == ([], "丙")


@pytest.mark.parametrize("decision", CaseDecision)
def test_a_post_that_is_held_when_its_author_leaves_is_never_shown(
    world: World, li: Person, publish: Publish, decision: CaseDecision
) -> None:
    post = publish(li, text="存疑")
    world.settle()
    leave(world, li)
    assert posts.get(post.post_id).state is State.DELETED
    moderation.decide(post.post_id, decision, by="lisi", now=world.now)
    world.settle()
    check_nobody_reads(world, post)
    let_time_pass(world, rules.RESTORABLE_FOR)
    assert not [row for row in world.rows("forum") if "存疑" in str(row)]


def test_of_a_post_that_was_shown_before_it_was_held_its_board_shows_nothing(
    world: World, li: Person, publish: Publish
) -> None:
    post = publish(li)
    world.settle()
    edit(world, li, post, "存疑")
    leave(world, li)
    check_nobody_reads(world, post)
    assert posts.several_cards([(post.board_id, post.post_id)]) == {}
    assert versions(world) == []


def test_an_article_does_not_come_after_its_author_left(
    world: World, li: Person, publish: Publish
) -> None:
    members.change(li.member_id, lambda m: msgspec.structs.replace(m, badges=("official",)))
    at = world.now + timedelta(days=1)
    post = publish(li, kind="article", publish_at=at)
    world.settle()
    leave(world, li)
    let_time_pass(world, timedelta(days=1))
    assert posts.get(post.post_id).state is State.DELETED
    check_nobody_reads(world, post)


def test_what_is_noted_only_after_its_author_left_is_not_shown_either(
    world: World, li: Person, publish: Publish
) -> None:
    post = publish(li, text="存疑")
    leave(world, li)
    moderation.decide(post.post_id, CaseDecision.PASS, by="lisi", now=world.now)
    world.settle()
    left = posts.get(post.post_id)
    assert (left.state, left.author) == (State.DELETED, rules.ERASED)


def test_what_came_by_a_merge_goes_the_same_way(world: World, li: Person, publish: Publish) -> None:
    world.later(days=1)
    younger = world.becomes_owner("younger")
    edited, held = publish(younger), publish(younger, text="存疑")
    edit(world, younger, edited, "乙")
    world.settle()
    merges.merge(li.member_id, younger.member_id, reason=Reason.MOBILE, by="system", now=world.now)
    world.settle()
    leave(world, li)
    assert versions(world) == []
    assert [posts.get(each.post_id).state for each in (edited, held)] == [
        State.PUBLISHED,
        State.DELETED,
    ]


def test_many_posts_are_done_one_after_the_other_and_each_once(
    world: World, li: Person, publish: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [publish(li, text="存疑" if number % 2 else "好") for number in range(5)]
    edit(world, li, made[0], "乙")
    world.settle()
    monkeypatch.setattr("chalicelib.moves.AT_ONCE_MAX", 2)
    fact = MemberErased(fact_id="e", at=world.now, member_id=li.member_id)
    for _ in range(2):
        with pytest.raises(Unfinished):
            posts.erase(fact)
    posts.erase(fact)
    left = [posts.get(post.post_id) for post in made]
    assert {post.author for post in left} == {rules.ERASED}
    assert [post.state is State.DELETED for post in left] == [False, True, False, True, False]
    assert versions(world) == []
    world.settle()
    before = world.rows("forum")
    posts.erase(fact)
    assert world.rows("forum") == before
