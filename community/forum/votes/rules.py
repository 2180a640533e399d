"""Votes: what one person sees of a poll, and when."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

import msgspec

from community.forum.polls.rules import Poll, has_ended

Choices = tuple[int, ...]
"""The options that somebody chose, by their places, in order."""


class Results(msgspec.Struct, frozen=True):
    """How many chose each option, and how many voted."""

    votes: tuple[int, ...]
    voters: int


class PollSight(msgspec.Struct, frozen=True, kw_only=True):
    """A poll before one person: what they chose, and no results before they voted or it has ended."""

    poll: Poll
    ended: bool
    choices: Choices | None
    results: Results | None


def may_see_results(poll: Poll, choices: Choices | None, *, now: datetime) -> bool:
    return choices is not None or has_ended(poll, now=now)


def changes(before: Iterable[Choices], after: Iterable[Choices]) -> dict[int, int]:
    """By how much the votes for each option change."""
    changed = Counter(choice for choices in after for choice in choices)
    changed.subtract(choice for choices in before for choice in choices)
    return {choice: by for choice, by in changed.items() if by}


def of_options(results: Results, poll: Poll) -> Results:
    """The results of the options that there are."""
    return Results(results.votes[: len(poll.options)], results.voters)
