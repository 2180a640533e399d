"""The sealed envelope in which WeChat and WeCom push messages: opened strictly, made on our side.

Made of `cryptography` directly: wechatpy's crypto checks neither padding nor length, compares signatures
in varying time and draws its prefix from a predictable generator (docs/decisions/0002-wechatpy.md).
Source: https://developer.work.weixin.qq.com/document/path/90968, .../server-ability/message-push.html
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import msgspec

from chalicelib.errors import Forbidden
from chalicelib.settings import BadSetting

AGE_MAX = timedelta(seconds=300)
BODY_BYTES_MAX = 128 * 1024
NONCE_CHARS_MAX = 128
_PREFIX_BYTES = 16
_LENGTH_BYTES = 4
_AES_BLOCK_BYTES = 16
_PAD_TO_BYTES = 32

Form = Literal["xml", "json"]
Reason = Literal[
    "incomplete", "stale", "signature", "too_large", "not_sealed", "malformed", "doctype",
    "padding", "length", "receiver",
]  # fmt: skip


class BadEnvelope(Forbidden):
    """Not from the platform, or not whole. `reason` is for our metrics; the sender learns nothing."""

    code = "bad_envelope"
    text = "消息来源无法确认"

    def __init__(self, reason: Reason) -> None:
        super().__init__()
        self.reason = reason


class Lock(msgspec.Struct, frozen=True):
    """What a platform and we agreed on for its messages to us. `receiver_id` is appid or corpid."""

    token: str
    aes_key: bytes
    receiver_id: str


class Message(msgspec.Struct, frozen=True):
    """What was in an envelope.

    `digest` (sha256 of the plaintext, in hex) is the same for every repeat of a message: a repeat is
    sealed anew, but says the same. `form` is how the plaintext was written.
    """

    fields: Mapping[str, Any]
    digest: str
    form: Form


def aes_key_from(text: str, *, name: str) -> bytes:
    """The key that the platform's console shows as EncodingAESKey (43 characters)."""
    try:
        key = base64.b64decode(f"{text}=", validate=True)
    except ValueError:
        key = b""
    if len(key) != 32:
        raise BadSetting(f"{name} must be an EncodingAESKey of 43 characters")
    return key


def required(values: Mapping[str, Any], name: str) -> str:
    """A text that must be there. Refuses: BadEnvelope"""
    value = values.get(name)
    if not isinstance(value, str) or not value:
        raise BadEnvelope("incomplete")
    return value


def signature_of(*parts: str) -> str:
    return hashlib.sha1(_bytes("".join(sorted(parts))), usedforsecurity=False).hexdigest()


def check_signature(given: str, *parts: str) -> None:
    """Refuses: BadEnvelope — not signed by one who knows the token (compared in constant time)"""
    if not hmac.compare_digest(_bytes(given), signature_of(*parts).encode()):
        raise BadEnvelope("signature")


def check_age(timestamp: str, *, now: datetime) -> None:
    """Refuses: BadEnvelope — signed too long ago, or ahead of our time"""
    # Ten digits exactly: the signature joins its parts without a mark between them, so a digit must
    # not be able to wander from the nonce into the timestamp.
    if not (timestamp.isascii() and timestamp.isdecimal() and len(timestamp) == 10):
        raise BadEnvelope("malformed")
    if abs(now.timestamp() - int(timestamp)) > AGE_MAX.total_seconds():
        raise BadEnvelope("stale")


def check_size(body: bytes) -> None:
    """Refuses: BadEnvelope — larger than any message of the platforms"""
    if len(body) > BODY_BYTES_MAX:
        raise BadEnvelope("too_large")


def unsealed(encrypted: str, query: Mapping[str, str], lock: Lock, *, now: datetime) -> bytes:
    """The plaintext of an encrypted text that came with this query.

    Refuses: BadEnvelope — unsigned, stale, malformed, or for another receiver
    """
    timestamp, nonce = required(query, "timestamp"), required(query, "nonce")
    if len(nonce) > NONCE_CHARS_MAX:
        raise BadEnvelope("malformed")
    check_signature(required(query, "msg_signature"), lock.token, timestamp, nonce, encrypted)
    check_age(timestamp, now=now)
    return _decrypted(encrypted, lock)


def sealed(plain: str, lock: Lock, *, form: Form, now: datetime, nonce: str) -> str:
    """An envelope of our own around a reply.

    Shape: XML, or JSON, with Encrypt, MsgSignature, TimeStamp and Nonce
    """
    encrypted = _encrypted(plain.encode(), lock)
    timestamp = str(int(now.timestamp()))
    signature = signature_of(lock.token, timestamp, nonce, encrypted)
    if form == "json":
        return json.dumps(
            {
                "Encrypt": encrypted,
                "MsgSignature": signature,
                "TimeStamp": int(timestamp),
                "Nonce": nonce,
            }
        )
    return (
        f"<xml><Encrypt><![CDATA[{encrypted}]]></Encrypt>"
        f"<MsgSignature><![CDATA[{signature}]]></MsgSignature>"
        f"<TimeStamp>{timestamp}</TimeStamp><Nonce>{xml_text(nonce)}</Nonce></xml>"
    )


