"""Texts as words: of Chinese by rjieba and a dictionary of cars, of Latin letters and digits by form.

A term is how a word stands in the index: of full-width forms the usual ones, small letters, one word for
all that mean the same. What is split here to be kept and what is split to be asked for fits together: a
word of a text, asked for alone, asks for terms that the text has. So a change here, or of the files
beside, needs `make reindex`.

rjieba takes 110 ms and a few MB when it is first used, and is imported then. It splits without guessing
new words (`hmm`): guesses depend on what stands around. What it does not know falls into characters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import chain
from math import log
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from rjieba import Jieba

LATIN_CHARS_MAX = 15
DIGITS_MAX = 6
"""Longer ones are numbers of telephones, chassis and orders, which nobody is to be found by."""
_HEARD = 60_000_000
"""How many words rjieba's frequencies were counted in."""
_HEARD_HERE = 200
"""How often, of so many, we take our words for heard at least: more often than `灯亮了`, which is one of
its words and would break the `故障灯`."""

_FOLDER = Path(__file__).parent
_loading = Lock()
_ADDRESS = re.compile(r"\]\([^\s()]*\)|https?://[!-~]+")
_RUN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff〇]+|[a-z0-9][a-z0-9.\-/+_ ]*")
# Parts of a name that belong together: `5w-30`, `id.4`, `model3`, and `model 3`, where people put a blank.
_NAME = re.compile(r"[a-z0-9]+(?:[.\-/+_][a-z0-9]+)*(?:(?<=[a-z]) [0-9](?![a-z0-9.]))?")
_NUMBER = re.compile(r"[零一二两三四五六七八九十百千万亿几多半]+")
_PARTS = re.compile(r"[a-z]{2,}|[0-9]{2,}")


class Word(NamedTuple):
    """A place in a text, the terms it is found by, and those of them that ask for it."""

    start: int
    end: int
    terms: tuple[str, ...]
    asks: tuple[str, ...]


def words(text: str) -> list[Word]:
    """The words of a text in their order, without those that say nothing, unless there are no others.

    Shape: `start` and `end` count characters of the text as it was given
    """
    plain, places = _plain(text)
    found = list(chain.from_iterable(_split(plain, run) for run in _RUN.finditer(plain)))
    telling = [word for word in found if any(map(_tells, word.asks))] or found
    return [
        word._replace(start=places[word.start], end=places[word.end - 1] + 1) for word in telling
    ]


def _tells(term: str) -> bool:
    return term not in stop_words() and not _NUMBER.fullmatch(term)


def asked(text: str) -> list[str]:
    """The terms that somebody asks for who writes this, each once."""
    return list(dict.fromkeys(chain.from_iterable(word.asks for word in words(text))))


def norm(text: str) -> str:
    """One form of a name, however it is written: for filters and beginnings of words."""
    return "".join(_plain(text)[0].split())


def says_much(term: str) -> float:
    """How much a term tells in Chinese at large: the logarithm of how rare it is."""
    return log(_HEARD / _jieba().suggest_freq(term))


@cache
def dictionary() -> tuple[str, ...]:
    """The dictionary of cars."""
    return tuple(_lines("car_words.txt"))


@cache
def stop_words() -> frozenset[str]:
    return frozenset(chain.from_iterable(line.split() for line in _lines("stop_words.txt")))


@cache
def _same() -> dict[str, str]:
    """For a word the one that stands for all that mean the same."""
    groups = [line.split() for line in _lines("synonyms.txt")]
    return {word: group[0] for group in groups for word in group}


def _lines(name: str) -> Iterator[str]:
    lines = (_FOLDER / name).read_text(encoding="utf-8").splitlines()
    return (line for line in lines if line and not line.startswith("#"))


def _jieba() -> Jieba:
    """Nobody splits while words are added: rjieba cannot do both at once."""
    with _loading:
        return _loaded()


@cache
def _loaded() -> Jieba:
    import rjieba

    for word in chain(dictionary(), _same()):
        rjieba.add_word(word, max(rjieba.suggest_freq(word), _HEARD_HERE), None)
    jieba: Jieba = rjieba._DEFAULT_JIEBA
    return jieba


def _plain(text: str) -> tuple[str, list[int]]:
    """The text in its usual forms without addresses, and where in the text each character of it stood."""
    forms = [unicodedata.normalize("NFKC", letter).lower() for letter in text]
    plain = "".join(forms)
    places = [place for place, form in enumerate(forms) for _ in form]
    plain = _ADDRESS.sub(lambda found: "\n" * len(found[0]), plain)
    return plain, places


def _split(plain: str, run: re.Match[str]) -> Iterator[Word]:
    if run[0][0].isascii():
        names = _NAME.finditer(plain, run.start(), run.end())
        return (word for name in names if (word := _latin(name)))
    return _han(run[0], run.start())


def _latin(name: re.Match[str]) -> Word | None:
    """A name as one term, however its parts are tied, and the parts."""
    tied = re.sub(r"[\-/+_ ]|(?<![0-9])\.|\.(?![0-9])", "", name[0])
    parts = re.split(r"[\-/+_ ]|(?<![0-9])\.|\.(?![0-9])", name[0])
    within = chain.from_iterable(_PARTS.findall(part) for part in parts if _is_kept(part))
    kept = [_same().get(term, term) for term in (tied, *parts, *within) if _is_kept(term)]
    if not kept:
        return None
    asks = kept[:1] if _is_kept(tied) else kept
    return Word(name.start(), name.end(), tuple(dict.fromkeys(kept)), tuple(dict.fromkeys(asks)))


def _is_kept(term: str) -> bool:
    return 0 < len(term) <= (DIGITS_MAX if term.isdigit() else LATIN_CHARS_MAX)


def _han(run: str, at: int) -> Iterator[Word]:
    """Each word with the shorter ones in it. A word that is made of shorter ones is asked for by these."""
    for word in _jieba().cut(run, False):
        terms, asks = _terms_of(word)
        yield Word(at, at + len(word), terms, asks)
        at += len(word)


@lru_cache(maxsize=4096)
def _terms_of(word: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    same = _same()
    own = same.get(word)
    if len(word) < 3:
        term = own or word
        return (term,), (term,)
    shorter = [each for each in _jieba().tokenize(word, "search", False) if each[0] != word]
    parts = None if own else _covering(shorter, 0, len(word))
    asks = parts or (own or word,)
    terms = (*asks, *(same.get(each, each) for each, _, _ in shorter))
    return tuple(dict.fromkeys(terms)), asks


def _covering(shorter: list[tuple[str, int, int]], start: int, end: int) -> tuple[str, ...] | None:
    """Words that stand behind one another from start to end, if there are such."""
    if start == end:
        return ()
    for word, begins, ends in sorted(shorter, key=lambda each: -each[2]):
        if begins == start and (rest := _covering(shorter, ends, end)) is not None:
            return (_same().get(word, word), *rest)
    return None
