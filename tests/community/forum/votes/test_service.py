"""Voting: once per member, seen by who voted, exact whatever happens at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from chalicelib.errors import Invalid
from community.commons.audience.rules import OWNERS
from community.commons.audit.rules import SYSTEM
from community.facts import MemberErased, Voted
from community.forum.polls.rules import NoSuchPoll, PollDraft, PollEnded
from community.forum.posts.rules import Post, PostLocked
from community.forum.votes import records
from community.forum.votes import service as votes
from community.forum.votes.rules import Results
from community.people.members import service as members
from community.people.merges import service as merges
from community.people.merges.rules import Reason
from tests.community.forum.conftest import Publish
from tests.world import Person, World

Ask = Callable[..., Post]


@pytest.fixture
def ask(world: World, li: Person, publish: Publish) -> Ask:
    def asked(*, choices_max: int = 1, **draft: Any) -> Post:
        poll = PollDraft(
            options=("白", "黑", "红"),
            choices_max=choices_max,
            ends_at=world.now + timedelta(days=1),
        )
        return publish(li, kind="poll", poll=poll, **draft)

    return asked


def vote(world: World, who: Person, post: Post, *choices: int) -> Results | None:
    world.later(milliseconds=1)
    return votes.vote(who.member, post.post_id, choices, now=world.now).results


def results(world: World, post: Post) -> Results:
    """As everybody sees them at last."""
    sight = votes.seen(None, post, now=world.now + timedelta(days=2))
    assert sight
    assert sight.results
    return sight.results


def test_who_votes_sees_their_vote_at_once(world: World, wang: Person, ask: Ask) -> None:
    assert vote(world, wang, ask(), 1) == Results((0, 1, 0), 1)


def test_nobody_sees_results_before_they_vote_or_it_ends(
    world: World, li: Person, wang: Person, ask: Ask
) -> None:
    post = ask()
    vote(world, wang, post, 0)
    for who in (None, li.member):
        sight = votes.seen(who, post, now=world.now)
        assert sight
        assert (sight.choices, sight.results) == (None, None)
        ended = votes.seen(who, post, now=world.now + timedelta(days=1))
        assert ended
        assert ended.results == Results((1, 0, 0), 1)
    seen = votes.seen(wang.member, post, now=world.now)
    assert seen
    assert (seen.choices, seen.results) == ((0,), Results((1, 0, 0), 1))


def test_a_post_that_asks_nothing_has_no_poll(
    world: World, wang: Person, li: Person, publish: Publish
) -> None:
    post = publish(li)
    assert votes.seen(wang.member, post, now=world.now) is None
    with pytest.raises(NoSuchPoll):
        vote(world, wang, post, 0)


def test_the_same_vote_again_changes_nothing(world: World, wang: Person, ask: Ask) -> None:
    post = ask(choices_max=2)
    vote(world, wang, post, 0, 2)
    before = world.rows("forum")
    assert vote(world, wang, post, 2, 0) == Results((1, 0, 1), 1)
    assert world.rows("forum") == before


def test_one_can_think_better_of_it_until_the_end(world: World, wang: Person, ask: Ask) -> None:
    post = ask(choices_max=2)
    vote(world, wang, post, 0, 1)
    assert vote(world, wang, post, 1, 2) == Results((0, 1, 1), 1)
    world.later(days=1)
    with pytest.raises(PollEnded):
        vote(world, wang, post, 0)
    assert results(world, post) == Results((0, 1, 1), 1)


@pytest.mark.parametrize("choices", [(), (0, 1), (3,), (0, 0)])
def test_what_cannot_be_chosen_is_refused(
    world: World, wang: Person, ask: Ask, choices: tuple[int, ...]
) -> None:
    post = ask()
    with pytest.raises(Invalid):
        vote(world, wang, post, *choices)
    assert results(world, post) == Results((0, 0, 0), 0)


def test_who_may_not_read_a_post_does_not_vote(world: World, wang: Person, ask: Ask) -> None:
    with pytest.raises(PostLocked):
        vote(world, wang, ask(audience=OWNERS), 0)


def test_who_votes_twice_at_once_is_counted_once(
    world: World, wang: Person, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = ask()
    save, others = records.save, iter([(2,)])

    def overtaken(*told: Any) -> None:
        for choices in others:
            vote(world, wang, post, *choices)
        save(*told)

    monkeypatch.setattr(records, "save", overtaken)
    assert vote(world, wang, post, 0) == Results((1, 0, 0), 1)
    assert results(world, post) == Results((1, 0, 0), 1)


@pytest.mark.parametrize("seed", range(4))
def test_the_tally_never_drifts(
    world: World, li: Person, wang: Person, ask: Ask, seed: int
) -> None:
    random, post = Random(seed), ask(choices_max=3)
    last: dict[str, tuple[int, ...]] = {}
    for _ in range(12):
        who = random.choice([li, wang])
        last[who.member_id] = tuple(random.sample(range(3), random.randint(1, 3)))
        vote(world, who, post, *last[who.member_id])
    world.settle()
    expected = tuple(sum(place in chosen for chosen in last.values()) for place in range(3))
    assert results(world, post) == Results(expected, len(last))


def test_a_tally_that_is_lost_is_made_again_from_the_votes(
    world: World, li: Person, wang: Person, ask: Ask
) -> None:
    post = ask()
    vote(world, li, post, 0)
    vote(world, wang, post, 1)
    records.TallyRow(f"tally#{post.post_id}", "tally").delete()
    for who in (li, wang):
        row = records.VoteRow.get(f"votes#{who.member_id}", post.post_id)
        row.update([records.VoteRow.counted.remove()])
        for _ in range(2):
            votes.count(
                Voted(fact_id="f", at=world.now, member_id=who.member_id, post_id=post.post_id)
            )
    assert results(world, post) == Results((1, 1, 0), 2)


# What becomes of members


def test_two_who_are_one_are_counted_once_and_each_again_once_parted(
    world: World, li: Person, wang: Person, ask: Ask
) -> None:
    both, only = ask(), ask()
    for who, post in ((li, both), (wang, both), (wang, only)):
        vote(world, who, post, 0)
    world.settle()
    merges.merge(wang.member_id, li.member_id, reason=Reason.MOBILE, by=SYSTEM, now=world.now)
    world.settle()
    assert results(world, both) == results(world, only) == Results((1, 0, 0), 1)
    kept_id = members.remaining(li.member_id)
    assert {vote["post_id"] for vote in votes.exported(kept_id)} == {both.post_id, only.post_id}
    gone = wang if kept_id == li.member_id else li
    merge_id = merges.merge_of(gone.member_id)
    assert merge_id
    world.later(seconds=1)
    merges.unmerge(merge_id, by="zhangsan", now=world.now)
    world.settle()
    assert (results(world, both).voters, results(world, only).voters) == (2, 1)


def test_who_is_erased_leaves_the_results_and_nothing_else(
    world: World, wang: Person, ask: Ask
) -> None:
    post = ask()
    vote(world, wang, post, 0)
    votes.erase(MemberErased(fact_id="f", at=world.now, member_id=wang.member_id))
    assert (votes.exported(wang.member_id), results(world, post).voters) == ([], 1)
