"""Each member's own feed: nothing twice in a session, nothing that is not for them, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from chalicelib import logs
from chalicelib.errors import Invalid
from chalicelib.lists import PageQuery
from community.commons.audience.rules import OWNERS, Audience, Tier
from community.facts import FeedEventsNoted
from community.forum.blocks import service as blocks
from community.forum.feed import records, rules
from community.forum.feed import service as feed
from community.forum.feed.rules import Event, EventKind
from community.forum.follows import service as follows
from community.forum.follows.rules import Kind
from community.forum.posts import editing
from community.forum.posts import service as posts
from community.forum.posts.rules import Post
from community.people.members import service as members
from community.people.members.rules import Member
from community.people.profiles import service as profiles
from community.people.profiles.changes import Changes
from community.people.tags import service as tags
from tests.builders import a_draft
from tests.community.forum.conftest import Publish
from tests.community.forum.follows.test_service import merge, unmerge
from tests.world import Person, World

Posted = Callable[..., list[Post]]
Seen = list[tuple[str, str]]
OPEN_BOARD = "accessory-deals"


def calling(world: World, who: Person | None) -> Member | None:
    """A member as a call knows them: with tags and blocks."""
    if who is None:
        return None
    presence = members.presence(who.member_id, now=world.now)
    assert presence
    return presence.member


def page(
    world: World, who: Person | None, cursor: str | None = None, limit: int = 20
) -> tuple[Seen, str | None]:
    """Ids and whys of a page, and the cursor of the next."""
    found = feed.page(
        calling(world, who),
        PageQuery(limit=limit, cursor=cursor),
        request_id=world.new_request_id(),
        now=world.now,
    )
    return [(card.post_id, why) for card, why in found.items], found.next_cursor


def session(
    world: World, who: Person | None, limit: int = 20, between: Callable[[], Any] = lambda: None
) -> Seen:
    """All pages of a session, with something between any two."""
    found, cursor = page(world, who, limit=limit)
    while cursor:
        between()
        more, cursor = page(world, who, cursor, limit)
        found += more
    return found


def ids_of(found: Seen) -> list[str]:
    return [post_id for post_id, _ in found]


def later(world: World) -> None:
    """What containers had at hand is read anew."""
    world.settle()
    world.later(minutes=2)


@pytest.fixture
def posted(world: World, publish: Publish) -> Callable[..., list[Post]]:
    """Several posts, one second after the other, and everything that follows from them."""

    def several(who: Person, number: int, board_id: str = "car-care", **draft: Any) -> list[Post]:
        done = []
        for _ in range(number):
            world.later(seconds=1)
            done.append(publish(who, board_id, **draft))
        later(world)
        return done

    return several


def tells(
    world: World, who: Person, post_ids: Sequence[str], kind: EventKind, ms: int | None = None
) -> None:
    world.later(seconds=1)
    events = [Event(post_id=each, kind=kind, at=world.now, ms=ms) for each in post_ids]
    feed.note(who.member, events, request_id=world.new_request_id(), now=world.now)


# A session


def test_nothing_comes_twice_and_nothing_is_missing_while_others_post(
    world: World, li: Person, wang: Person, posted: Posted
) -> None:
    before = {post.post_id for post in posted(li, feed.WINDOW)}

    def others_post() -> None:
        posted(li, 2)

    found = ids_of(session(world, wang, limit=7, between=others_post))
    assert len(found) == len(set(found))
    assert set(found) == before


@pytest.mark.parametrize("seed", range(3))
def test_nothing_comes_twice_whatever_happens_meanwhile(
    world: World, li: Person, wang: Person, posted: Posted, seed: int
) -> None:
    chance = Random(seed)
    there = [post.post_id for post in posted(li, 12)]
    gone: set[str] = set()

    def something() -> None:
        world.later(seconds=1)
        deed = chance.choice(["posts", "edits", "deletes", "waits", "sees"])
        if deed == "posts":
            there.extend(post.post_id for post in posted(li, 2))
        elif deed == "edits":
            editing.edit(li.member, chance.choice(there), a_draft(text="改过"), now=world.now)
        elif deed == "deletes":
            gone.add(post_id := there.pop(chance.randrange(len(there))))
            editing.delete(li.member, post_id, now=world.now)
        elif deed == "sees":
            tells(world, wang, found, EventKind.SEEN)
        world.settle()
        world.later(seconds=feed.WINDOW_KEPT.total_seconds())

    first, cursor = page(world, wang, limit=2)
    found = ids_of(first)
    while cursor:
        something()
        more, cursor = page(world, wang, cursor, 2)
        assert not set(ids_of(more)) & gone
        found += ids_of(more)
    assert len(found) == len(set(found))
    assert found[2:]


def test_a_post_that_is_gone_meanwhile_is_left_out(
    world: World, li: Person, wang: Person, posted: Posted, monkeypatch: pytest.MonkeyPatch
) -> None:
    posted(li, 6)
    _, cursor = page(world, wang, limit=3)
    (next_id, *_) = ids_of(page(world, wang, cursor, 3)[0])
    real = posts.several_cards
    monkeypatch.setattr(feed, "_window", lambda *_: {})
    monkeypatch.setattr(
        posts, "several_cards", lambda p: {k: v for k, v in real(p).items() if k != next_id}
    )
    assert next_id not in ids_of(page(world, wang, cursor, 3)[0])
    assert len(page(world, wang, cursor, 3)[0]) == 2


def test_of_a_session_that_is_over_a_new_one_begins(
    world: World, li: Person, wang: Person, posted: Posted
) -> None:
    posted(li, 6)
    first, cursor = page(world, wang, limit=3)
    world.later(seconds=(rules.SESSION_KEPT + timedelta(seconds=1)).total_seconds())
    again, _ = page(world, wang, cursor, 3)
    assert ids_of(again) == ids_of(first)


def test_a_cursor_of_somebody_else_is_refused(
    world: World, li: Person, wang: Person, posted: Posted
) -> None:
    posted(li, 6)
    zhou = world.joins("zhou")
    _, cursor = page(world, wang, limit=3)
    for who in (zhou, None):
        with pytest.raises(Invalid):
            page(world, who, cursor, 3)


def test_one_page_is_kept_nowhere(world: World, li: Person, wang: Person, posted: Posted) -> None:
    posted(li, 3)
    assert page(world, wang)[1] is None
    assert not [row for row in world.rows("forum") if row["pk"].startswith("feed#")]


# Guests


def test_guests_share_a_session_of_what_everybody_reads(
    world: World, li: Person, posted: Posted
) -> None:
    posted(li, 6)
    one, cursor = page(world, None, limit=3)
    other, _ = page(world, None, limit=3)
    assert one == other
    assert {why for _, why in one} == {"新鲜发布"}
    more, _ = page(world, None, cursor, 3)
    assert not set(ids_of(one)) & set(ids_of(more))
    rows = [row for row in world.rows("forum") if row["pk"] == "feed#guests"]
    assert len(rows) == 1


# For whom it is


def test_it_shows_only_what_its_reader_may_read(
    world: World, li: Person, wang: Person, posted: Posted
) -> None:
    (secret,) = posted(li, 1, "members-only")
    (owners,) = posted(li, 1, audience=OWNERS)
    (tier,) = posted(li, 1, audience=Audience(tier_min=Tier.T3))
    (everyone,) = posted(li, 1)
    zhou = world.becomes_owner("zhou")
    assert set(ids_of(session(world, wang))) == {everyone.post_id}
    assert set(ids_of(session(world, None))) == {everyone.post_id}
    assert set(ids_of(session(world, zhou))) == {
        secret.post_id,
        owners.post_id,
        everyone.post_id,
    }
    assert tier.post_id not in ids_of(session(world, zhou))


def test_who_may_read_less_by_now_is_shown_less(world: World, li: Person, posted: Posted) -> None:
    zhou = world.becomes_owner("zhou")
    posted(li, 4, audience=OWNERS)
    first, cursor = page(world, zhou, limit=2)
    assert len(first) == 2
    import msgspec

    from community.commons.audience.rules import Identity

    members.change(
        zhou.member_id,
        lambda member: msgspec.structs.replace(member, identity=Identity.PROSPECT, badges=()),
    )
    assert page(world, zhou, cursor, 2)[0] == []


def test_ones_own_posts_and_those_of_whom_one_blocks_are_left_out(
    world: World, li: Person, posted: Posted
) -> None:
    zhou, sun = world.becomes_owner("zhou"), world.becomes_owner("sun")
    posted(zhou, 2)
    posted(li, 2)
    (from_sun,) = posted(sun, 1)
    world.later(seconds=1)
    blocks.block(zhou.member, li.member_id, now=world.now)
    assert ids_of(session(world, zhou)) == [from_sun.post_id]


def test_whom_one_blocks_meanwhile_is_gone_from_the_next_page(
    world: World, li: Person, wang: Person, posted: Posted
) -> None:
    posted(li, 6)
    _, cursor = page(world, wang, limit=3)
    blocks.block(wang.member, li.member_id, now=world.now)
    assert page(world, wang, cursor, 3)[0] == []


# Why


def test_it_says_why(world: World, li: Person, wang: Person, posted: Posted) -> None:
    zhou = world.becomes_owner("zhou")
    (by_li,) = posted(li, 1, OPEN_BOARD)
    (about_camping,) = posted(zhou, 1, OPEN_BOARD, topics=("露营",))
    (in_care,) = posted(zhou, 1, "car-care")
    for kind, target_id in (
        (Kind.MEMBER, li.member_id),
        (Kind.TOPIC, "露营"),
        (Kind.BOARD, "car-care"),
    ):
        world.later(seconds=1)
        follows.follow(wang.member, kind, target_id, now=world.now)
    whys = dict(session(world, wang))
    assert whys == {
        by_li.post_id: f"因为您关注了 {li.member.nickname}",
        about_camping.post_id: "因为您关注了 #露营",
        in_care.post_id: "因为您关注了 养车无忧",
    }


def test_what_one_said_of_oneself_is_where_it_begins(
    world: World, li: Person, wang: Person, posted: Posted
) -> None:
    (camping,) = posted(li, 1, OPEN_BOARD, topics=("露营",))
    posted(li, 8, OPEN_BOARD)
    told = Changes(interests=("camping",))
    profiles.change(wang.member, told, now=world.now)
    later(world)
    first = session(world, wang)[0]
    assert first == (camping.post_id, "因为您对 露营 感兴趣")


def test_a_car_that_one_cares_for_says_so(
    world: World, li: Person, wang: Person, posted: Posted
) -> None:
    (about_it,) = posted(li, 1, OPEN_BOARD, model="途观 L")
    tags.note(wang.member_id, {"model:途观l": 5}, at=world.now)
    assert session(world, wang)[0] == (about_it.post_id, "因为您对 途观L 感兴趣")


def test_what_one_follows_is_found_beyond_what_is_at_hand(
    world: World, li: Person, wang: Person, posted: Posted, monkeypatch: pytest.MonkeyPatch
) -> None:
    zhou = world.becomes_owner("zhou")
    (old,) = posted(zhou, 1, OPEN_BOARD)
    (camping,) = posted(zhou, 1, OPEN_BOARD, topics=("露营",))
    monkeypatch.setattr(feed, "WINDOW", 2)
    monkeypatch.setattr("community.forum.hot.service.top", lambda *_, **__: [])
    posted(li, 3, OPEN_BOARD)
    assert {old.post_id, camping.post_id}.isdisjoint(ids_of(session(world, wang)))
    follows.follow(wang.member, Kind.MEMBER, zhou.member_id, now=world.now)
    world.later(seconds=1)
    follows.follow(wang.member, Kind.TOPIC, "露营", now=world.now)
    assert {old.post_id, camping.post_id} < set(ids_of(session(world, wang)))


# What one did with it


def test_what_was_seen_sinks_in_later_sessions(
    world: World, li: Person, wang: Person, posted: Posted
) -> None:
    posted(li, 8)
    first, _ = page(world, wang, limit=4)
    tells(world, wang, ids_of(first), EventKind.SEEN)
    world.settle()
    second = ids_of(session(world, wang))
    assert set(second[-4:]) == set(ids_of(first))
    assert len(second) == 8


def test_a_batch_that_comes_again_changes_nothing(world: World, wang: Person, li: Person) -> None:
    events = [
        Event(post_id=f"01J000000000000000000000{n:02}", kind=EventKind.SEEN, at=world.now)
        for n in range(3)
    ]
    for _ in range(2):
        feed.note(wang.member, events, request_id="r1", now=world.now)
    (row,) = [row for row in world.rows("forum") if row["pk"] == f"feed#{wang.member_id}"]
    assert row["version"] == 1
    feed.note(wang.member, events, request_id="r2", now=world.now)
    assert records.seen_of(wang.member_id) == ["000000", "000001", "000002"]


def test_who_stays_on_a_post_or_opens_it_cares_for_what_it_is_about(
    world: World, li: Person, wang: Person, posted: Posted
) -> None:
    (camping,) = posted(li, 1, topics=("露营",))
    (mats,) = posted(li, 1, topics=("脚垫",))
    (short,) = posted(li, 1, topics=("音响",))
    tells(world, wang, [camping.post_id], EventKind.DWELLED, 15_000)
    tells(world, wang, [mats.post_id, "01J00000000000000000000000"], EventKind.CLICKED)
    tells(world, wang, [short.post_id], EventKind.DWELLED, 2_000)
    world.settle()
    strength = {held.tag_id: held.strength for held in tags.of(wang.member_id, now=world.now)}
    assert strength["topic:露营"] == 2
    assert strength["topic:脚垫"] == 1
    assert "topic:音响" not in strength
    assert (world.refused, world.dead) == ([], [])


def test_figures_say_what_is_done_with_feeds(
    world: World, wang: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: Counter[str] = Counter()
    monkeypatch.setattr(logs, "metric", lambda name, value=1, **_: told.update({name: value}))
    one, other = "01J00000000000000000000000", "01J00000000000000000000001"
    tells(world, wang, [one, other], EventKind.SEEN)
    tells(world, wang, [one, other], EventKind.DWELLED, 15_000)
    tells(world, wang, [other], EventKind.CLICKED)
    world.settle()
    figures = {name: value for name, value in told.items() if name.startswith("feed_")}
    assert figures == {"feed_seen": 5, "feed_dwelled": 30_000, "feed_clicked": 1}


def test_the_fact_says_everything_once(world: World, wang: Person) -> None:
    from community import facts

    post_id = "01J00000000000000000000000"
    tells(world, wang, [post_id], EventKind.DWELLED, 15_000)
    (row,) = [row for row in world.rows("forum") if row["pk"] == f"feed#{wang.member_id}"]
    fact = facts.read(row["fact"])
    assert isinstance(fact, FeedEventsNoted)
    assert (fact.seen, fact.dwelled, fact.clicked) == ((post_id,), {post_id: 15_000}, ())


def test_what_two_saw_who_are_one_they_saw_and_it_goes_back(world: World) -> None:
    old, new = world.joins("old"), world.joins("new")
    tells(world, old, ["01J00000000000000000000001"], EventKind.SEEN)
    tells(world, new, ["01J00000000000000000000002"], EventKind.SEEN)
    merge(world, old, new)
    assert records.seen_of(old.member_id) == ["000001", "000002"]
    assert records.seen_of(new.member_id) == []
    unmerge(world, new)
    assert records.seen_of(old.member_id) == ["000001"]
    assert records.seen_of(new.member_id) == ["000002"]
