"""Whom audience rules look at."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol


class Identity(StrEnum):
    """What a member is to the brand."""

    PROSPECT = "prospect"
    DEPOSIT_HOLDER = "deposit_holder"
    OWNER = "owner"


CO_DRIVER_BADGE = "co-driver"
"""Worn by those whom an owner lets drive their car."""


class Tier(StrEnum):
    """Level earned by growth value. Compares in order: T0 < T1 < T2 < T3."""

    T0 = "T0"
    T1 = "T1"
    T2 = "T2"
    T3 = "T3"


class Viewer(Protocol):
    """Somebody who signed in, as far as an audience rule looks."""

    @property
    def identity(self) -> Identity: ...
    @property
    def tier(self) -> Tier: ...
    @property
    def tags(self) -> tuple[str, ...]: ...
    @property
    def badges(self) -> tuple[str, ...]: ...
    @property
    def board_roles(self) -> tuple[str, ...]: ...
    @property
    def segments(self) -> tuple[str, ...]: ...
