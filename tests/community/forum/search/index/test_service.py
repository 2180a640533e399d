"""The index alone: documents go in, their ids come out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib import ids
from chalicelib.errors import Unavailable
from chalicelib.tables import connection
from community.forum.search.index import records, rules
from community.forum.search.index import service as index
from community.forum.search.port import Document, Query
from tests.world import World

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
BOARDS = frozenset({"a", "b"})


def a_post_id(number: int) -> str:
    return ids.new_id(NOW - timedelta(hours=1000 - number), f"post {number}")


def a_document(post_id: str, **fields: Any) -> Document:
    told = {"board_id": "a", "kind": "discussion", "model": None, "heading": "", "text": ""}
    return Document(**{"post_id": post_id, **told, **fields})


def put(post_id: str, *, cause_id: str = "f", **fields: Any) -> None:
    document = a_document(post_id, **fields)
    index.renew(post_id, lambda: document, cause_id=cause_id)


def remove(post_id: str) -> None:
    index.renew(post_id, lambda: None, cause_id="f")


def every_page(
    text: str, *, limit: int = 3, between: Callable[[], object] = lambda: None, **more: Any
) -> Iterator[list[str]]:
    place, query = None, Query(**{"text": text, "boards": BOARDS, **more})
    for _ in range(200):
        hits = index.find(query, place=place, limit=limit, now=NOW)
        yield [post_id for _, post_id in hits.places]
        place = hits.next_place
        if place is None:
            return
        between()
    raise AssertionError("This goes on for ever.")


def find(text: str, **more: Any) -> list[str]:
    return [post_id for page in every_page(text, **more) for post_id in page]


def postings(world: World) -> dict[str, set[str]]:
    """The terms that each post is kept under."""
    found: dict[str, set[str]] = {}
    for row in world.rows("forum"):
        if row["pk"].startswith("term#"):
            found.setdefault(row["sk"], set()).add(row["pk"].removeprefix("term#"))
    return found


@pytest.fixture
def small_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is true of hundreds of posts, with a handful."""
    monkeypatch.setattr(rules, "WINDOW", 4)
    monkeypatch.setattr(rules, "CHECKED_MAX", 8)


# What is kept of a post


def test_what_is_not_in_a_post_any_more_is_taken_away(world: World) -> None:
    post_id = a_post_id(1)
    put(post_id, heading="机油 天窗")
    put(post_id, heading="机油 大灯")
    assert (find("天窗"), find("大灯"), find("机油")) == ([], [post_id], [post_id])
    remove(post_id)
    assert find("机油") == []
    assert postings(world) == {}


def test_what_is_as_it_was_costs_no_write(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    put(a_post_id(1), heading="机油")
    monkeypatch.setattr(records, "write", None)
    monkeypatch.setattr(records, "change", None)
    put(a_post_id(1), heading="机油", cause_id="g")
    remove(a_post_id(2))


def test_anew_is_written_whatever_is_there(world: World) -> None:
    post_id = a_post_id(1)
    document = a_document(post_id, heading="机油")
    put(post_id, heading="机油")
    records.write(post_id, {}, ["机油"])
    index.renew(post_id, lambda: document, cause_id="reindex", anew=True)
    assert find("机油") == [post_id]


def test_a_post_is_kept_under_so_many_terms_at_most(world: World) -> None:
    text = "".join(chr(0x4E00 + number) for number in range(0, 4000, 3))
    put(a_post_id(1), heading="凯美瑞机油", text=text, model="凯美瑞")
    kept = postings(world)[a_post_id(1)]
    assert {"凯美瑞", "机油"} <= kept
    words = {term for term in kept if not term.startswith("=")}
    assert len(words) == rules.TERMS_MAX


def test_of_a_long_text_the_telling_words_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "TERMS_MAX", 2)
    text = "时间问题工作生活凯美瑞火花塞"
    kept = rules.postings_of(a_document(a_post_id(1), text=text))
    assert {"凯美瑞", "火花塞"} == {term for term in kept if "=" not in term}


def test_who_crashes_half_way_writes_all_when_told_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    post_id = a_post_id(1)
    put(post_id, heading="机油 天窗")
    with monkeypatch.context() as broken:
        broken.setattr(records, "write", _crash)
        with pytest.raises(ZeroDivisionError):
            put(post_id, heading="机油 大灯", cause_id="g")
    put(post_id, heading="机油 大灯", cause_id="g")
    assert (find("天窗"), find("大灯")) == ([], [post_id])


def _crash(*_: object) -> None:
    raise ZeroDivisionError


