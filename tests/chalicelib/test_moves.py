"""Rows that become another's and go back: none is lost, whenever it stops and whatever happens meanwhile."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib import moves, tables
from chalicelib.errors import Unavailable
from chalicelib.joins import Kind
from chalicelib.moves import Unfinished
from chalicelib.tables import Row, table_name

pytestmark = pytest.mark.usefixtures("platform_table")


class CoinRow(Row):
    """So many coins in a box."""

    class Meta:
        table_name = table_name("platform")

    coins = NumberAttribute(default=0)
    note = UnicodeAttribute(null=True)


class KeyRow(Row):
    class Meta:
        table_name = table_name("platform")

    owner = UnicodeAttribute()


def more(one: CoinRow, other: CoinRow) -> CoinRow:
    one.coins += other.coins
    return one


def less(both: CoinRow, one: CoinRow) -> CoinRow:
    both.coins = max(0, both.coins - one.coins)
    return both


COINS = Kind(row=CoinRow, starting="box#", joined=more, parted=less)
Boxes = Mapping[str, Mapping[str, int]]


def put(boxes: Boxes) -> None:
    for who, theirs in boxes.items():
        for box, coins in theirs.items():
            CoinRow(who, f"box#{box}", coins=coins).save()


def boxes(*who: str) -> dict[str, dict[str, int]]:
    found = {each: list(moves.rows(COINS, source=each)) for each in who or ("li", "wang", "zhao")}
    return {
        each: {row.sk.removeprefix("box#"): int(row.coins) for row in rows}
        for each, rows in found.items()
        if rows
    }


def move(source: str, target: str, mark: str = "m1") -> None:
    moves.move(COINS, source=source, target=target, mark=mark)


def back(source: str, target: str, mark: str = "m1") -> None:
    moves.move_back(COINS, source=source, target=target, mark=mark)


class Crash(BaseException):
    """The Lambda is gone in the middle."""


@pytest.fixture
def before_each_write() -> Iterator[Callable[[Callable[[int], None]], None]]:
    """Let something happen before each transaction; it is told how many there were."""
    events = tables.connection().client.meta.events
    told: list[Callable[[int], None]] = []
    count = 0

    def happen(**_: Any) -> None:
        nonlocal count
        count += 1
        for each in told:
            each(count)

    name = "before-call.dynamodb.TransactWriteItems"
    events.register(name, happen)
    yield told.append
    events.unregister(name, happen)


def test_rows_become_anothers() -> None:
    put({"wang": {"a": 1, "b": 2}, "li": {"c": 3}})
    move("wang", "li")
    assert boxes() == {"li": {"a": 1, "b": 2, "c": 3}}


def test_only_rows_of_the_kind_go() -> None:
    put({"wang": {"a": 1}})
    KeyRow("wang", "key", owner="wang").save()
    move("wang", "li")
    assert KeyRow.get("wang", "key").owner == "wang"


def test_two_that_meet_are_joined() -> None:
    put({"wang": {"a": 1}, "li": {"a": 10}})
    move("wang", "li")
    assert boxes() == {"li": {"a": 11}}


def test_all_goes_back_as_it_was() -> None:
    before = {"wang": {"a": 1, "b": 2}, "li": {"a": 10, "c": 3}}
    put(before)
    move("wang", "li")
    back("li", "wang")
    assert boxes() == before


def test_what_changed_since_is_parted_as_the_kind_knows() -> None:
    put({"wang": {"a": 5}, "li": {"a": 10}})
    move("wang", "li")
    CoinRow("li", "box#a").update([CoinRow.coins.add(-2)])
    back("li", "wang")
    assert boxes() == {"wang": {"a": 5}, "li": {"a": 8}}


def test_what_came_whole_goes_back_as_it_is_now() -> None:
    put({"wang": {"a": 5}})
    move("wang", "li")
    CoinRow("li", "box#a").update([CoinRow.coins.add(2)])
    back("li", "wang")
    assert boxes() == {"wang": {"a": 7}}


def test_what_comes_late_comes_to_its_own() -> None:
    put({"wang": {"a": 1, "b": 1}, "li": {"a": 10}})
    move("wang", "li")
    put({"wang": {"a": 3, "b": 4}})
    move("wang", "li")
    assert boxes() == {"li": {"a": 14, "b": 5}}
    back("li", "wang")
    assert boxes() == {"wang": {"a": 4, "b": 5}, "li": {"a": 10}}


def test_what_is_there_again_when_it_goes_back_is_joined() -> None:
    put({"wang": {"a": 1}})
    move("wang", "li")
    put({"wang": {"a": 3}})
    back("li", "wang")
    assert boxes() == {"wang": {"a": 4}}


def test_a_chain_goes_back_link_by_link() -> None:
    before = {"zhao": {"a": 1, "b": 1}, "wang": {"a": 10}, "li": {"a": 100}}
    put(before)
    move("zhao", "wang", "m1")
    move("wang", "li", "m2")
    assert boxes() == {"li": {"a": 111, "b": 1}}
    back("li", "wang", "m2")
    assert boxes() == {"wang": {"a": 11, "b": 1}, "li": {"a": 100}}
    back("wang", "zhao", "m1")
    assert boxes() == before


@pytest.mark.parametrize("first", ["m1", "m2"])
def test_two_that_came_to_one_go_back_in_any_order(first: str) -> None:
    before = {"zhao": {"a": 1, "b": 1}, "wang": {"a": 10, "b": 10}, "li": {"a": 100}}
    put(before)
    move("zhao", "li", "m1")
    move("wang", "li", "m2")
    assert boxes() == {"li": {"a": 111, "b": 11}}
    for mark in sorted(("m1", "m2"), reverse=first == "m2"):
        back("li", {"m1": "zhao", "m2": "wang"}[mark], mark)
    assert boxes() == before


def test_told_twice_nothing_happens() -> None:
    put({"wang": {"a": 1}, "li": {"a": 10}})
    for _ in range(2):
        move("wang", "li")
    for _ in range(2):
        back("li", "wang")
    assert boxes() == {"wang": {"a": 1}, "li": {"a": 10}}


@pytest.mark.parametrize("crash_at", range(1, 8))
def test_after_a_crash_at_any_row_it_goes_on(
    before_each_write: Callable[[Callable[[int], None]], None], crash_at: int
) -> None:
    before = {"wang": {"a": 1, "b": 2, "c": 3}, "li": {"a": 10}}
    put(before)

    def crash(count: int) -> None:
        if count == crash_at:
            raise Crash

    before_each_write(crash)
    for do in (lambda: move("wang", "li"), lambda: back("li", "wang")):
        try:
            do()
        except Crash:
            do()
    assert boxes() == before


def test_what_changes_while_it_is_moved_is_looked_at_again(
    before_each_write: Callable[[Callable[[int], None]], None],
) -> None:
    put({"wang": {"a": 1}, "li": {"a": 10}})

    def somebody_pays(count: int) -> None:
        if count <= 2:
            CoinRow("wang", "box#a").update([CoinRow.coins.add(1)])
            CoinRow("li", "box#a").update([CoinRow.note.set("paid")])

    before_each_write(somebody_pays)
    move("wang", "li")
    assert (boxes(), CoinRow.get("li", "box#a").note) == ({"li": {"a": 13}}, "paid")


def test_what_changes_again_and_again_is_left_for_later(
    before_each_write: Callable[[Callable[[int], None]], None],
) -> None:
    put({"wang": {"a": 1}})
    before_each_write(lambda _: put({"wang": {"a": 1 + int(CoinRow.get("wang", "box#a").coins)}}))
    with pytest.raises(Unavailable):
        move("wang", "li")
    assert "li" not in boxes()


def test_very_many_go_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moves, "AT_ONCE_MAX", 4)
    monkeypatch.setattr(moves, "PAGE_MAX", 3)
    put({"wang": {f"{number}": number for number in range(10)}})
    calls = 0
    while boxes("wang"):
        calls += 1
        try:
            move("wang", "li")
        except Unfinished:
            continue
    assert (calls, len(boxes()["li"])) == (3, 10)


def test_a_fact_is_not_told_a_second_time() -> None:
    CoinRow("wang", "box#a", coins=1, fact="{}").save()
    move("wang", "li")
    assert CoinRow.get("li", "box#a").fact is None


def test_rows_can_be_forgotten() -> None:
    put({"wang": {"a": 1, "b": 2}, "li": {"a": 10}})
    moves.forget(COINS, source="wang")
    assert boxes() == {"li": {"a": 10}}


def test_an_attribute_that_the_kind_does_not_declare_is_not_dropped_in_silence() -> None:
    KeyRow("wang", "box#a", owner="wang").save()
    with pytest.raises(AssertionError):
        move("wang", "li")
    assert KeyRow.get("wang", "box#a").owner == "wang"


class Step(NamedTuple):
    source: str
    target: str
    mark: str


TREES = (
    (Step("zhao", "wang", "m1"), Step("wang", "li", "m2")),
    (Step("zhao", "li", "m1"), Step("wang", "li", "m2")),
    (Step("wang", "li", "m1"), Step("zhao", "li", "m2")),
)
SOME_BOXES = st.dictionaries(st.sampled_from("abc"), st.integers(1, 9))


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    before=st.fixed_dictionaries(dict.fromkeys(("li", "wang", "zhao"), SOME_BOXES)),
    steps=st.sampled_from(TREES),
    late=st.dictionaries(st.sampled_from("abcd"), st.integers(1, 9)),
)
def test_whatever_meets_whatever_no_coin_is_lost_and_all_goes_back(
    before: Boxes, steps: tuple[Step, ...], late: Mapping[str, int]
) -> None:
    for who in before:
        moves.forget(COINS, source=who)
    put(before)
    for step in steps:
        move(*step)
    put({steps[0].source: late})
    for step in steps:
        move(*step)
    everything = sum(sum(theirs.values()) for theirs in (*before.values(), late))
    assert sum(sum(theirs.values()) for theirs in boxes().values()) == everything
    for step in reversed(steps):
        back(step.target, step.source, step.mark)
    expected = {who: dict(theirs) for who, theirs in before.items()}
    for box, coins in late.items():
        theirs = expected[steps[0].source]
        theirs[box] = theirs.get(box, 0) + coins
    assert boxes() == {who: theirs for who, theirs in expected.items() if theirs}


# Rows with keys of their own


def keys(who: str) -> dict[str, str]:
    return {row.pk: row.owner for row in KeyRow.gsi1.query(f"keys#{who}")}


def hand(give: Callable[..., None], source: str, target: str, mark: str = "m1") -> None:
    names = {"owner": target}
    give(KeyRow, source=f"keys#{source}", target=f"keys#{target}", mark=mark, names=names)


@pytest.fixture
def two_keys() -> None:
    for who, door in (("wang", "front"), ("li", "back")):
        KeyRow(f"key#{door}", "key", owner=who, gsi1pk=f"keys#{who}", gsi1sk=door).save()


@pytest.mark.usefixtures("two_keys")
def test_what_is_listed_under_one_is_listed_under_another_and_goes_back() -> None:
    for _ in range(2):
        hand(moves.hand_over, "wang", "li")
    assert (keys("li"), keys("wang")) == ({"key#front": "li", "key#back": "li"}, {})
    for _ in range(2):
        hand(moves.hand_back, "li", "wang")
    assert (keys("li"), keys("wang")) == ({"key#back": "li"}, {"key#front": "wang"})
    assert "was" not in json.dumps(KeyRow.get("key#front", "key").serialize())


@pytest.mark.usefixtures("two_keys")
def test_a_chain_of_lists_goes_back_link_by_link() -> None:
    hand(moves.hand_over, "wang", "li", "m1")
    hand(moves.hand_over, "li", "zhao", "m2")
    hand(moves.hand_back, "zhao", "li", "m2")
    assert keys("li") == {"key#front": "li", "key#back": "li"}
    hand(moves.hand_back, "li", "wang", "m1")
    assert (keys("li"), keys("wang")) == ({"key#back": "li"}, {"key#front": "wang"})
