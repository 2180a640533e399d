"""Envelopes as the platforms seal them, and broken ones, made without our own crypto."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from wechatpy.crypto import WeChatCrypto

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
NONCE = "a1b2c3d4"


@dataclass(frozen=True)
class Sender:
    """A platform that pushes to us. `seal` is wechatpy's doing."""

    token: str
    aes_key: str
    receiver_id: str

    @property
    def crypto(self) -> WeChatCrypto:
        return WeChatCrypto(self.token, self.aes_key, self.receiver_id)

    def encrypted(self, plain: str) -> str:
        xml: str = self.crypto.encrypt_message(plain, NONCE, stamp(NOW))
        return xml.split("<Encrypt><![CDATA[")[1].split("]]>")[0]

    def query(self, encrypted: str, *, at: datetime = NOW, nonce: str = NONCE) -> dict[str, str]:
        """What stands in the address of a sealed message."""
        signature = sha1(self.token, stamp(at), nonce, encrypted)
        return {"msg_signature": signature, "timestamp": stamp(at), "nonce": nonce}

    def plain_query(self, *, at: datetime = NOW, nonce: str = NONCE) -> dict[str, str]:
        """What stands in the address of a message in the clear."""
        signature = sha1(self.token, stamp(at), nonce)
        return {"signature": signature, "timestamp": stamp(at), "nonce": nonce}

    def encrypted_raw(self, padded: bytes) -> str:
        """Encrypt what need not be well made."""
        key = base64.b64decode(self.aes_key + "=")
        encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
        return base64.b64encode(encryptor.update(padded) + encryptor.finalize()).decode()


def sha1(*parts: str) -> str:
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()


def stamp(at: datetime) -> str:
    return str(int(at.timestamp()))


def padded(content: bytes, *, pad: int | None = None) -> bytes:
    pad = pad if pad is not None else 32 - len(content) % 32
    return content + bytes([pad]) * pad


def content(
    message: bytes, receiver_id: str, *, length: int | None = None, prefix: bytes = b"p" * 16
) -> bytes:
    size = len(message) if length is None else length
    return prefix + size.to_bytes(4, "big") + message + receiver_id.encode()


def xml_body(encrypted: str, **beside: str) -> bytes:
    extra = "".join(f"<{name}><![CDATA[{value}]]></{name}>" for name, value in beside.items())
    return f"<xml><ToUserName>gh_1</ToUserName>{extra}<Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>".encode()


def json_body(encrypted: str, **beside: str) -> bytes:
    return json.dumps({"ToUserName": "gh_1", **beside, "Encrypt": encrypted}).encode()


def without(query: Mapping[str, str], name: str) -> dict[str, str]:
    return {key: value for key, value in query.items() if key != name}
