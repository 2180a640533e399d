"""How hot a post is: by what others think of it, and when it was born."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib import ids
from community.commons.audience.rules import EVERYONE
from community.forum.hot import rules
from community.forum.posts.rules import Author, Card, Counts

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


def a_card(born: datetime = NOW, **counts: Any) -> Card:
    return Card(
        post_id=ids.new_id(born, "card"),
        board_id="car-care",
        author=Author("m", "车友", ()),
        kind="discussion",
        title="题",
        teaser="引",
        audience=EVERYONE,
        counts=Counts(**counts),
    )


def test_a_post_ten_times_as_good_stands_with_one_that_is_half_a_day_younger() -> None:
    older = a_card(NOW - timedelta(seconds=rules.TIMES_TEN_S), likes=100)
    assert rules.score(older) == pytest.approx(rules.score(a_card(likes=10)))


def test_nothing_and_one_point_are_the_same() -> None:
    assert rules.score(a_card()) == rules.score(a_card(likes=1))


def test_views_say_nothing() -> None:
    assert rules.points(Counts(views=1_000)) == 0


@pytest.mark.parametrize(
    ("more", "less"),
    [("useful", "likes"), ("comments", "likes"), ("favourites", "useful"), ("shares", "comments")],
)
def test_what_costs_more_counts_more(more: str, less: str) -> None:
    assert rules.points(Counts(**{more: 1})) > rules.points(Counts(**{less: 1}))


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2060, 1, 1)),
    st.integers(0, 10**7),
    st.integers(0, 10**7),
)
def test_places_sort_as_scores_do(born: datetime, one: int, other: int) -> None:
    """They are texts, in an index."""
    born = born.replace(tzinfo=UTC)
    cards = [a_card(born, likes=one), a_card(NOW, likes=other)]
    by_score = sorted(cards, key=lambda card: (round(rules.score(card), 7), card.post_id))
    assert sorted(cards, key=rules.place_of) == by_score
    assert all(math.isfinite(rules.score(card)) for card in cards)
