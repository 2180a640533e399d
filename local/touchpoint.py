"""`make touchpoint DO=…`: lists, adds and ends the places where members come from, and writes their codes.

It works on the stage that runs on this machine, or on the one that STAGE names, with the settings of
its Lambdas and the rights of whoever calls it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

from local import deeds, say
from local.deeds import Said

USAGE = """Say what to do:
  make touchpoint DO=list
  make touchpoint DO=add BY=<userid> ID=<code> KIND=<kind> NAME=<name> [PAGE=<page>] [STAFF=<userid>] [UNTIL=<date>]
  make touchpoint DO=end BY=<userid> ID=<code>
  make touchpoint DO=picture ID=<code> QR=<file.png>
with STAGE=dev or STAGE=prod for a stage on AWS."""


_needed = partial(deeds.needed, usage=USAGE)


def main() -> None:
    deeds.run(done)


def done(said: Said, *, now: datetime) -> list[str]:
    """Do what was asked for, and what to say about it."""
    deed = deeds.chosen(DEEDS, said, usage=USAGE)
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
        until_at=deeds.time_of(said, "UNTIL"),
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


def _until(at: datetime | None) -> str:
    from community.commons.dates import in_beijing

    return in_beijing(at) if at else "–"


if __name__ == "__main__":
    say.run(main)
