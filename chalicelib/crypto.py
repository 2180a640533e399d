"""Personal data at rest: sealed to be read back, or hashed to be found again."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os

from chalicelib.settings import secrets

_NONCE_BYTES = 12


def sealed(text: str, *, about: str) -> str:
    """Encrypt a personal text. `about` names the row it belongs to and must be given to open it.

    Shape: "<key id>.<base64 of nonce and AES-256-GCM ciphertext>"; the newest key seals
    """
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    key_id, key = next(iter(secrets().field_keys.items()))
    nonce = os.urandom(_NONCE_BYTES)
    body = nonce + AESGCM(key).encrypt(nonce, text.encode(), about.encode())
    return f"{key_id}.{base64.b64encode(body).decode()}"


def opened(seal: str, *, about: str) -> str:
    """Decrypt what `sealed` made for the same `about`."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    key_id, _, text = seal.partition(".")
    body = base64.b64decode(text)
    key = secrets().field_keys[key_id]
    return AESGCM(key).decrypt(body[:_NONCE_BYTES], body[_NONCE_BYTES:], about.encode()).decode()


def lookup_hash(kind: str, value: str) -> str:
    """A keyed hash by which a personal value can be found without being kept.

    Shape: 43 characters of URL-safe base64
    """
    digest = hmac.new(secrets().lookup_key, f"{kind}:{value}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
