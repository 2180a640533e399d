"""Tags: signs fade, come in any order, and the weakest fall out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from community.people.tag_catalogue.rules import CATALOGUE_FROM_THE_START
from community.people.tags import fading, rules
from community.people.tags.fading import FORTNIGHT, GONE_BELOW, PUT, WEIGHT_MAX, Sign
from community.people.tags.rules import MEMBER_TAGS_MAX, NOTHING, Kept, TagsClosed

TODAY = 20_780
CATALOGUE = {tag.tag_id: tag for tag in CATALOGUE_FROM_THE_START}
WEIGHTS = st.integers(1, WEIGHT_MAX)
Seen = tuple[int, Sign]


def a_sign(
    tag_id: str = "topic:露营", weight: int = 1, half_life: int = 30, lifetime: int = 0
) -> Sign:
    return Sign(tag_id, weight, half_life, lifetime)


def seen(signs: Sequence[Seen], kept: Kept = NOTHING) -> Kept:
    """What is kept after signs were told, in this order, each with its day."""
    for day, sign in signs:
        kept = rules.with_signs(kept, [sign], day=day)
    return kept


def ids(kept: Kept, day: int = TODAY) -> set[str]:
    return {held.tag_id for held in rules.shown(kept, CATALOGUE, day=day)}


def strength(kept: Kept, day: int = TODAY) -> float:
    """Of the one tag that is there."""
    (noted,) = kept.own.tags
    return fading.strength(noted, day, begins=kept.own.begins)


# Fading


@pytest.mark.parametrize(("days", "left"), [(0, 4), (30, 2), (60, 1), (90, 0.5)])
def test_a_sign_halves_with_every_half_life(days: int, left: float) -> None:
    kept = seen([(TODAY, a_sign(weight=4))])
    assert strength(kept, TODAY + days) == pytest.approx(left)


def test_a_tag_that_is_too_weak_is_gone() -> None:
    kept = seen([(TODAY, a_sign(weight=4))])
    assert ids(kept, TODAY + 90) == {"topic:露营"}
    assert ids(kept, TODAY + 91) == set()


def test_signs_of_several_days_add_up() -> None:
    kept = seen([(TODAY - 30, a_sign(weight=2)), (TODAY, a_sign(weight=3))])
    assert strength(kept) == pytest.approx(4, abs=0.001)


def test_of_a_day_the_heaviest_sign_counts() -> None:
    kept = seen([(TODAY, a_sign(weight=weight)) for weight in (1, 5, 2)])
    assert strength(kept) == 5


def test_a_tag_without_half_life_stays_as_it_is() -> None:
    kept = seen([(TODAY, a_sign("vip", PUT, half_life=0))])
    assert strength(kept, TODAY + 3_650) == PUT


def test_a_tag_is_over_after_its_lifetime() -> None:
    kept = seen([(TODAY, a_sign("vip", PUT, half_life=0, lifetime=30))])
    assert ids(kept, TODAY + 29) == {"vip"}
    assert ids(kept, TODAY + 30) == set()


def test_a_lifetime_begins_anew_with_every_sign() -> None:
    sign = a_sign("vip", PUT, half_life=0, lifetime=30)
    kept = seen([(TODAY, sign), (TODAY + 20, sign), (TODAY + 10, sign)])
    assert ids(kept, TODAY + 49) == {"vip"}
    assert ids(kept, TODAY + 50) == set()


@given(
    st.lists(st.tuples(st.integers(TODAY - 100, TODAY), WEIGHTS), min_size=1, max_size=30),
    st.integers(0, 400),
    st.integers(1, 400),
    st.integers(1, 365),
)
def test_no_tag_gets_stronger_by_itself(
    days: list[tuple[int, int]], wait: int, more: int, half_life: int
) -> None:
    signs = [(day, a_sign(weight=weight, half_life=half_life)) for day, weight in sorted(days)]
    kept = seen(signs)
    assert strength(kept, TODAY + wait + more) <= strength(kept, TODAY + wait)
    assert 0 <= strength(kept, TODAY) <= WEIGHT_MAX * len({day for day, _ in days})


@given(
    st.lists(st.tuples(st.integers(TODAY - 300, TODAY), WEIGHTS), min_size=1, max_size=60),
    st.integers(1, 90),
)
def test_what_is_folded_is_the_sum_but_for_what_was_too_weak(
    days: list[tuple[int, int]], half_life: int
) -> None:
    """Each fortnight, what is left of older signs may be forgotten where it is less than half a sign."""
    kept = seen([(day, a_sign(weight=w, half_life=half_life)) for day, w in sorted(days)])
    heaviest = {day: max(w for d, w in days if d == day) for day, _ in days}
    exact = sum(w * 2 ** (-(TODAY - day) / half_life) for day, w in heaviest.items())
    forgotten = GONE_BELOW / (1 - 2 ** (-FORTNIGHT / half_life))
    assert exact - forgotten - 0.1 <= strength(kept) <= exact + 0.1


@given(
    st.lists(st.tuples(st.integers(TODAY - 60, TODAY), WEIGHTS), min_size=1, max_size=20),
    st.integers(1, 90),
    st.integers(0, 500),
)
def test_a_tag_is_there_as_long_as_it_is_strong_enough(
    days: list[tuple[int, int]], half_life: int, wait: int
) -> None:
    signs = [(day, a_sign(weight=weight, half_life=half_life)) for day, weight in sorted(days)]
    kept, day = seen(signs), TODAY + wait
    left = strength(kept, day)
    if abs(left - GONE_BELOW) > 1e-9:
        assert (ids(kept, day) != set()) == (left >= GONE_BELOW)


# Twice, late, in any order


def shuffled_within_a_fortnight(signs: Sequence[Seen], random: Random) -> list[Seen]:
    """As queues bring them: each up to a fortnight late, and some of them twice."""
    told = [(day + random.uniform(0, FORTNIGHT), day, sign) for day, sign in [*signs, *signs]]
    return [(day, sign) for _, day, sign in sorted(told, key=lambda each: each[0])]


@given(
    st.lists(
        st.builds(
            lambda day, tag, weight: (day, a_sign(f"topic:{tag}", weight, half_life=7 * (tag + 1))),
            st.integers(TODAY - 90, TODAY),
            st.integers(0, 3),
            WEIGHTS,
        ),
        max_size=40,
    ),
    st.randoms(use_true_random=False),
)
def test_signs_that_come_twice_late_and_in_any_order_leave_the_same(
    signs: list[Seen], random: Random
) -> None:
    in_order = seen(sorted(signs, key=lambda each: each[0]))
    assert seen(shuffled_within_a_fortnight(signs, random)) == in_order


@given(st.integers(0, FORTNIGHT), st.integers(1, WEIGHT_MAX))
def test_a_sign_that_says_nothing_new_changes_nothing(late: int, weight: int) -> None:
    kept = seen([(TODAY - late, a_sign(weight=WEIGHT_MAX)), (TODAY, a_sign())])
    assert seen([(TODAY - late, a_sign(weight=weight))], kept) is kept


def test_a_sign_that_is_told_a_month_late_does_not_count() -> None:
    kept = seen([(TODAY, a_sign())])
    assert seen([(TODAY - 30, a_sign(weight=9))], kept) is kept


def test_what_stays_may_be_told_as_late_as_one_likes() -> None:
    kept = seen([(TODAY, a_sign()), (TODAY - 3_000, a_sign("vip", PUT, half_life=0))])
    assert ids(kept) == {"topic:露营", "vip"}


def test_what_is_over_leaves_the_row() -> None:
    kept = seen(
        [
            (TODAY, a_sign("topic:越野", half_life=7)),
            (TODAY, a_sign("newcomer", PUT, half_life=0, lifetime=30)),
            (TODAY + 90, a_sign()),
        ]
    )
    assert [noted.tag_id for noted in kept.own.tags] == ["topic:露营"]


# How many


@settings(max_examples=10)
@given(st.randoms(use_true_random=False))
def test_the_weakest_fall_out_whatever_the_order(random: Random) -> None:
    signs = [(TODAY, a_sign(f"topic:{n}", 2 if n < MEMBER_TAGS_MAX else 1)) for n in range(230)]
    random.shuffle(signs)
    assert ids(seen(signs)) == {f"topic:{n}" for n in range(MEMBER_TAGS_MAX)}


def test_what_somebody_said_outlasts_what_somebody_looked_at() -> None:
    kept = seen([(TODAY - 300, a_sign("vip", PUT, half_life=0))])
    kept = seen([(TODAY, a_sign(f"topic:{n}")) for n in range(MEMBER_TAGS_MAX)], kept)
    assert len(ids(kept)) == MEMBER_TAGS_MAX
    assert "vip" in ids(kept)


@pytest.mark.parametrize(("tags", "bytes_max"), [(30, 1_800), (MEMBER_TAGS_MAX, 12_000)])
def test_a_row_is_small(tags: int, bytes_max: int) -> None:
    """30 tags of a busy month, with the member and their sessions, fit in the 4 KB of one read."""
    names = [f"topic:自驾露营{n}" for n in range(tags)]
    kept = seen([(TODAY - back, a_sign(name)) for back in (40, 9, 0) for name in names])
    assert len(rules.written(kept).encode()) <= bytes_max


def test_what_is_written_is_read_again_as_it_was() -> None:
    kept = rules.joined_by(seen([(TODAY, a_sign())]), {"gone": seen([(TODAY, a_sign("vip"))]).own})
    assert rules.read(rules.written(kept)) == kept
    assert rules.read(rules.written(NOTHING)) == NOTHING


# Members who are one person


def test_of_what_two_were_noted_with_the_stronger_holds() -> None:
    kept = seen([(TODAY, a_sign(weight=2)), (TODAY, a_sign("topic:越野", 5))])
    gone = seen([(TODAY, a_sign(weight=3)), (TODAY, a_sign("topic:越野", 1))])
    both = rules.joined_by(kept, rules.layers_of("gone", gone))
    strengths = {held.tag_id: held.strength for held in rules.shown(both, CATALOGUE, day=TODAY)}
    assert strengths == {"topic:露营": 3, "topic:越野": 5}


def test_what_came_along_goes_back_and_what_was_noted_since_stays() -> None:
    kept, gone = seen([(TODAY, a_sign())]), seen([(TODAY, a_sign("topic:越野"))])
    layers = rules.layers_of("gone", gone)
    since = seen([(TODAY + 1, a_sign("topic:改装"))], rules.joined_by(kept, layers))
    assert ids(since, TODAY + 1) == {"topic:露营", "topic:越野", "topic:改装"}
    assert ids(rules.left_by(since, layers), TODAY + 1) == {"topic:露营", "topic:改装"}


def test_two_together_have_no_more_than_one_may_have() -> None:
    kept = seen([(TODAY, a_sign(f"topic:a{n}", 2)) for n in range(150)])
    gone = seen([(TODAY, a_sign(f"topic:b{n}", 1)) for n in range(150)])
    both = rules.joined_by(kept, rules.layers_of("gone", gone))
    assert len(ids(both)) == MEMBER_TAGS_MAX
    assert {f"topic:a{n}" for n in range(150)} <= ids(both)


# Closed


def test_of_somebody_whose_tags_are_closed_nothing_is_kept_or_noted() -> None:
    kept = rules.joined_by(seen([(TODAY, a_sign())]), {"gone": seen([(TODAY, a_sign("vip"))]).own})
    closed = rules.closed(kept)
    assert ids(closed) == set()
    assert rules.with_signs(closed, [a_sign()], day=TODAY) is closed
    assert ids(rules.joined_by(closed, {"other": kept.own})) == set()
    with pytest.raises(TagsClosed):
        rules.check_open(closed)


def test_tags_that_are_open_again_start_with_nothing() -> None:
    reopened = rules.reopened(rules.closed(seen([(TODAY, a_sign())])))
    rules.check_open(reopened)
    assert ids(reopened) == set()
    assert ids(rules.with_signs(reopened, [a_sign()], day=TODAY)) == {"topic:露营"}


# Days


def test_days_begin_at_midnight_in_beijing() -> None:
    midnight = datetime(2026, 11, 22, 16, tzinfo=UTC)
    assert rules.day_of(midnight) == rules.day_of(midnight - timedelta(seconds=1)) + 1


def test_a_tag_says_when_it_was_last_noted() -> None:
    at = datetime(2026, 11, 22, 4, tzinfo=UTC)
    kept = rules.with_signs(NOTHING, [a_sign()], day=rules.day_of(at))
    (held,) = rules.shown(kept, CATALOGUE, day=rules.day_of(at))
    assert msgspec.to_builtins(held) == {
        "tag_id": "topic:露营",
        "name": "露营",
        "group": "兴趣",
        "source": "behaviour",
        "strength": 1.0,
        "noted_on": "2026-11-22",
    }
