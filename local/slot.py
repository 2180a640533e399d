"""`make slot DO=…`: lists, adds, changes and ends what stands in the slots of the mini program.

It works on the stage that runs on this machine, or on the one that STAGE names, as `make touchpoint` does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

import msgspec

from local import deeds, say
from local.deeds import Said

USAGE = """Say what to do:
  make slot DO=list
  make slot DO=add BY=<userid> SLOT=<slot> KIND=post|activity|coupon_batch REF=<id> TITLE=<title> PICTURE=<media id> LINK=<page>
            FROM=<time> UNTIL=<time> [PLACE=<number>] [AUDIENCE=<json>]
  make slot DO=change BY=<userid> ID=<entry> [what is different]
  make slot DO=end BY=<userid> ID=<entry>
with slots home-banner, accessory-deals, new-launches, members-only; times in Beijing, as 2026-12-31T08:00;
and STAGE=dev or STAGE=prod for a stage on AWS."""

FIELDS = {
    "SLOT": "slot",
    "KIND": "kind",
    "REF": "ref_id",
    "TITLE": "title",
    "PICTURE": "picture_media_id",
    "LINK": "link",
    "FROM": "from_at",
    "UNTIL": "until_at",
    "PLACE": "place",
    "AUDIENCE": "audience",
}
TIMES = {"FROM": "from_at", "UNTIL": "until_at"}
OPTIONAL = ("PLACE", "AUDIENCE")


_needed = partial(deeds.needed, usage=USAGE)


def main() -> None:
    deeds.run(done)


def done(said: Said, *, now: datetime) -> list[str]:
    """Do what was asked for, on the stage that the environment names, and what to say about it."""
    deed = deeds.chosen(DEEDS, said, usage=USAGE)
    with say.refusals_told():
        return deed(said, now)


def _list(_said: Said, now: datetime) -> list[str]:
    from community.commons.dates import in_beijing
    from community.forum.slots import service as slots

    listed = [
        f"  {each.entry_id}  {each.slot:<16}  {each.place:>3}  "
        f"{in_beijing(each.from_at)} – {in_beijing(each.until_at)}  "
        f"{'over  ' if each.is_over(now) else ''}{each.kind} {each.ref_id}  {each.title}"
        for each in slots.everything()
    ]
    return listed or ["Nothing stands in any slot, or will."]


def _add(said: Said, now: datetime) -> list[str]:
    from community.forum.slots import rules
    from community.forum.slots import service as slots

    by = _needed(said, "BY")
    for name in FIELDS:
        if name not in OPTIONAL:
            _needed(said, name)
    told = _told(said)
    # Asked for again, as after a lost answer, it is the same entry.
    request_id = msgspec.json.encode(told, order="sorted").decode()
    entry_id = rules.new_entry_id(by, request_id=request_id, now=told["from_at"])
    put = slots.put(_entry({**told, "entry_id": entry_id}), by=by, now=now)
    return [f"✓ {put.entry_id} added: {put.title}"]


def _change(said: Said, now: datetime) -> list[str]:
    from community.forum.slots import service as slots

    by = _needed(said, "BY")
    before = slots.get(_needed(said, "ID"))
    after = _entry({**msgspec.structs.asdict(before), **_told(said)})
    changed = slots.change(after, by=by, now=now)
    return [f"✓ {changed.entry_id} changed: {changed.title}"]


def _end(said: Said, now: datetime) -> list[str]:
    from community.forum.slots import service as slots

    ended = slots.end(_needed(said, "ID"), by=_needed(said, "BY"), now=now)
    return [f"✓ {ended.entry_id} ended: {ended.title}"]


DEEDS: dict[str, Callable[[Said, datetime], list[str]]] = {
    "list": _list,
    "add": _add,
    "change": _change,
    "end": _end,
}


def _told(said: Said) -> dict[str, Any]:
    told: dict[str, Any] = {field: said[name] for name, field in FIELDS.items() if said.get(name)}
    for name, field in TIMES.items():
        if field in told:
            told[field] = deeds.time_of(said, name)
    if "audience" in told:
        try:
            told["audience"] = msgspec.json.decode(told["audience"])
        except msgspec.DecodeError as error:
            raise say.Failure(f"AUDIENCE is no JSON: {error}.") from error
    return told


def _entry(told: Mapping[str, Any]) -> Any:
    from community.forum.slots.rules import Entry

    try:
        return msgspec.convert(
            msgspec.to_builtins(told, builtin_types=(datetime,)), Entry, strict=False
        )
    except msgspec.ValidationError as error:
        raise say.Failure(f"That is no entry: {error}.") from error


if __name__ == "__main__":
    say.run(main)
