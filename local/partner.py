"""Signs calls as a partner's system does; docs/partner-signing.md shows the same few lines."""

import hashlib
import hmac
import secrets
import time
from dataclasses import dataclass

import httpx


def signed(
    key: str, *, partner_id: str, method: str, path: str, body: bytes, timestamp: str, nonce: str
) -> dict[str, str]:
    """The headers that a call needs."""
    text = "\n".join((method, path, timestamp, nonce, hashlib.sha256(body).hexdigest()))
    return {
        "Partner-Id": partner_id,
        "Partner-Timestamp": timestamp,
        "Partner-Nonce": nonce,
        "Partner-Signature": hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest(),
    }


@dataclass(frozen=True)
class Partner:
    """A partner's system that calls a running community."""

    base: str
    http: httpx.Client
    key: str
    partner_id: str = "crm"

    def post(self, path: str, body: bytes, **headers: str) -> httpx.Response:
        """Sign a call and make it. What is given as a header takes the place of what is signed."""
        told = signed(
            self.key,
            partner_id=self.partner_id,
            method="POST",
            path=path,
            body=body,
            timestamp=str(int(time.time() + self._ahead_s())),
            nonce=secrets.token_urlsafe(24),
        )
        told = {**told, "Content-Type": "application/json", **headers}
        return self.http.post(f"{self.base}{path}", content=body, headers=told)

    def _ahead_s(self) -> float:
        """How far the sandbox has moved time ahead, here as for everybody."""
        ahead_s: float = self.http.get(f"{self.base}/_sandbox/clock").json()["ahead_s"]
        return ahead_s
