"""Access tokens of both platforms: one for all containers, fetched early and by one at a time.

| pattern                    | key condition                              | units             |
|----------------------------|--------------------------------------------|-------------------|
| a token, held in memory    | none                                       | 0                 |
| a token, not held          | get `token#<name>`, consistent             | 1 RCU             |
| take the lease, fetch, keep | two updates on condition of the lease     | 2–4 WCU per fetch |
| drop what failed           | update, if it is still the one that failed | 1–2 WCU           |

A container looks at the row when it starts and when its token nears its end, then once a minute at
most. While one refreshes, the others use the old token, or wait for about three seconds if there is
none. A fetch that failed is not tried again by anybody for a while, and a token that was only just
fetched is not dropped: a permanent error costs a bounded number of fetches, whatever the traffic.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import msgspec
from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.expressions.update import Action

from chalicelib import crypto, logs
from chalicelib.errors import Refusal, Unavailable
from chalicelib.tables import Overtaken, Row, table_name, unless_overtaken

EARLY = timedelta(minutes=10)
LOOK_AGAIN = timedelta(minutes=1)
LEASE = timedelta(seconds=15)
REST = timedelta(seconds=20)
WAITS_S = (0.1, 0.2, 0.4, 0.8, 1.5)


class FreshToken(msgspec.Struct, frozen=True):
    """A token as a platform gave it, and for how long it is good."""

    token: str
    lives: timedelta


class TokenSource(msgspec.Struct, frozen=True):
    """Where a token comes from. `name` tells apps and secrets apart.

    `fetch` asks the platform, within LEASE. Refuses: Unavailable
    """

    name: str
    fetch: Callable[[], FreshToken]


class TokenRow(Row):
    """A token (sealed) and who fetches the next. Held lease: `lease_id`; after a failure: without."""

    class Meta:
        table_name = table_name("platform")

    token = UnicodeAttribute(null=True)
    token_hash = UnicodeAttribute(null=True)
    expires_at = NumberAttribute(null=True)
    fetched_at = NumberAttribute(null=True)
    lease_id = UnicodeAttribute(null=True)
    lease_until = NumberAttribute(null=True)


class _Held(msgspec.Struct, frozen=True):
    token: str
    look_again_at: datetime


_held: dict[str, _Held] = {}


def access_token(source: TokenSource, *, now: datetime) -> str:
    """A token that lives. Refuses: Unavailable — there is none, and none comes within seconds"""
    held = _held.get(source.name)
    if held and now < held.look_again_at:
        return held.token
    row = _row(source.name)
    if _lives(row, now) and not _is_due(row, now):
        return _hold(row, now)
    if lease_id := _lease(row, now):
        return _refreshed(source, row, lease_id, now)
    return _hold(row, now) if _lives(row, now) else _awaited(row, now)


def drop(source: TokenSource, token: str, *, now: datetime) -> None:
    """Forget a token that the platform refused, unless a newer one took its place already."""
    held = _held.get(source.name)
    if held and held.token == token:
        del _held[source.name]
    failed = TokenRow.token_hash == crypto.lookup_hash("access_token", token)
    settled = TokenRow.fetched_at <= (now - REST).timestamp()
    with suppress(Overtaken), unless_overtaken():
        _key(source.name).update(
            [TokenRow.token.remove(), TokenRow.token_hash.remove(), TokenRow.expires_at.remove()],
            condition=failed & settled,
        )


def _refreshed(source: TokenSource, row: TokenRow, lease_id: str, now: datetime) -> str:
    try:
        fresh = source.fetch()
    except Refusal:
        logs.warning("no fresh token", source=source.name)
        _let_rest(row, lease_id, now)
        if _lives(row, now):
            return _hold(row, now)
        raise
    expires_at = (now + fresh.lives).timestamp()
    with suppress(Overtaken), unless_overtaken():
        row.update(
            [
                TokenRow.token.set(crypto.sealed(fresh.token, about=row.pk)),
                TokenRow.token_hash.set(crypto.lookup_hash("access_token", fresh.token)),
                TokenRow.expires_at.set(expires_at),
                TokenRow.fetched_at.set(now.timestamp()),
                TokenRow.lease_id.remove(),
                TokenRow.lease_until.remove(),
            ],
            condition=TokenRow.lease_id == lease_id,
        )
    return _remember(source.name, fresh.token, expires_at, now)


def _lease(row: TokenRow, now: datetime) -> str | None:
    """The id of a lease on fetching the token after the one in `row`, if nobody else has it."""
    lease_id = uuid4().hex
    free = TokenRow.lease_until.does_not_exist() | (TokenRow.lease_until <= now.timestamp())
    same = TokenRow.token == row.token if row.token else TokenRow.token.does_not_exist()
    leased: list[Action] = [
        TokenRow.lease_id.set(lease_id),
        TokenRow.lease_until.set((now + LEASE).timestamp()),
    ]
    try:
        with unless_overtaken():
            TokenRow(row.pk, row.sk).update(leased, condition=free & same)
    except Overtaken:
        return None
    return lease_id


def _let_rest(row: TokenRow, lease_id: str, now: datetime) -> None:
    rest: list[Action] = [
        TokenRow.lease_id.remove(),
        TokenRow.lease_until.set((now + REST).timestamp()),
    ]
    with suppress(Overtaken), unless_overtaken():
        TokenRow(row.pk, row.sk).update(rest, condition=TokenRow.lease_id == lease_id)


def _awaited(row: TokenRow, now: datetime) -> str:
    for wait_s in WAITS_S:
        if row.lease_until and row.lease_until > now.timestamp() and not row.lease_id:
            break
        time.sleep(wait_s)
        row = _row(_name(row))
        if _lives(row, now):
            return _hold(row, now)
    raise Unavailable


def _lives(row: TokenRow, now: datetime) -> bool:
    return bool(row.token and row.expires_at and now.timestamp() < row.expires_at)


def _is_due(row: TokenRow, now: datetime) -> bool:
    # Near its end WeChat gives the same token again until the last five minutes: ask once a minute.
    assert row.expires_at
    assert row.fetched_at
    near_end = row.expires_at - now.timestamp() < EARLY.total_seconds()
    return near_end and now.timestamp() - row.fetched_at >= LOOK_AGAIN.total_seconds()


def _hold(row: TokenRow, now: datetime) -> str:
    assert row.token
    assert row.expires_at
    token = crypto.opened(row.token, about=row.pk)
    return _remember(_name(row), token, row.expires_at, now)


def _remember(name: str, token: str, expires_at: float, now: datetime) -> str:
    ends_at = datetime.fromtimestamp(expires_at, UTC)
    early = ends_at - EARLY * random.uniform(0.5, 1)  # noqa: S311 (spreads load, guards nothing)
    look_again_at = min(ends_at, max(early, now + LOOK_AGAIN))
    _held[name] = _Held(token, look_again_at)
    return token


def _row(name: str) -> TokenRow:
    try:
        return TokenRow.get(f"token#{name}", "token", consistent_read=True)
    except TokenRow.DoesNotExist:
        return _key(name)


def _key(name: str) -> TokenRow:
    return TokenRow(f"token#{name}", "token")


def _name(row: TokenRow) -> str:
    return row.pk.removeprefix("token#")