def message_in(plain: bytes) -> Message:
    """Read what an envelope held. Refuses: BadEnvelope"""
    form, fields = fields_in(plain)
    return Message(fields, hashlib.sha256(plain).hexdigest(), form)


def fields_in(body: bytes) -> tuple[Form, dict[str, Any]]:
    """Read XML or JSON, whichever it is: the platforms' content types are not to be relied on.

    Refuses: BadEnvelope — neither, or with a document type (entities, external files)
    """
    try:
        text = body.decode().strip()
    except UnicodeDecodeError:
        raise BadEnvelope("malformed") from None
    return ("json", _json_fields(text)) if text.startswith("{") else ("xml", _xml_fields(text))


def created_in(fields: Mapping[str, Any]) -> datetime:
    """When the platform made the message: it writes numbers as texts in XML, and at times in JSON."""
    try:
        return datetime.fromtimestamp(int(fields.get("CreateTime", "")), UTC)
    except (ValueError, TypeError, OverflowError, OSError):
        raise BadEnvelope("malformed") from None


def xml_text(text: str) -> str:
    """A text as it may stand in XML: marked signs escaped, signs that XML cannot hold left out."""
    allowed = "".join(sign for sign in text if sign in "\t\n\r" or sign >= " ")
    return allowed.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _json_fields(text: str) -> dict[str, Any]:
    try:
        fields = json.loads(text)
        # WeChat cuts emoji in half at times; half an emoji cannot be encoded again.
        whole = json.dumps(fields, ensure_ascii=False).encode("utf-8", "replace")
        fields = json.loads(whole)
    except (ValueError, RecursionError):
        raise BadEnvelope("malformed") from None
    if not isinstance(fields, dict):
        raise BadEnvelope("malformed")
    return fields


def _xml_fields(text: str) -> dict[str, Any]:
    from xml.parsers.expat import ExpatError

    import xmltodict

    try:
        root = xmltodict.parse(text, expat=_StrictExpat)
    except (ExpatError, ValueError):
        raise BadEnvelope("malformed") from None
    fields = root.get("xml")
    if not isinstance(fields, dict):
        raise BadEnvelope("malformed")
    return fields


class _StrictExpat:
    """The parser that xmltodict is given: it stops at any document type, before anything in it."""

    @staticmethod
    def ParserCreate(encoding: str | None, separator: str | None) -> Any:  # noqa: N802 (expat's name)
        from xml.parsers.expat import ParserCreate

        def refuse(*_: object) -> None:
            raise BadEnvelope("doctype")

        parser = ParserCreate(encoding, separator)
        parser.StartDoctypeDeclHandler = refuse
        return parser


def _decrypted(encrypted: str, lock: Lock) -> bytes:
    try:
        ciphertext = base64.b64decode(encrypted, validate=True)
    except ValueError:
        raise BadEnvelope("malformed") from None
    if not ciphertext or len(ciphertext) % _AES_BLOCK_BYTES:
        raise BadEnvelope("malformed")
    decryptor = _cipher(lock.aes_key).decryptor()
    return _content(decryptor.update(ciphertext) + decryptor.finalize(), lock.receiver_id)


def _content(padded: bytes, receiver_id: str) -> bytes:
    """16 random bytes, the length, the message, the receiver, padding to 32 bytes (not to AES's 16)."""
    pad_bytes = padded[-1]
    if not 1 <= pad_bytes <= _PAD_TO_BYTES or not padded.endswith(bytes([pad_bytes]) * pad_bytes):
        raise BadEnvelope("padding")
    content = padded[_PREFIX_BYTES:-pad_bytes]
    length, rest = int.from_bytes(content[:_LENGTH_BYTES], "big"), content[_LENGTH_BYTES:]
    if len(content) < _LENGTH_BYTES or length > len(rest):
        raise BadEnvelope("length")
    if not hmac.compare_digest(rest[length:], receiver_id.encode()):
        raise BadEnvelope("receiver")
    return rest[:length]


def _encrypted(plain: bytes, lock: Lock) -> str:
    length = len(plain).to_bytes(_LENGTH_BYTES, "big")
    content = os.urandom(_PREFIX_BYTES) + length + plain + lock.receiver_id.encode()
    pad_bytes = _PAD_TO_BYTES - len(content) % _PAD_TO_BYTES
    encryptor = _cipher(lock.aes_key).encryptor()
    padded = content + bytes([pad_bytes]) * pad_bytes
    return base64.b64encode(encryptor.update(padded) + encryptor.finalize()).decode()


def _cipher(key: bytes) -> Any:
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    return Cipher(algorithms.AES(key), modes.CBC(key[:_AES_BLOCK_BYTES]))


def _bytes(text: str) -> bytes:
    # Whatever came in can be compared, also half an emoji out of a JSON escape.
    return text.encode("utf-8", "surrogatepass")
