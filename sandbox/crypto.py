"""The platforms' envelope, as their side does it: sha1 signatures and AES-256-CBC.

Written for the sandbox alone and on purpose not shared with the backend, so that a mistake on one side shows.
Source: wechat.md B.
"""

import base64
import hashlib
import secrets
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 32
RANDOM_BYTES = 16
HEADER_BYTES = RANDOM_BYTES + 4


class BadEnvelope(Exception):
    """What was received cannot have been sealed with this key for this receiver."""


def signature(*parts: str) -> str:
    """sha1 over the parts in the order of the alphabet."""
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()


def is_signed(given: str, *parts: str) -> bool:
    return secrets.compare_digest(given.encode(), signature(*parts).encode())


def seal(message: bytes, *, aes_key: str, receiver_id: str) -> str:
    """Encrypt: 16 random bytes, length, message, receiver; the same message looks different every time."""
    plain = (
        secrets.token_bytes(RANDOM_BYTES)
        + struct.pack(">I", len(message))
        + message
        + receiver_id.encode()
    )
    padding = BLOCK - len(plain) % BLOCK
    encryptor = _cipher(aes_key).encryptor()
    return base64.b64encode(
        encryptor.update(plain + bytes([padding]) * padding) + encryptor.finalize()
    ).decode()


def unseal(sealed: str, *, aes_key: str, receiver_id: str) -> bytes:
    """Decrypt, or BadEnvelope."""
    try:
        encrypted = base64.b64decode(sealed, validate=True)
    except ValueError:
        raise BadEnvelope("not base64") from None
    if not encrypted or len(encrypted) % BLOCK:
        raise BadEnvelope("not a whole number of 32-byte blocks")
    decryptor = _cipher(aes_key).decryptor()
    plain = _unpadded(decryptor.update(encrypted) + decryptor.finalize())
    if len(plain) < HEADER_BYTES:
        raise BadEnvelope("too short")
    (length,) = struct.unpack(">I", plain[RANDOM_BYTES:HEADER_BYTES])
    message, receiver = plain[HEADER_BYTES : HEADER_BYTES + length], plain[HEADER_BYTES + length :]
    if len(message) != length:
        raise BadEnvelope("shorter than its length says")
    if receiver != receiver_id.encode():
        raise BadEnvelope("sealed for another receiver")
    return message


def _unpadded(plain: bytes) -> bytes:
    padding = plain[-1]
    if not 1 <= padding <= BLOCK or plain[-padding:] != bytes([padding]) * padding:
        raise BadEnvelope("bad padding")
    return plain[:-padding]


def _cipher(aes_key: str) -> Cipher[modes.CBC]:
    key = base64.b64decode(aes_key + "=")
    return Cipher(algorithms.AES256(key), modes.CBC(key[:16]))
