"""Idempotency keys: a call that is made again goes by the time and the request id of the first one.

We keep no answers. Ids are made from the request id and the time (see `ids`), and every service finds
what an earlier try with the same id has written. So a retry continues wherever the first try stopped,
even in a crash, and gets the same answer, for one write of one unit.

| pattern          | key condition                        | units |
|------------------|--------------------------------------|-------|
| claim a key      | put `idempotency#<hash>` if new       | 1 WCU |
| it was claimed   | get `idempotency#<hash>`, consistent  | 1 RCU |
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

import msgspec
from pynamodb.attributes import UnicodeAttribute

from chalicelib import crypto
from chalicelib.errors import Conflict, FieldError, Invalid, Unavailable
from chalicelib.tables import Overtaken, Row, dies_at, table_name, unless_overtaken

KEPT = timedelta(hours=24)
KEY_CHARS_MAX = 128


class KeyUsedOtherwise(Conflict):
    code = "idempotency_key_reused"
    text = "同一个 Idempotency-Key 不能用于不同的请求"


class ClaimRow(Row):
    class Meta:
        table_name = table_name("platform")

    request_id = UnicodeAttribute()
    body_hash = UnicodeAttribute()
    claimed_at = UnicodeAttribute()


class Claim(msgspec.Struct, frozen=True):
    """The try that a call belongs to: by its request id and time everything is decided."""

    request_id: str
    now: datetime
    replayed: bool


def claim(key: str, *, whose: str, what: str, body: bytes, request_id: str, now: datetime) -> Claim:
    """Take a key for a call, or join the earlier call that took it.

    Refuses: Invalid — not 1 to 128 visible ASCII characters
             KeyUsedOtherwise — the key was taken for another body
             Unavailable — its time was over this very moment
    """
    if not 1 <= len(key) <= KEY_CHARS_MAX or not key.isascii() or not key.isprintable():
        error = FieldError("Idempotency-Key", f"应为 1–{KEY_CHARS_MAX} 个可见 ASCII 字符")
        raise Invalid(errors=[error])
    claim_id = crypto.lookup_hash("idempotency", f"{whose} {what} {key}")
    row = ClaimRow(
        f"idempotency#{claim_id}",
        "claim",
        request_id=request_id,
        body_hash=hashlib.sha256(body).hexdigest(),
        claimed_at=now.isoformat(),
        ttl=dies_at(now, KEPT),
    )
    try:
        with unless_overtaken():
            row.save(ClaimRow.pk.does_not_exist() | (ClaimRow.ttl < int(now.timestamp())))
    except Overtaken:
        first = _first(row)
        if first.body_hash != row.body_hash:
            raise KeyUsedOtherwise from None
        at = datetime.fromisoformat(first.claimed_at)
        return Claim(first.request_id, at, replayed=True)
    return Claim(request_id, now, replayed=False)


def _first(row: ClaimRow) -> ClaimRow:
    try:
        return ClaimRow.get(row.pk, row.sk, consistent_read=True)
    except ClaimRow.DoesNotExist as over:
        raise Unavailable from over
