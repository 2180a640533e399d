"""The order of a feed: interest × quality × recency, a share of the strange, seen posts last."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib import ids
from community.commons.audience.rules import EVERYONE, OWNERS, Audience, Identity, Tier
from community.forum.boards.rules import BOARDS_FROM_THE_START
from community.forum.feed import rules, texts
from community.forum.feed.rules import Event, EventKind, Lead, Pick, Reader
from community.forum.follows.rules import Follow, Kind
from community.forum.posts.rules import Author, Card, Counts
from community.people.tag_catalogue.rules import Source
from community.people.tags.rules import Held
from tests.builders import a_member, an_owner

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
BOARDS = {board.board_id: board for board in BOARDS_FROM_THE_START}
_numbers = count(1)


def a_card(*, hours_old: float = 1, author: str | None = None, likes: int = 0, **more: Any) -> Card:
    number = next(_numbers)
    return Card(
        **{
            "post_id": ids.new_id(NOW - timedelta(hours=hours_old), f"post {number}"),
            "board_id": "car-care",
            "author": Author(author or f"author-{number}", f"车友{number}", ()),
            "kind": "discussion",
            "title": "首保多少钱",
            "teaser": "大家花了多少？",
            "audience": EVERYONE,
            "counts": Counts(likes=likes),
            **more,
        }
    )


def ranked(cards: Sequence[Card], seed: str = "s", **reader: Any) -> list[Pick]:
    known = Reader(**{"member": a_member(), **reader})
    return rules.ranked(cards, known, led={}, boards=BOARDS, now=NOW, seed=seed)


def order(picks: Sequence[Pick]) -> list[str]:
    return [pick.post_id for pick in picks]


def by_why(picks: Sequence[Pick]) -> dict[str, str]:
    return {pick.post_id: pick.why for pick in picks}


# Interest, quality, recency


def test_whom_one_follows_comes_first() -> None:
    followed, popular = a_card(author="zhou"), a_card(likes=3)
    assert order(ranked([popular, followed], authors=frozenset({"zhou"})))[0] == followed.post_id


def test_what_others_like_comes_before_what_nobody_does() -> None:
    plain, liked = a_card(), a_card(likes=20)
    assert order(ranked([plain, liked])) == [liked.post_id, plain.post_id]


def test_what_staff_featured_comes_before_the_same() -> None:
    plain, featured = a_card(likes=3), a_card(likes=3, featured=True)
    assert order(ranked([plain, featured])) == [featured.post_id, plain.post_id]


def test_the_young_comes_before_the_old() -> None:
    old, young = a_card(hours_old=40), a_card(hours_old=1)
    assert order(ranked([old, young])) == [young.post_id, old.post_id]


def test_nobody_fills_a_page_alone() -> None:
    many = [a_card(author="zhou", likes=5) for _ in range(10)]
    other = a_card(likes=2)
    assert order(ranked([*many, other])).index(other.post_id) < 5


def test_official_posts_are_for_whom_their_board_is() -> None:
    news = a_card(kind="article", board_id="new-launches")
    deals = a_card(kind="announcement", board_id="accessory-deals")
    prospect = ranked([news, deals], member=a_member())
    assert by_why(prospect)[news.post_id] == "官方资讯 · 选车参考"
    assert by_why(prospect)[deals.post_id] in (texts.NEW, texts.EXPLORED)
    owner = ranked([news, deals], member=an_owner())
    assert set(by_why(owner).values()) == {"官方资讯 · 为车主推荐"}


def test_official_posts_are_for_whom_their_title_is_on_whatever_board() -> None:
    drive = a_card(kind="article", board_id="car-care", title="周末试驾")
    trade = a_card(kind="article", board_id="new-car-shopping", title="老车置换补贴")
    pick_up = a_card(kind="announcement", board_id="car-care", title="提车流程")
    written = a_card(title="我的试驾、提车、置换")
    cards = [drive, trade, pick_up, written]

    def official(identity: Identity, board_id: str) -> set[str]:
        """Those that are for somebody by their title alone."""
        whys = by_why(ranked(cards, member=a_member(identity=identity)))
        by_id = {card.post_id: card for card in cards}
        told = {by_id[p] for p, why in whys.items() if why == texts.official(identity)}
        return {card.title for card in told if card.board_id == board_id}

    assert official(Identity.PROSPECT, "car-care") == {"周末试驾"}
    assert official(Identity.DEPOSIT_HOLDER, "car-care") == {"提车流程"}
    assert official(Identity.OWNER, "new-car-shopping") == {"老车置换补贴"}


@pytest.mark.parametrize(
    ("identity", "first"),
    [(Identity.PROSPECT, "试驾"), (Identity.DEPOSIT_HOLDER, "活动"), (Identity.OWNER, "活动")],
)
def test_of_official_news_for_everybody_that_of_ones_own_comes_first(
    identity: Identity, first: str
) -> None:
    news = [a_card(kind="article", board_id="new-launches", title=t) for t in ("活动", "试驾")]
    (best, *_) = ranked(news, member=a_member(identity=identity))
    assert best.post_id == {card.title: card.post_id for card in news}[first]


# Seen before


def test_what_was_seen_sinks_below_everything_new() -> None:
    cards = [a_card(likes=number) for number in range(30)]
    best = order(ranked(cards))[:10]
    seen = frozenset(map(rules.tail, best))
    again = order(ranked(cards, seen=seen))
    assert set(again[-10:]) == set(best)
    assert len(again) == 30


def test_what_was_seen_is_bounded_and_the_latest_stays() -> None:
    post_ids = [a_card().post_id for _ in range(rules.SEEN_MAX + 20)]
    seen = ""
    for at in range(0, len(post_ids), 50):
        seen = rules.with_seen(seen, post_ids[at : at + 50])
    assert len(seen) == rules.SEEN_MAX * rules.SEEN_CHARS
    assert rules.tails(seen) == [rules.tail(post_id) for post_id in post_ids[20:]]
    assert rules.with_seen(seen, post_ids[30:40]) == seen


# Exploring


def test_a_share_of_each_page_is_strange_to_the_member_and_says_so() -> None:
    followed = [a_card(author="zhou", likes=5) for _ in range(60)]
    strange = [a_card(hours_old=50) for _ in range(60)]
    picks = ranked([*followed, *strange], authors=frozenset({"zhou"}))
    for page in (picks[:20], picks[20:40], picks[40:60]):
        explored = [pick.post_id for pick in page if pick.why == texts.EXPLORED]
        assert len(explored) == rules.EXPLORED
        assert set(explored) <= {card.post_id for card in strange}
    assert picks[0].why != texts.EXPLORED


def test_the_same_session_comes_out_the_same_and_another_differs() -> None:
    cards = [a_card(hours_old=number, author="zhou" if number else None) for number in range(60)]
    cards += [a_card(hours_old=number) for number in range(20)]
    zhou = frozenset({"zhou"})
    assert ranked(cards, seed="one", authors=zhou) == ranked(cards, seed="one", authors=zhou)
    assert ranked(cards, seed="one", authors=zhou) != ranked(cards, seed="two", authors=zhou)


def test_of_whom_nothing_is_known_nothing_is_strange() -> None:
    picks = ranked([a_card(hours_old=number) for number in range(60)])
    assert texts.EXPLORED not in by_why(picks).values()


# Where to look


def test_what_weighs_more_is_looked_at_more_often_and_everything_in_its_turn() -> None:
    follows = [Follow(Kind.MEMBER, "zhou"), Follow(Kind.TOPIC, "露营"), Follow(Kind.BOARD, "b")]
    cares = {"model:途观l": 1.0, "topic:脚垫": 0.2, "board:car-care": 1.0, "topic:音响": 0.0}
    drawn: Counter[str] = Counter()
    for number in range(300):
        found = rules.sources(follows, cares, f"session-{number}")
        assert len(found) == rules.SOURCES_MAX == len(set(found))
        drawn.update(source.id for source in found)
    assert set(drawn) == {"zhou", "露营", "途观l", "脚垫"}
    assert drawn["zhou"] > drawn["脚垫"] > 0


def test_a_source_says_why() -> None:
    assert rules.Source(rules.FOLLOWS_TOPIC, "topic", "露营").why == "因为您关注了 #露营"
    assert rules.Source(2.0, "model", "途观l").why == "因为您对 途观L 感兴趣"


# Why


def test_the_strongest_reason_is_told() -> None:
    card = a_card(author="zhou")
    everything = Reader(
        member=a_member(),
        authors=frozenset({"zhou"}),
        boards=frozenset({"car-care"}),
        cares={"car-care": 1.0},
    )
    led = {card.post_id: [Lead(2.0, "因为您对 途观L 感兴趣")]}

    def why(reader: Reader) -> str:
        (pick,) = rules.ranked([card], reader, led=led, boards=BOARDS, now=NOW, seed="s")
        return pick.why

    assert why(everything) == f"因为您关注了 {card.author.nickname}"
    assert why(Reader(boards=frozenset({"car-care"}))) == "因为您对 途观L 感兴趣"


@pytest.mark.parametrize(
    ("reader", "why"),
    [
        ({"boards": frozenset({"car-care"})}, "因为您关注了 养车无忧"),
        ({"cares": {"car-care": 0.4}}, "因为您对 养车无忧 感兴趣"),
        ({}, "新鲜发布"),
    ],
)
def test_each_reason_has_its_words(reader: dict[str, Any], why: str) -> None:
    assert ranked([a_card()], **reader)[0].why == why


def test_what_many_like_says_so() -> None:
    assert ranked([a_card(likes=5)])[0].why == "大家都在看"


# Interests


def held(tag_id: str, strength: float) -> Held:
    return Held(
        tag_id=tag_id,
        name=tag_id,
        group="兴趣",
        source=Source.BEHAVIOUR,
        strength=strength,
        noted_on=NOW.date(),
    )


def test_interests_are_shares_of_the_strongest() -> None:
    tags = [held("topic:露营", 8), held("board:car-care", 2), held("city:上海", 5), held("vip", 5)]
    assert rules.interests(tags) == {"topic:露营": 1.0, "board:car-care": 0.25}


def test_a_car_that_one_has_or_wants_is_one_to_care_for() -> None:
    tags = [held("owns-model:途观l", 5), held("model:途观l", 1), held("buys-model:id.4x", 4)]
    assert rules.interests(tags) == {"model:途观l": 1.0, "model:id.4x": 0.8}


# Everything, whatever it is

CARDS = st.lists(
    st.builds(
        lambda hours, author, likes: a_card(hours_old=hours, author=f"a{author}", likes=likes),
        st.floats(0, 500),
        st.integers(0, 5),
        st.integers(0, 50),
    ),
    max_size=130,
)


@given(CARDS, st.sets(st.integers(0, 129)), st.frozensets(st.sampled_from(["a0", "a1"])), st.text())
def test_each_post_stands_there_once_and_none_is_lost(
    cards: list[Card], seen_at: set[int], authors: frozenset[str], seed: str
) -> None:
    seen = frozenset(rules.tail(cards[at].post_id) for at in seen_at if at < len(cards))
    picks = order(ranked(cards, seed, seen=seen, authors=authors))
    assert len(picks) == len(set(picks)) == min(len(cards), rules.SESSION_MAX)
    assert set(picks) <= {card.post_id for card in cards}
    is_seen = [rules.tail(post_id) in seen for post_id in picks]
    assert is_seen == sorted(is_seen)


AUDIENCES = st.builds(
    Audience,
    identity=st.lists(st.sampled_from(Identity), unique=True, max_size=3).map(tuple),
    tier_min=st.none() | st.sampled_from(Tier),
    tags_any=st.lists(st.sampled_from(["a", "b"]), unique=True).map(tuple),
)
VIEWERS = st.none() | st.builds(
    lambda identity, tier, tags, blocked: a_member(
        identity=identity, tier=tier, tags=tags, blocked=blocked
    ),
    st.sampled_from(Identity),
    st.sampled_from(Tier),
    st.sampled_from([(), ("a",), ("b", "c")]),
    st.sampled_from([(), ("a1",)]),
)


def lets_in(viewer: Any, audience: Audience) -> bool:
    """Said naively."""
    if audience == EVERYONE:
        return True
    if viewer is None:
        return False
    return (
        (not audience.identity or viewer.identity in audience.identity)
        and (audience.tier_min is None or viewer.tier >= audience.tier_min)
        and (not audience.tags_any or bool({*audience.tags_any} & {*viewer.tags}))
    )


@given(VIEWERS, AUDIENCES, AUDIENCES)
def test_nobody_is_shown_what_is_not_for_them(viewer: Any, read: Audience, own: Audience) -> None:
    import msgspec

    board = msgspec.structs.replace(BOARDS["car-care"], read=read)
    card = a_card(author="a1", audience=own)
    allowed = lets_in(viewer, read) and lets_in(viewer, own)
    blocks = viewer is not None and "a1" in viewer.blocked
    assert rules.may_see(viewer, card, {"car-care": board}) == (allowed and not blocks)


def test_a_post_of_a_board_that_is_gone_is_not_shown() -> None:
    assert not rules.may_see(an_owner(), a_card(board_id="nowhere"), BOARDS)
    assert rules.may_see(an_owner(), a_card(board_id="members-only", audience=OWNERS), BOARDS)


# What somebody did


def test_of_a_batch_each_post_counts_once() -> None:
    one, two = a_card().post_id, a_card().post_id

    def event(post_id: str, kind: EventKind, second: int, ms: int | None = None) -> Event:
        at = NOW + timedelta(seconds=second)
        return Event(post_id=post_id, kind=kind, at=at, ms=ms)

    done = rules.done_of(
        [
            event(two, EventKind.CLICKED, 9),
            event(one, EventKind.DWELLED, 2, 3_000),
            event(one, EventKind.DWELLED, 5, 12_000),
            event(one, EventKind.SEEN, 1),
            event(two, EventKind.CLICKED, 8),
        ]
    )
    assert done == ((one, two), {one: 12_000}, (two,))