def test_who_read_the_post_earlier_does_not_have_the_last_word(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One reads a post, then another reads it as it was edited and is done, then the first writes."""
    post_id = a_post_id(1)
    now = [a_document(post_id, heading="机油 天窗")]
    write = records.write

    def late(*what: Any) -> None:
        monkeypatch.setattr(records, "write", write)
        now[0] = a_document(post_id, heading="机油 大灯")
        index.renew(post_id, lambda: now[0], cause_id="second")
        write(*what)

    monkeypatch.setattr(records, "write", late)
    index.renew(post_id, lambda: now[0], cause_id="first")
    assert (find("天窗"), find("大灯")) == ([], [post_id])


def test_who_read_the_post_earlier_and_crashed_puts_it_right_when_told_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    post_id = a_post_id(1)
    now = [a_document(post_id, heading="机油 天窗")]
    write = records.write

    def late(*what: Any) -> None:
        monkeypatch.setattr(records, "write", write)
        now[0] = a_document(post_id, heading="机油 大灯")
        index.renew(post_id, lambda: now[0], cause_id="second")
        write(*what)
        raise ZeroDivisionError

    monkeypatch.setattr(records, "write", late)
    with pytest.raises(ZeroDivisionError):
        index.renew(post_id, lambda: now[0], cause_id="first")
    assert find("天窗") == [post_id]
    index.renew(post_id, lambda: now[0], cause_id="first")
    assert (find("天窗"), find("大灯")) == ([], [post_id])


def test_who_is_overtaken_again_and_again_comes_later(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    post_id = a_post_id(1)
    numbers = iter(range(1000))
    write = records.write

    def overtaken(*what: Any) -> None:
        entry = records.entry(post_id)
        other = records.Entry(post_id=post_id, version=entry.version + 1)
        records.change(entry, other)
        write(*what)

    monkeypatch.setattr(records, "write", overtaken)
    with pytest.raises(Unavailable):
        put(post_id, heading=f"机油{next(numbers)}")


# What is found


@pytest.mark.usefixtures("small_windows")
@pytest.mark.parametrize("sort", ["relevance", "latest"])
def test_a_rare_word_and_a_common_one_are_found_together_however_long_ago(
    world: World, sort: str
) -> None:
    put(a_post_id(1), heading="机油 凯美瑞")
    put(a_post_id(2), heading="凯美瑞")
    for number in range(3, 20):
        put(a_post_id(number), heading="机油")
    assert find("机油 凯美瑞", sort=sort, limit=1)[0] == a_post_id(1)


@pytest.mark.usefixtures("small_windows")
def test_the_latest_go_on_through_all_of_a_long_list(world: World) -> None:
    every = [a_post_id(number) for number in range(30)]
    for number, post_id in enumerate(every):
        put(post_id, heading="机油 大灯" if number % 3 else "机油", board_id="ab"[number % 2])
    newest_first = every[::-1]
    assert find("机油", sort="latest") == newest_first
    both = [post_id for post_id in newest_first if every.index(post_id) % 3]
    assert find("机油 大灯", sort="latest") == both
    on_b = [post_id for post_id in newest_first if every.index(post_id) % 2]
    assert find("机油", sort="latest", boards=frozenset("b")) == on_b


@pytest.mark.usefixtures("small_windows")
def test_a_small_board_is_searched_behind_a_busy_one(world: World) -> None:
    put(a_post_id(1), heading="机油", board_id="b")
    for number in range(2, 20):
        put(a_post_id(number), heading="机油", board_id="a")
    assert find("机油", boards=frozenset("b")) == [a_post_id(1)]


@pytest.mark.usefixtures("small_windows")
def test_a_rare_model_is_found_behind_others(world: World) -> None:
    put(a_post_id(1), heading="机油", model="Model 3")
    for number in range(2, 20):
        put(a_post_id(number), heading="机油", model="朗逸")
    assert find("机油", model="model3") == [a_post_id(1)]


@pytest.mark.usefixtures("small_windows")
@pytest.mark.parametrize("sort", ["relevance", "latest"])
def test_a_rare_kind_is_found_behind_others(world: World, sort: str) -> None:
    put(a_post_id(1), heading="机油", kind="article")
    for number in range(2, 20):
        put(a_post_id(number), heading="机油")
    assert find("机油", kind="article", sort=sort) == [a_post_id(1)]


def test_a_post_of_another_kind_is_found_as_that(world: World) -> None:
    put(a_post_id(1), heading="机油")
    put(a_post_id(1), heading="机油", kind="question")
    assert find("机油", kind="discussion") == []
    assert find("机油", kind="question") == [a_post_id(1)]


def test_a_page_takes_as_many_reads_among_few_posts_and_many(world: World) -> None:
    """What each of them may read is bounded by WINDOW and CHECKED_MAX."""

    def calls() -> list[str]:
        with counted() as made:
            next(every_page("机油 大灯", limit=5))
        return made

    made = []
    for number in range(1, 61):
        put(a_post_id(number), heading="机油 大灯")
        if number in (10, 60):
            calls()  # The sample is at hand for some minutes.
            made.append(calls())
    assert made == [["Query", "Query"]] * 2


@contextmanager
def counted() -> Iterator[list[str]]:
    """The calls to DynamoDB meanwhile."""
    events, made = connection().client.meta.events, list[str]()

    def note(**told: Any) -> None:
        made.append(told["model"].name)

    events.register("before-call.dynamodb", note, unique_id="counted")
    try:
        yield made
    finally:
        events.unregister("before-call.dynamodb", unique_id="counted")


# Pages


class Store:
    """The rows as they would be, without a table: hundreds of examples in a second."""

    def __init__(self, headings: dict[int, str]) -> None:
        self.postings: dict[str, dict[str, rules.Posting]] = {}
        for number, heading in headings.items():
            self.put(number, heading)

    def put(self, number: int, heading: str) -> None:
        post_id = a_post_id(number)
        self.postings[post_id] = rules.postings_of(a_document(post_id, heading=heading))

    def remove(self, number: int, _: str) -> None:
        self.postings.pop(a_post_id(number), None)

    def newest(self, term: str, low: str, high: str, *, limit: int) -> rules.Listed:
        having = [each for each, terms in self.postings.items() if term in terms]
        page = sorted((each for each in having if low <= each <= high), reverse=True)[:limit]
        floor = page[-1] if len(page) == limit else ""
        return rules.Listed({each: self.postings[each][term] for each in page}, floor)

    def those_that_have(
        self, keys: Iterable[tuple[str, str]]
    ) -> dict[tuple[str, str], rules.Posting]:
        there = {(t, p): posting for p, of in self.postings.items() for t, posting in of.items()}
        return {key: there[key] for key in keys if key in there}


_WORDS = ("机油", "大灯", "凯美瑞", "异响")
_texts = st.lists(st.sampled_from(_WORDS), min_size=1, max_size=4).map(" ".join)
_change = st.tuples(st.sampled_from([Store.put, Store.remove]), st.integers(0, 40), _texts)


@pytest.mark.parametrize(
    ("sort", "window"), [("relevance", 4), ("relevance", 200), ("latest", 4), ("latest", 200)]
)
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    there=st.dictionaries(st.integers(0, 30), _texts, max_size=20),
    asked=_texts,
    meanwhile=st.lists(st.lists(_change, max_size=4), max_size=3),
    limit=st.integers(1, 4),
)
def test_pages_neither_skip_nor_repeat_while_others_post_edit_and_delete(
    monkeypatch: pytest.MonkeyPatch,
    sort: str,
    window: int,
    there: dict[int, str],
    asked: str,
    meanwhile: list[list[tuple[Callable[[Store, int, str], None], int, str]]],
    limit: int,
) -> None:
    store = Store(there)
    monkeypatch.setattr(rules, "WINDOW", window)
    monkeypatch.setattr(index, "_kept", None)
    monkeypatch.setattr(records, "newest", store.newest)
    monkeypatch.setattr(records, "those_that_have", store.those_that_have)
    promised = find(asked, sort=sort, limit=limit)
    changed = {a_post_id(number) for changes in meanwhile for _, number, _ in changes}
    left = iter(meanwhile)

    def change() -> None:
        for do, number, heading in next(left, ()):
            do(store, number, heading)

    found = find(asked, sort=sort, limit=limit, between=change)
    assert len(found) == len(set(found)), "one came twice"
    if sort == "latest" or window > len(there):  # Of very many the best of the newest are promised.
        assert set(promised) - changed <= set(found), "one was left out"
    if sort == "latest":
        assert found == sorted(found, reverse=True)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(there=st.dictionaries(st.integers(0, 40), _texts, max_size=30), asked=_texts)
def test_the_latest_with_all_words_are_those_that_have_them(
    monkeypatch: pytest.MonkeyPatch, there: dict[int, str], asked: str
) -> None:
    """Whatever the windows: told beside the naive answer."""
    store = Store(there)
    monkeypatch.setattr(rules, "WINDOW", 4)
    monkeypatch.setattr(rules, "CHECKED_MAX", 8)
    monkeypatch.setattr(records, "newest", store.newest)
    monkeypatch.setattr(records, "those_that_have", store.those_that_have)
    wanted = set(asked.split())
    having = [number for number, heading in there.items() if wanted <= set(heading.split())]
    naive = sorted(map(a_post_id, having), reverse=True)
    if naive:
        assert find(asked, sort="latest") == naive
