"""Partners' systems sign every call: who they are, that nobody changed what they say, that they say it now.

The scheme is specified in docs/partner-signing.md: HMAC-SHA256 over method, path, query, timestamp, nonce
and the hash of the body. A nonce is taken once, for longer than its timestamp is good.

| pattern        | key condition                          | units |
|----------------|----------------------------------------|-------|
| take a nonce   | put `partner#<id>` / `<nonce>` if new  | 1 WCU |
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import msgspec

from chalicelib import logs
from chalicelib.problems import NotRecognised
from chalicelib.settings import secrets
from chalicelib.tables import Row, dies_at, table_name, unless_overtaken

SCHEME = "Partner-Signature"
AGE_MAX = timedelta(minutes=5)
NONCE_KEPT = 2 * AGE_MAX
"""A timestamp is good for five minutes before it comes, and for five after."""
SHAPES = {
    "Partner-Id": r"[a-z0-9-]{1,32}",
    "Partner-Timestamp": r"[0-9]{10}",
    "Partner-Nonce": r"[A-Za-z0-9_-]{16,64}",
    SCHEME: r"[0-9a-f]{64}",
}
"""The headers of a signed call."""


class NotSigned(NotRecognised):
    code = "partner_not_signed"
    text = "请求缺少签名，或签名头格式不正确"


class SignatureWrong(NotRecognised):
    """Also where there is no such partner: who guesses learns nothing."""

    code = "partner_signature_wrong"
    text = "签名不正确"


class SignatureStale(NotRecognised):
    code = "partner_signature_stale"
    text = "签名时间与服务器时间相差超过 5 分钟"


class SignatureReplayed(NotRecognised):
    code = "partner_signature_replayed"
    text = "这个 Partner-Nonce 已经用过，请换一个重新签名"


REFUSALS = (NotSigned, SignatureWrong, SignatureStale, SignatureReplayed)


class NonceRow(Row):
    class Meta:
        table_name = table_name("platform")


class Partner(msgspec.Struct, frozen=True):
    """A system that signed its call."""

    partner_id: str

    @property
    def caller_id(self) -> str:
        return f"partner#{self.partner_id}"


class Signed(msgspec.Struct, frozen=True):
    """What is signed of a call. `path` as the contract writes it, with the values in it."""

    method: str
    path: str
    query: Mapping[str, str]
    body: bytes


def recognised(call: Signed, headers: Mapping[str, str], *, now: datetime) -> Partner:
    """The partner who signed a call, the first time that it comes.

    Refuses: NotSigned, SignatureWrong, SignatureStale, SignatureReplayed
    """
    try:
        return _recognised(call, headers, now)
    except NotRecognised as refusal:
        logs.metric("partner_refused", code=refusal.code)
        raise


def signature(call: Signed, *, key: str, timestamp: str, nonce: str) -> str:
    """What `Partner-Signature` has to say."""
    asked = "&".join(f"{_safe(name)}={_safe(value)}" for name, value in sorted(call.query.items()))
    path = f"{call.path}?{asked}" if asked else call.path
    hashed = hashlib.sha256(call.body).hexdigest()
    text = "\n".join((call.method, path, timestamp, nonce, hashed))
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()


def _recognised(call: Signed, headers: Mapping[str, str], now: datetime) -> Partner:
    told = {name: headers.get(name.lower(), "") for name in SHAPES}
    if not all(re.fullmatch(SHAPES[name], text) for name, text in told.items()):
        raise NotSigned
    partner_id, timestamp, nonce, signed = told.values()
    # Somebody unknown is checked like everybody else, with a key that nobody has.
    keys = secrets().partner_keys.get(partner_id, ())
    rights = [signature(call, key=key, timestamp=timestamp, nonce=nonce) for key in keys or ("",)]
    fits = [hmac.compare_digest(signed, right) for right in rights]
    if not keys or not any(fits):
        raise SignatureWrong
    at = datetime.fromtimestamp(int(timestamp), UTC)
    if abs(now - at) > AGE_MAX:
        raise SignatureStale
    row = NonceRow(f"partner#{partner_id}", nonce, ttl=dies_at(at, NONCE_KEPT))
    with unless_overtaken(SignatureReplayed()):
        row.save(NonceRow.pk.does_not_exist())
    return Partner(partner_id)


def _safe(text: str) -> str:
    return quote(text, safe="-_.~")
