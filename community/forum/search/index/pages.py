"""Which posts have what was asked for, as far as the lists that were read say so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from community.forum.search.index import rules
from community.forum.search.index.rules import Listed, Posting
from community.forum.search.port import Query

Key = tuple[str, str]
"""A term and a post."""


@dataclass
class Lists:
    """The newest posts with each term, and of those that filters ask for.

    What is older than the end of a list that was cut off is unknown, until it is looked up.
    """

    query: Query
    terms: Sequence[str]
    of_terms: Mapping[str, Listed]
    of_filters: Sequence[Listed]
    _looked_up: dict[Key, Posting | None] = field(default_factory=dict)

    def passing(self, *, before: str | None = None) -> list[str]:
        """All posts that any list names and the filters let pass, newest first."""
        every = (*self.of_terms.values(), *self.of_filters)
        return sorted({each for one in every for each in self._of(one, before)}, reverse=True)

    def leading(self, *, before: str | None = None) -> tuple[list[str], str]:
        """The posts among which all are that have every term, newest first, down to a floor."""
        longest = min((*self.of_terms.values(), *self.of_filters), key=_reach)
        return list(self._of(longest, before)), longest.floor

    def floor(self) -> str:
        """Down to here every post with any term is known."""
        return max(listed.floor for listed in self.of_terms.values())

    def having(self, post_id: str) -> dict[str, Posting]:
        """The terms that a post is known to have."""
        known = {term: self._known(term, post_id) for term in self.terms}
        return {term: posting for term, posting in known.items() if posting}

    def has_all(self, post_id: str) -> bool:
        return len(self.having(post_id)) == len(self.terms)

    def has_enough(self, post_id: str) -> bool:
        return len(self.having(post_id)) >= rules.enough_of(self.terms)

    def unknown(self, post_id: str) -> list[Key]:
        """What to look up to know whether a post has all terms; nothing if that is known."""
        keys = []
        for term in self.terms:
            if self._known(term, post_id):
                continue
            if post_id >= self.of_terms[term].floor or (term, post_id) in self._looked_up:
                return []
            keys.append((term, post_id))
        return keys

    def board_of(self, post_id: str) -> str:
        """Where a post stands that has some of the terms."""
        return next(iter(self.having(post_id).values())).board_id

    def note(self, keys: Iterable[Key], found: Mapping[Key, Posting]) -> None:
        """These were looked up."""
        self._looked_up |= {key: found.get(key) for key in keys}

    def _known(self, term: str, post_id: str) -> Posting | None:
        posting = self.of_terms[term].postings.get(post_id)
        return posting or self._looked_up.get((term, post_id))

    def _of(self, listed: Listed, before: str | None) -> Iterator[str]:
        for post_id, posting in listed.postings.items():
            if rules.passes(posting, self.query) and (before is None or post_id < before):
                yield post_id


def to_look_up(lists: Lists, post_ids: Iterable[str]) -> tuple[list[Key], str | None]:
    """As much of these, in their order, as may be looked up for one page, and the first that is left."""
    keys: list[Key] = []
    for post_id in post_ids:
        unknown = lists.unknown(post_id)
        if len(keys) + len(unknown) > rules.CHECKED_MAX:
            return keys, post_id
        keys += unknown
    return keys, None


def _reach(listed: Listed) -> tuple[str, int]:
    return listed.floor, len(listed.postings)
