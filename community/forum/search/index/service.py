"""Front door: the term index in DynamoDB, our `port.Index`.

A page costs the newest postings of each term asked for, at most `CHECKED_MAX` looks into lists that are
longer than that, and the sample once in a while: the same, however many posts there are. Of words that
very many posts have, only the newest are ranked; `latest` goes on from page to page through all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from chalicelib.errors import Unavailable
from chalicelib.tables import Overtaken
from community.forum.search.index import pages, records, rules
from community.forum.search.index.pages import Lists
from community.forum.search.index.rules import Listed, Posting, Sample
from community.forum.search.port import Document, Hits, Query
from community.forum.search.words import splitter

TRIES_MAX = 5
SAMPLE_KEPT_FOR = timedelta(minutes=10)
ROUNDS_MAX = 3
_ALL, _ENOUGH = "+", "-"
_kept: tuple[datetime, Sample] | None = None


def renew(
    post_id: str, read: Callable[[], Document | None], *, cause_id: str, anew: bool = False
) -> None:
    """Bring what is kept of a post in line with it, see `port.Index`.

    Postings are written one by one, by whoever comes: the entry says who is at work and what the post may
    have, so that who comes later, or again after a crash, writes all of it once more.

    Refuses: Unavailable — others renew the same post again and again
    """
    written: set[str] = set()
    for _ in range(TRIES_MAX):
        before = records.entry(post_id)
        document = read()
        postings = rules.postings_of(document) if document else {}
        is_same = before.digest == rules.digest_of(postings) and not before.at_work
        if is_same and not anew and not written:
            return
        stale = (before.terms | written) - postings.keys()
        begun = msgspec.structs.replace(
            before,
            terms=before.terms | written | postings.keys(),
            digest="",
            version=before.version + 1,
            at_work=before.at_work | {cause_id},
        )
        try:
            records.change(before, begun)
            written |= postings.keys()
            records.write(post_id, postings, stale)
            records.change(begun, _done(begun, postings, cause_id))
            return
        except Overtaken:
            continue  # Whoever was at it too may have read the post earlier or later than this.
    raise Unavailable


def find(query: Query, *, place: str | None, limit: int, now: datetime) -> Hits:
    """A page of what has the words, see `port.Index`.

    Best are those with all of the words; those with half of them come behind. The latest are those with
    all, unless there are none.
    """
    terms = splitter.asked(query.text)[: rules.ASKED_MAX]
    if not terms:
        return Hits()
    if query.sort == "relevance":
        return _best(query, terms, place, limit=limit, now=now)
    every, before = (place[0] == _ALL, place[1:]) if place else (True, None)
    hits = _latest(query, terms, before, every=every, limit=limit, now=now)
    if place is None and not hits.places and not hits.next_place:
        return _latest(query, terms, None, every=False, limit=limit, now=now)
    return hits


def _best(
    query: Query, terms: Sequence[str], place: str | None, *, limit: int, now: datetime
) -> Hits:
    """The cursor has when the search began, and what was shown: what is left is ranked anew, so that
    nothing is shown twice or left out, whatever changed meanwhile."""
    began, seen = rules.shown_before(place) if place else (now, b"")
    lists = _read(query, terms, now=began)
    gone = rules.seen_marks(seen)
    found = [each for each in lists.passing() if rules.seen_mark(each) not in gone]
    sample = _sample(now=now)
    rare = {term: rules.rareness(lists.of_terms[term], sample) for term in terms}

    def fit(post_id: str) -> float:
        having = lists.having(post_id)
        return rules.score(post_id, having, rare, mean=sample.words_mean, now=began)

    if sum(map(lists.has_all, found)) <= limit:
        _look_up(lists, sorted(found, key=fit, reverse=True))
    fitting = [each for each in found if lists.has_enough(each)]
    ranked = sorted(fitting, key=lambda each: (lists.has_all(each), fit(each), each), reverse=True)
    left = rules.SHOWN_MAX - len(gone)
    shown = ranked[: min(limit, left)]
    more = len(ranked) > len(shown) and len(shown) < left
    return Hits(
        places=tuple((lists.board_of(each), each) for each in shown),
        next_place=rules.place_behind(began, seen, shown) if more else None,
    )


def _latest(
    query: Query,
    terms: Sequence[str],
    before: str | None,
    *,
    every: bool,
    limit: int,
    now: datetime,
) -> Hits:
    shown: list[tuple[str, str]] = []
    for _ in range(ROUNDS_MAX):
        lists = _read(query, terms, now=now, before=before)
        step = _with_all if every else _with_enough
        found, before = step(lists, before, limit - len(shown))
        shown += [(lists.board_of(each), each) for each in found]
        if before is None or len(shown) == limit:
            break
    mode = _ALL if every else _ENOUGH
    return Hits(places=tuple(shown), next_place=before and mode + before)


def _with_all(lists: Lists, before: str | None, limit: int) -> tuple[list[str], str | None]:
    """The latest with all terms, and before which post it goes on."""
    found, floor = lists.leading(before=before)
    left = _look_up(lists, found)
    known = [each for each in found if left is None or each > left]
    having = [each for each in known if lists.has_all(each)]
    if len(having) >= limit:
        return having[:limit], having[limit - 1]
    return having, known[-1] if left and known else floor or None


def _with_enough(lists: Lists, before: str | None, limit: int) -> tuple[list[str], str | None]:
    floor = lists.floor()
    found = [each for each in lists.passing(before=before) if each >= floor]
    having = [each for each in found if lists.has_enough(each)]
    if len(having) >= limit:
        return having[:limit], having[limit - 1]
    return having, floor or None


def _read(query: Query, terms: Sequence[str], *, now: datetime, before: str | None = None) -> Lists:
    low, high = rules.between(query, now=now, before=before)

    def newest(term: str) -> Listed:
        return records.newest(term, low, high, limit=rules.WINDOW)

    marks = rules.marks_of_filters(query)
    return Lists(query, terms, {term: newest(term) for term in terms}, [*map(newest, marks)])


def _look_up(lists: Lists, post_ids: Iterable[str]) -> str | None:
    """Look up what is unknown of these posts, as far as that goes; gives the first that is left."""
    keys, left = pages.to_look_up(lists, post_ids)
    if keys:
        lists.note(keys, records.those_that_have(keys))
    return left


def _sample(*, now: datetime) -> Sample:
    """What all posts are like, some minutes old."""
    global _kept
    if _kept is None or not timedelta() <= now - _kept[0] < SAMPLE_KEPT_FOR:
        low, high = rules.between(Query(text="", boards=frozenset()), now=now)
        listed = records.newest(rules.SAMPLE, low, high, limit=rules.WINDOW)
        _kept = (now, rules.sample_of(listed))
    return _kept[1]


def _done(begun: records.Entry, postings: Mapping[str, Posting], cause_id: str) -> records.Entry:
    """What is written. While others are at work they may still write what they read earlier."""
    others = begun.at_work - {cause_id}
    return msgspec.structs.replace(
        begun,
        terms=begun.terms if others else frozenset(postings),
        digest=rules.digest_of(postings),
        version=begun.version + 1,
        at_work=others,
    )
