"""Searching: what may be asked, what a post may be found by, and where in it the words stand."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from functools import cache
from itertools import islice
from typing import Annotated, Literal

import msgspec

from chalicelib.errors import FieldError, Invalid
from community.commons.audience.rules import EVERYONE
from community.commons.words import visible
from community.forum.boards.rules import Board
from community.forum.posts import drafting
from community.forum.posts.rules import MODEL_CHARS_MAX, Card, Draft, Post, PostKind, State
from community.forum.search.port import Document
from community.forum.search.words import splitter

ASKED_CHARS_MAX = 50
BEGUN_CHARS_MAX = 20
SUGGESTIONS_MAX = 10
LOOKED_AT_MAX = 50

Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class Search(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody looks for. `since` counts in, `until` does not."""

    text: str
    board_id: str | None = None
    model: Annotated[str, msgspec.Meta(max_length=MODEL_CHARS_MAX)] | None = None
    kind: PostKind | None = None
    since: Moment | None = None
    until: Moment | None = None
    sort: Literal["relevance", "latest"] = "relevance"


class Segment(msgspec.Struct, frozen=True):
    """Some of a text, in its order; `hit`: it is one of the words that were asked for."""

    text: str
    hit: bool = False


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A post that was found, and its title and teaser with the words marked."""

    card: Card
    title: tuple[Segment, ...]
    teaser: tuple[Segment, ...]


def check_says_something(text: str) -> None:
    """Refuses: Invalid — there is nothing to look for"""
    if not visible(text):
        raise Invalid(errors=[FieldError("q", "请输入要搜索的内容")])


def document_of(post: Post) -> Document | None:
    """What a post is found by, as far as everybody may know it who may read its board; None while others
    may not see it.

    Of a post for some that is what everybody reads of it: to find it by a word of its text would tell
    that the word is there.
    """
    if post.state is not State.PUBLISHED:
        return None
    named = (post.title, *post.topics, *([post.model] if post.model else []))
    return Document(
        post_id=post.post_id,
        board_id=post.board_id,
        kind=post.kind,
        model=post.model,
        heading="\n".join(named),
        text=post.text if post.audience == EVERYONE else _own_teaser(post),
    )


def _own_teaser(post: Post) -> str:
    """What the author says that others may read, rather than what we made of the text."""
    draft = Draft(kind=post.kind, title=post.title, text=post.text)
    for_some = msgspec.structs.replace(draft, audience=post.audience)
    made = (drafting.teaser_of(draft), drafting.teaser_of(for_some))
    return "" if post.teaser in made else post.teaser


def found(card: Card, asked: Collection[str]) -> Found:
    return Found(card=card, title=marked(card.title, asked), teaser=marked(card.teaser, asked))


def marked(text: str, asked: Collection[str]) -> tuple[Segment, ...]:
    """The text in segments, told apart by whether they are words that have a term asked for.

    Segments rather than places: programs do not agree on how many characters an emoji is.
    """
    segments, done = [], 0
    for start, end in _hits(text, asked):
        segments += [Segment(text[done:start]), Segment(text[start:end], hit=True)]
        done = end
    segments.append(Segment(text[done:]))
    return tuple(segment for segment in segments if segment.text)


def _hits(text: str, asked: Collection[str]) -> Iterable[tuple[int, int]]:
    """Where the words stand; those with nothing between are one."""
    hits: list[tuple[int, int]] = []
    for word in splitter.words(text):
        if set(asked).isdisjoint(word.terms):
            continue
        if hits and hits[-1][1] == word.start:
            hits[-1] = (hits[-1][0], word.end)
        else:
            hits.append((word.start, word.end))
    return hits


def names_of(post: Post, board: Board) -> frozenset[str]:
    """The topics and the model of a post, if everybody may see it: they are suggested to everybody."""
    is_open = post.state is State.PUBLISHED and EVERYONE == post.audience == board.read
    return frozenset(filter(None, (*post.topics, post.model))) if is_open else frozenset()


def suggestions(begun: str, in_use: Sequence[str]) -> list[str]:
    """What goes on as `begun` does: names in use, then words of the dictionary, each once."""
    names = {splitter.norm(name): name for name in reversed(in_use)}
    ours = [names[key] for key in dict.fromkeys(map(splitter.norm, in_use))]
    words = (word for key, word in _from(begun) if key not in names)
    return [*ours, *words][:SUGGESTIONS_MAX]


def _from(begun: str) -> Iterable[tuple[str, str]]:
    every = _dictionary()
    first = bisect_left(every, (begun, ""))
    beginning = (pair for pair in islice(every, first, None))
    for key, word in beginning:
        if not key.startswith(begun):
            return
        yield key, word


@cache
def _dictionary() -> Sequence[tuple[str, str]]:
    return sorted((splitter.norm(word), word) for word in set(splitter.dictionary()))
