"""`make touchpoint DO=…`: lists, adds and ends the places where members come from, and writes their codes.

It works on the stage that runs on this machine, or on the one that STAGE names, with the settings of
its Lambdas and the rights of whoever calls it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from chalicelib.settings import BadSetting, Settings
from local import cloud, deploy, say
from local.cloud import Clients
from local.stack import Stack
from local.usual import stack_that_is_up

Said = Mapping[str, str]

USAGE = """Say what to do:
  make touchpoint DO=list
  make touchpoint DO=add BY=<userid> ID=<code> KIND=<kind> NAME=<name> [PAGE=<page>] [STAFF=<userid>] [UNTIL=<date>]
  make touchpoint DO=end BY=<userid> ID=<code>
  make touchpoint DO=picture ID=<code> QR=<file.png>
with STAGE=dev or STAGE=prod for a stage on AWS."""


def main() -> None:
    said = dict(os.environ)
    os.environ.update(environment_of_stage(said.get("STAGE", "local")))
    work(said)


def work(said: Said) -> None:
    """Do what was asked for, on the stage that the environment names."""
    from chalicelib import clock

    for line in done(said, now=clock.utc_now()):
        say.line(line)


def done(said: Said, *, now: datetime) -> list[str]:
    """Do what was asked for, and what to say about it."""
    deed = DEEDS.get(said.get("DO", ""))
    if deed is None:
        raise say.Failure(USAGE)
    with say.refusals_told():
        return deed(said, now)


def _list(_said: Said, now: datetime) -> list[str]:
    from community.people.touchpoints import service as touchpoints

    return [
        f"  {each.touchpoint_id:<32}  {each.kind:<10}  {_until(each.until_at):<16}  "
        f"{touchpoints.joined_on(each.touchpoint_id, day=now):>5} joined today  {each.name}"
        for each in touchpoints.everything()
    ]


def _add(said: Said, now: datetime) -> list[str]:
    from community.people.touchpoints import service as touchpoints
    from community.people.touchpoints.rules import START_PAGE, Kind, Touchpoint

    kinds = {kind.value: kind for kind in Kind}
    if said.get("KIND") not in kinds:
        raise say.Failure(f"KIND is one of {', '.join(kinds)}.")
    touchpoint = Touchpoint(
        touchpoint_id=_needed(said, "ID"),
        kind=kinds[said["KIND"]],
        name=_needed(said, "NAME"),
        page=said.get("PAGE", START_PAGE),
        staff_id=said.get("STAFF"),
        from_at=now,
        until_at=_time(said["UNTIL"]) if "UNTIL" in said else None,
    )
    added = touchpoints.add(touchpoint, by=_needed(said, "BY"), now=now)
    return [f"✓ {added.touchpoint_id} added: {added.name}"]


def _end(said: Said, now: datetime) -> list[str]:
    from community.people.touchpoints import service as touchpoints

    ended = touchpoints.end(_needed(said, "ID"), by=_needed(said, "BY"), now=now)
    return [f"✓ {ended.touchpoint_id} ended: {ended.name}"]


def _picture(said: Said, _now: datetime) -> list[str]:
    from community.people.touchpoints import service as touchpoints

    file = Path(_needed(said, "QR"))
    picture = touchpoints.picture(_needed(said, "ID"))
    try:
        file.write_bytes(picture)
    except OSError as error:
        raise say.Failure(f"QR={file} cannot be written: {error.strerror}.") from error
    return [f"✓ {file}"]


DEEDS: dict[str, Callable[[Said, datetime], list[str]]] = {
    "list": _list,
    "add": _add,
    "end": _end,
    "picture": _picture,
}


def _needed(said: Said, name: str) -> str:
    if not said.get(name):
        raise say.Failure(f"{name} is missing.\n{USAGE}")
    return said[name]


def _time(text: str) -> datetime:
    from community.commons.dates import BEIJING

    try:
        return datetime.fromisoformat(text).replace(tzinfo=BEIJING)
    except ValueError as error:
        raise say.Failure(f"UNTIL={text} is no date: write it as 2026-12-31.") from error


def _until(at: datetime | None) -> str:
    from community.commons.dates import in_beijing

    return in_beijing(at) if at else "–"


def environment_of(stack: Stack) -> dict[str, str]:
    """The settings of the Lambdas of a system on this machine, and how to reach it."""
    return _settings_of(stack.boto, stack.name) | cloud.emulated_env(stack.emulator_url)


def environment_of_stage(stage: str) -> dict[str, str]:
    """The settings of a stage's Lambdas, and how to reach it."""
    if stage == "local":
        return environment_of(stack_that_is_up())
    if stage not in deploy.STAGES:
        raise say.Failure(f"STAGE={stage} is none: local, {', '.join(deploy.STAGES)}.")
    region = deploy.read_plan(deploy.FOLDER / f"{stage}.json").region
    settings = _settings_of(cloud.real(region), f"member-community-{stage}")
    return settings | {"AWS_DEFAULT_REGION": region}


def _settings_of(clients: Clients, stack: str) -> dict[str, str]:
    found: dict[str, Any] = clients("lambda").get_function_configuration(
        FunctionName=f"{stack}-api_handler"
    )
    settings: dict[str, str] = found["Environment"]["Variables"]
    try:
        Settings.from_env(settings)
    except BadSetting as lacking:
        raise say.Failure(
            f"What runs there is of another version than this: {lacking}."
        ) from lacking
    return settings


if __name__ == "__main__":
    say.run(main)
