"""Personal data at rest: sealed to be read back, or hashed to be found again.

What seals are data keys that KMS made and keeps nothing of. We keep them as KMS sealed them; a process
lets KMS open each of them once, when it is first needed, and remembers it as long as it lives.
"""

from __future__ import annotations

import base64
import hmac
import os
from functools import cache
from typing import TYPE_CHECKING

from chalicelib import aws
from chalicelib.settings import secrets, settings

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_BYTES = 12


def sealed(text: str, *, about: str) -> str:
    """Encrypt a personal text. `about` names the row it belongs to and must be given to open it.

    Shape: "<key id>.<base64 of nonce and AES-256-GCM ciphertext>"; the newest key seals
    Refuses: KeyServiceSilent — only before the key has been used in this process
    """
    key_id, sealed_key = next(iter(secrets().field_keys.items()))
    nonce = os.urandom(_NONCE_BYTES)
    body = nonce + _gcm(sealed_key).encrypt(nonce, text.encode(), about.encode())
    return f"{key_id}.{base64.b64encode(body).decode()}"


def opened(seal: str, *, about: str) -> str:
    """Decrypt what `sealed` made for the same `about`.

    Refuses: KeyServiceSilent — only before the key has been used in this process
    """
    key_id, _, text = seal.partition(".")
    body = base64.b64decode(text)
    gcm = _gcm(secrets().field_keys[key_id])
    return gcm.decrypt(body[:_NONCE_BYTES], body[_NONCE_BYTES:], about.encode()).decode()


def lookup_hash(kind: str, value: str) -> str:
    """A keyed hash by which a personal value can be found without being kept.

    Shape: 43 characters of URL-safe base64
    """
    digest = hmac.digest(secrets().lookup_key, f"{kind}:{value}".encode(), "sha256")
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


@cache
def _gcm(sealed_key: bytes) -> AESGCM:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(aws.data_key(sealed_key, stack=settings().stack))
