"""Commands that do one of several deeds on a stage: `make board DO=list STAGE=local`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import datetime
from typing import Protocol, TypeVar

from local import say
from local.stages import environment_of_stage

Said = Mapping[str, str]
"""What was asked for: the variables of the command line."""
Deed = TypeVar("Deed")


class Done(Protocol):
    def __call__(self, said: Said, *, now: datetime) -> list[str]:
        """Do what was asked for, on the stage at hand, and what to say about it."""


def run(done: Done) -> None:
    """Do what the environment asks for, on the stage that it names."""
    said = dict(os.environ)
    os.environ.update(environment_of_stage(said.get("STAGE", "local")))
    from chalicelib import clock

    for line in done(said, now=clock.utc_now()):
        say.line(line)


def chosen(deeds: Mapping[str, Deed], said: Said, *, usage: str) -> Deed:
    deed = deeds.get(said.get("DO", ""))
    if deed is None:
        raise say.Failure(usage)
    return deed


def needed(said: Said, name: str, *, usage: str) -> str:
    if not said.get(name):
        raise say.Failure(f"{name} is missing.\n{usage}")
    return said[name]


def time_of(said: Said, name: str) -> datetime | None:
    """A day or a minute in Beijing, if it was said."""
    from community.commons.dates import BEIJING

    if not (text := said.get(name)):
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=BEIJING)
    except ValueError as error:
        wanted = "write it as 2026-12-31 or 2026-12-31T08:00"
        raise say.Failure(f"{name}={text} is no time: {wanted}.") from error
