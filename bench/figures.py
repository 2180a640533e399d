"""A figure beside its goal, and what the person at the keyboard, the docs and programs see of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median, quantiles


@dataclass(frozen=True)
class Figure:
    """Something measured. `goal` is at most that; None where there is none. `limit` is what is possible."""

    number: int
    what: str
    value: float
    unit: str = ""
    goal: float | None = None
    limit: str = "–"
    note: str = ""

    @property
    def is_met(self) -> bool:
        return self.goal is None or self.value <= self.goal

    @property
    def verdict(self) -> str:
        return "" if self.goal is None else ("✓" if self.is_met else "✗ missed")

    @property
    def shown(self) -> str:
        return f"{_shown(self.value)}{self.unit}"

    @property
    def shown_goal(self) -> str:
        return "–" if self.goal is None else f"≤ {_shown(self.goal)}{self.unit}"


@dataclass(frozen=True)
class Sample:
    """Measurements of the same thing."""

    values: Sequence[float]

    @property
    def middle(self) -> float:
        return median(self.values)

    @property
    def quiet(self) -> float:
        """Their first quartile: whatever else runs on the machine only ever adds to CPU time."""
        return quantiles(self.values, n=4)[0]

    @property
    def spread(self) -> str:
        low, _, high = quantiles(self.values, n=4)
        return f"{_shown(low)}–{_shown(high)}"


def ratios(ours: Sequence[float], theirs: Sequence[float]) -> Sample:
    """How many times theirs ours are, of pairs that were measured one right after the other."""
    return Sample([our / their for our, their in zip(ours, theirs, strict=True)])


def _shown(value: float) -> str:
    if value == int(value):
        return f"{value:,.0f}"
    return f"{value:.3f}" if abs(value) < 0.1 else f"{value:.2f}"
