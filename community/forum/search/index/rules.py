"""What the term index keeps of a post, and how well a post fits what was asked.

Ranking is BM25 with the title counting as if its words stood there several times (the simple form of
BM25F), times a factor for how recent a post is. Nothing counts all posts: how rare a term is, is told
from the newest posts that have it, beside a sample of all posts of the same time. The sample is the list
of a term that every `SAMPLED`-th post has.

Source: S. Robertson, H. Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond,
Foundations and Trends in Information Retrieval 3 (4), 2009, sections 3.4 and 3.6
"""

from __future__ import annotations

import hashlib
import math
import zlib
from base64 import b64decode, b64encode
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from chalicelib import ids
from community.forum.search.port import Document, Query
from community.forum.search.words import splitter

TERMS_MAX = 100
"""Of one post. The longest titles have some 30; of a long text the most telling words are kept."""
ASKED_MAX = 8
WINDOW = 200
"""How many of the newest posts that have a term are looked at: 20 KB, 2.5 RCU."""
CHECKED_MAX = 60
SHOWN_MAX = 100
"""Nobody looks behind the hundredth: who has not found it by then asks with other words. So many fit into
a cursor, too."""

SAMPLED = 16
SAMPLE = "=sample"
"""No word has an equals sign."""

K1, B = 1.2, 0.75
TITLE_WEIGHT = 4
RECENT_SHARE = 0.5
HALF_LIFE = timedelta(days=180)
_LAST = "~"
_SEEN_BYTES = 3


class Posting(msgspec.Struct, frozen=True, array_like=True):
    """What the index knows of a post that has a term: how often, and what filters look at.

    Shape: `heading` and `text` are how often the term stands there, `words` how many words there are;
           `model` is a number made of the model, 0 for none
    """

    heading: int
    text: int
    words: int
    kind: str
    board_id: str
    model: int


class Listed(msgspec.Struct, frozen=True):
    """The newest posts that have a term, newest first; `floor` is the oldest of them if there are more."""

    postings: dict[str, Posting]
    floor: str = ""


class Sample(msgspec.Struct, frozen=True):
    """Every so-many-th of the newest posts, oldest first, and how many words they have on average."""

    post_ids: tuple[str, ...] = ()
    floor: str = ""
    words_mean: float = 50.0


def postings_of(document: Document) -> dict[str, Posting]:
    """The terms that a post is kept under: all of its heading, the most telling of its text."""
    heading, text = splitter.words(document.heading), splitter.words(document.text)
    in_heading = Counter(term for word in heading for term in word.terms)
    in_text = Counter(term for word in text for term in word.terms)

    def telling(term: str) -> float:
        return (1 + math.log(in_text[term])) * splitter.says_much(term)

    others = sorted(in_text.keys() - in_heading.keys(), key=lambda term: (-telling(term), term))
    kept = [*in_heading, *others][:TERMS_MAX]
    words, model = len(heading) + len(text), model_number(document.model)

    def posting(heading_times: int, text_times: int) -> Posting:
        return Posting(heading_times, text_times, words, document.kind, document.board_id, model)

    found = {term: posting(in_heading[term], in_text[term]) for term in kept}
    return found | {term: posting(0, 0) for term in _marks(document, model)}


def digest_of(postings: Mapping[str, Posting]) -> str:
    """Other postings have another one; none have none."""
    if not postings:
        return ""
    return hashlib.sha256(msgspec.json.encode(sorted(postings.items()))).hexdigest()[:16]


def _marks(document: Document, model: int) -> Iterable[str]:
    yield board_mark(document.board_id)
    yield kind_mark(document.kind)
    if model:
        yield model_mark(model)
    if zlib.crc32(document.post_id.encode()) % SAMPLED == 0:
        yield SAMPLE


def board_mark(board_id: str) -> str:
    return f"=board:{board_id}"


def kind_mark(kind: str) -> str:
    return f"=kind:{kind}"


def model_mark(model: int) -> str:
    return f"=model:{model}"


def model_number(model: str | None) -> int:
    return zlib.crc32(splitter.norm(model).encode()) if model else 0


def passes(posting: Posting, query: Query) -> bool:
    """Whether a post is on one of the boards asked for, and of the kind and model."""
    return (
        posting.board_id in query.boards
        and query.kind in (None, posting.kind)
        and (query.model is None or posting.model == model_number(query.model))
    )


def between(query: Query, *, now: datetime, before: str | None = None) -> tuple[str, str]:
    """Where in a list those of the time asked for stand, both ends included.

    Shape: `before` is where a page of the latest starts
    """
    low = _time_mark(query.since) if query.since else "0"
    high = f"{_time_mark(now)}{_LAST}"
    if query.until:
        high = min(high, _time_mark(query.until))
    return low, min(high, before) if before else high


def _time_mark(at: datetime) -> str:
    """Where posts of a moment begin."""
    return ids.new_id(at, "")[: ids.TIME_CHARS]


def rareness(listed: Listed, sample: Sample) -> float:
    """The IDF of a term, from the time of which both its posts and the sample are known."""
    start = max(listed.floor, sample.floor)
    having = sum(post_id >= start for post_id in listed.postings)
    posts = SAMPLED * (len(sample.post_ids) - bisect_left(sample.post_ids, start))
    posts = max(posts, having)
    return math.log(1 + (posts - having + 0.5) / (having + 0.5))


def score(
    post_id: str,
    having: Mapping[str, Posting],
    rare: Mapping[str, float],
    *,
    mean: float,
    now: datetime,
) -> float:
    """How well a post fits: `having` are the terms asked for that it has."""
    fit = 0.0
    for term, posting in having.items():
        times = TITLE_WEIGHT * posting.heading + posting.text
        length = 1 - B + B * posting.words / mean
        fit += rare[term] * times * (K1 + 1) / (times + K1 * length)
    age = max(now - ids.time_of(post_id), timedelta())
    recent: float = 0.5 ** (age / HALF_LIFE)
    return fit * (RECENT_SHARE + (1 - RECENT_SHARE) * recent)


def enough_of(terms: Sequence[str]) -> int:
    """How many of the terms a post has to have at the least."""
    return (len(terms) + 1) // 2


def sample_of(listed: Listed) -> Sample:
    words = [posting.words for posting in listed.postings.values()]
    mean = sum(words) / len(words) if words else Sample().words_mean
    return Sample(tuple(sorted(listed.postings)), listed.floor, max(mean, 1.0))


def marks_of_filters(query: Query) -> list[str]:
    """The lists that have everything which a filter lets pass."""
    marks = [board_mark(*query.boards)] if len(query.boards) == 1 else []
    marks += [kind_mark(query.kind)] if query.kind else []
    return marks + ([model_mark(model_number(query.model))] if query.model else [])


def place_behind(began: datetime, seen: bytes, shown: Sequence[str]) -> str:
    """Where the next page starts: when the first one was asked for, and what was shown since."""
    return _time_mark(began) + b64encode(seen + b"".join(map(seen_mark, shown))).decode()


def shown_before(place: str) -> tuple[datetime, bytes]:
    return ids.time_of(place), b64decode(place[ids.TIME_CHARS :])


def seen_mark(post_id: str) -> bytes:
    """What a cursor remembers of a post that was shown: 24 bits, so that one in 160,000 is taken for
    another of a hundred."""
    return zlib.crc32(post_id.encode()).to_bytes(4, "big")[-_SEEN_BYTES:]


def seen_marks(seen: bytes) -> set[bytes]:
    return {seen[at : at + _SEEN_BYTES] for at in range(0, len(seen), _SEEN_BYTES)}
