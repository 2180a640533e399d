"""Parts of posts that are for some: who may not read one, it is never read for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib import aws
from chalicelib.lists import PageQuery
from chalicelib.tables import connection
from community.commons.audience.rules import OWNERS, SIGNED_IN, Audience, Tier
from community.commons.safety.rules import ContentNotAllowed
from community.forum.posts import beside, drafting, editing, pages, records, rules
from community.forum.posts import service as posts
from community.forum.posts.rules import PartDraft, Post, State
from community.people.members import service as members
from tests.builders import a_draft, an_owner
from tests.community.forum.conftest import Publish
from tests.world import Person, World

T2 = Audience(tier_min=Tier.T2)
SECRET = "工时费能谈到六折"
PART = PartDraft(audience=T2, text=SECRET)


@pytest.fixture
def answers(world: World) -> Iterator[list[str]]:
    """Everything that DynamoDB says, as text."""
    said: list[str] = []

    def hear(parsed: Any, **_: Any) -> None:
        said.append(str(parsed))

    events = connection().client.meta.events
    events.register("after-call.dynamodb", hear)
    yield said
    events.unregister("after-call.dynamodb", hear)


def reads_tier(person: Person, tier: Tier) -> None:
    members.change(person.member_id, lambda member: msgspec.structs.replace(member, tier=tier))


def seen_part(world: World, post: Post, who: Person | None) -> rules.PartSight:
    part = posts.read(who.member if who else None, post.post_id, now=world.now).part
    assert part
    return part


def test_who_may_reads_the_part_and_the_others_learn_what_opens_it(
    world: World, li: Person, wang: Person, publish: Publish
) -> None:
    post = publish(li, part=PART)
    reads_tier(wang, Tier.T2)
    assert seen_part(world, post, wang).text == SECRET
    chen = world.joins("chen")
    for who, ways in ((None, ["sign_in", "reach_tier"]), (chen, ["reach_tier"])):
        part = seen_part(world, post, who)
        assert (part.text, part.chars) == (None, len(SECRET))
        assert part.unlock
        assert [way.kind for way in part.unlock.how] == ways


def test_its_author_reads_it_whatever_they_are(world: World, li: Person, publish: Publish) -> None:
    assert seen_part(world, publish(li, part=PART), li).text == SECRET


def test_the_table_is_not_asked_for_the_part_of_whoever_may_not_read_it(
    world: World, li: Person, wang: Person, publish: Publish, answers: list[str]
) -> None:
    post = publish(li, part=PART)
    del answers[:]
    for who in (None, wang):
        seen = posts.read(who.member if who else None, post.post_id, now=world.now)
        assert SECRET not in str(seen)
    pages.latest(wang.member, "car-care", PageQuery(), now=world.now)
    posts.open_to(wang.member, post.post_id, now=world.now)
    assert answers
    assert SECRET not in "".join(answers)
    seen_part(world, post, li)
    assert SECRET in "".join(answers)


def test_a_whole_post_that_is_locked_locks_its_part(
    world: World, li: Person, wang: Person, publish: Publish, answers: list[str]
) -> None:
    post = publish(li, audience=OWNERS, part=PartDraft(audience=SIGNED_IN, text=SECRET))
    del answers[:]
    part = seen_part(world, post, wang)
    assert part.unlock
    assert [way.kind for way in part.unlock.how] == ["certify_owner"]
    assert SECRET not in "".join(answers)


def test_a_part_that_is_for_fewer_since_a_moment_is_not_given_away(
    world: World, li: Person, wang: Person, publish: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = publish(li, part=PartDraft(audience=SIGNED_IN, text="随便看"))
    was = records.get(post.post_id)
    draft = a_draft(part=PART)
    editing.edit(li.member, post.post_id, draft, now=world.now)
    monkeypatch.setattr(records, "get", lambda *_, **__: was)  # A read that is a moment old.
    part = seen_part(world, post, wang)
    assert part.text is None
    assert part.unlock


def test_content_safety_reads_the_part_too(li: Person, publish: Publish) -> None:
    with pytest.raises(ContentNotAllowed):
        publish(li, part=PartDraft(audience=T2, text="违规"))


def test_moderators_decide_about_the_part_too(world: World, li: Person, publish: Publish) -> None:
    post = publish(li, part=PartDraft(audience=T2, text="存疑的秘密"))
    assert post.state is State.HELD
    world.settle()
    assert "存疑的秘密" in str(world.sent("/cgi-bin/message/send"))


def test_a_crash_half_way_leaves_neither_post_nor_part(
    world: World, li: Person, publish: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(beside, "put_part", lambda *_: aws.no_such_thing)  # type: ignore[attr-defined]
    with pytest.raises(AttributeError):
        publish(li, part=PART)
    assert [row for row in world.rows("forum") if row["pk"].startswith("post#")] == []


@given(st.text(min_size=1, max_size=300), st.text(min_size=8, max_size=300))
def test_nothing_of_a_part_is_in_what_everybody_gets(text: str, secret: str) -> None:
    draft = a_draft(text=text, part=PartDraft(audience=T2, text=secret))
    said = drafting.new_post(
        draft,
        post_id="01J0000000000000000000P0ST",
        author=an_owner(),
        board_id="car-care",
        checked=True,
        now=an_owner().joined_at,
    )
    without = drafting.new_post(
        a_draft(text=text),
        post_id="01J0000000000000000000P0ST",
        author=an_owner(),
        board_id="car-care",
        checked=True,
        now=an_owner().joined_at,
    )
    assert msgspec.structs.replace(said, part=None) == without
