"""Rows of touchpoints, of where members came from and of referral codes, in the people table.

| pattern                        | key condition                                      | units            |
|--------------------------------|----------------------------------------------------|------------------|
| what does a code mean          | get `touchpoints` / `<code>`                        | 0.5 RCU          |
| the catalogue                  | query `touchpoints`                                | 0.5 RCU each 4 KB |
| add one, end one               | transaction: put it if new, if as read; audit      | 4 WCU            |
| first touch                    | put `member#<id>` / `touch.first` if earlier        | 2 WCU with the index |
| last touch                     | put `member#<id>` / `touch.last` if later           | 1 WCU            |
| where a member came from       | query `member#<id>`, sk from `touch.`               | 0.5 RCU          |
| how many joined there on a day | gsi1 `joined#<code>#<day>#<shard>`, counted, 8 shards | 0.5 RCU each 4 KB |
| whose referral code is it      | get `referral#<code>` / `referral`                  | 0.5 RCU          |
| a member's referral code       | put the same if new                                | 1 WCU            |
| move in a merge, delete        | see `moves`                                        | 4–8 WCU each     |
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

import msgspec
from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.transactions import TransactWrite

from chalicelib import moves
from chalicelib.joins import Kind
from chalicelib.tables import (
    Overtaken,
    RawRow,
    Row,
    table_name,
    unless_overtaken,
)
from community.people.touchpoints.rules import (
    SHARDS,
    Touch,
    Touches,
    Touchpoint,
    day_of,
    shard_of,
)

_CATALOGUE = "touchpoints"
_FIRST, _LAST = "touch.first", "touch.last"


class TouchpointRow(Row):
    class Meta:
        table_name = table_name("people")

    touchpoint = UnicodeAttribute()


class TouchRow(Row):
    """`at` in milliseconds: the earliest first touch and the latest last one stay."""

    class Meta:
        table_name = table_name("people")

    touch = UnicodeAttribute()
    at = NumberAttribute()


class ReferralRow(Row):
    class Meta:
        table_name = table_name("people")

    member_id = UnicodeAttribute()


def find(touchpoint_id: str) -> Touchpoint | None:
    try:
        return _touchpoint(TouchpointRow.get(_CATALOGUE, touchpoint_id).touchpoint)
    except TouchpointRow.DoesNotExist:
        return None


def everything() -> list[Touchpoint]:
    return [_touchpoint(row.touchpoint) for row in TouchpointRow.query(_CATALOGUE)]


def add(write: TransactWrite, touchpoint: Touchpoint) -> None:
    """Join a transaction: it is overtaken if the id is in use."""
    write.save(_row(touchpoint), condition=TouchpointRow.pk.does_not_exist())


def add_if_new(touchpoint: Touchpoint) -> bool:
    try:
        with unless_overtaken():
            _row(touchpoint).save(TouchpointRow.pk.does_not_exist())
    except Overtaken:
        return False
    return True


def replace(write: TransactWrite, before: Touchpoint, after: Touchpoint) -> None:
    """Join a transaction: it is overtaken if somebody else changed it."""
    write.save(_row(after), condition=TouchpointRow.touchpoint == _text(before))


def note_first(member_id: str, touch: Touch) -> None:
    """Keep it, unless the member came from somewhere before."""
    row = _touch_row(member_id, _FIRST, touch)
    row.gsi1pk = _joined(touch.touchpoint_id or "", day_of(touch.at), shard_of(member_id))
    row.gsi1sk = member_id
    with suppress(Overtaken), unless_overtaken():
        row.save(TouchRow.pk.does_not_exist() | (TouchRow.at > row.at))


def note_last(member_id: str, touch: Touch) -> None:
    """Keep it, unless the member came from somewhere since."""
    row = _touch_row(member_id, _LAST, touch)
    with suppress(Overtaken), unless_overtaken():
        row.save(TouchRow.pk.does_not_exist() | (TouchRow.at < row.at))


def touches_of(member_id: str) -> Touches:
    rows = TouchRow.raw_page(_key(member_id), TouchRow.sk.startswith("touch."))
    by_name = {row["sk"]["S"]: _touch(row) for row in rows}
    return Touches(first=by_name.get(_FIRST), last=by_name.get(_LAST))


def joined_on(touchpoint_id: str, day: str) -> int:
    return sum(TouchRow.gsi1.count(_joined(touchpoint_id, day, shard)) for shard in range(SHARDS))


def add_referral(code: str, member_id: str) -> None:
    row = ReferralRow(f"referral#{code}", "referral", member_id=member_id)
    with suppress(Overtaken), unless_overtaken():
        row.save(ReferralRow.pk.does_not_exist())


def referrer_of(code: str) -> str | None:
    try:
        return ReferralRow.get(f"referral#{code}", "referral").member_id
    except ReferralRow.DoesNotExist:
        return None


def delete_referral(code: str) -> None:
    ReferralRow(f"referral#{code}", "referral").delete()


def move(merge_id: str, *, source_id: str, target_id: str) -> None:
    """Of two who are one the first touch is the earlier of both, the last the later."""
    moves.move(_KIND, source=_key(source_id), target=_key(target_id), mark=merge_id)


def move_back(merge_id: str, *, source_id: str, target_id: str) -> None:
    moves.move_back(_KIND, source=_key(source_id), target=_key(target_id), mark=merge_id)


def delete_touches(member_id: str) -> None:
    moves.forget(_KIND, source=_key(member_id))


def _further(one: TouchRow, other: TouchRow) -> TouchRow:
    """Of two first touches the earlier, of two last ones the later."""
    furthest = min if one.sk == _FIRST else max
    return furthest(one, other, key=lambda row: row.at)


_KIND = Kind(row=TouchRow, starting="touch.", joined=_further)


def _touch_row(member_id: str, sk: str, touch: Touch) -> TouchRow:
    return TouchRow(
        _key(member_id),
        sk,
        touch=msgspec.json.encode(touch).decode(),
        at=_milliseconds(touch.at),
    )


def _touch(row: RawRow) -> Touch:
    return msgspec.json.decode(row["touch"]["S"], type=Touch)


def _row(touchpoint: Touchpoint) -> TouchpointRow:
    return TouchpointRow(_CATALOGUE, touchpoint.touchpoint_id, touchpoint=_text(touchpoint))


def _text(touchpoint: Touchpoint) -> str:
    return msgspec.json.encode(touchpoint).decode()


def _touchpoint(text: str) -> Touchpoint:
    return msgspec.json.decode(text, type=Touchpoint)


def _joined(touchpoint_id: str, day: str, shard: int) -> str:
    return f"joined#{touchpoint_id}#{day}#{shard}"


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def _key(member_id: str) -> str:
    return f"member#{member_id}"
