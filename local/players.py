"""People who use a running community: members with a phone, colleagues in WeCom. For demo content and tests."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx

Found = TypeVar("Found")

WAIT_S_MAX = 60.0
POLL_S = 0.1


def awaited(look: Callable[[], Found | None], *, what: str, within_s: float = WAIT_S_MAX) -> Found:
    """Look again and again until something is there."""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(POLL_S)
    raise AssertionError(f"not within {within_s} s: {what}")


@dataclass
class Phone:
    """A WeChat user with the mini program. Calls the community as the mini program does."""

    base: str
    openid: str
    http: httpx.Client
    token: str | None = None

    @classmethod
    def of_somebody(cls, base: str, nickname: str, http: httpx.Client) -> Phone:
        """A new WeChat user."""
        user = _ok(http.post(f"{base}/_sandbox/users", json={"nickname": nickname}))
        return cls(base, user["openid"], http)

    def login_code(self) -> str:
        code: str = _ok(self.http.post(f"{self._user}/login-code"))["code"]
        return code

    def sign_in(self, scene: str | None = None) -> dict[str, Any]:
        said = {"code": self.login_code()} | ({"scene": scene} if scene else {})
        session: dict[str, Any] = self.did("POST", "/v1/session", said)
        self.token = session["token"]
        return session

    def call(
        self, method: str, path: str, body: Any = None, *, key: str | None = None, **query: Any
    ) -> httpx.Response:
        """One call of the API, signed in or not, with whatever answer."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        if key:
            headers["Idempotency-Key"] = key
        return self.http.request(
            method, f"{self.base}{path}", json=body, headers=headers, params=query
        )

    def did(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        """A call that works, with a key of its own if it is a POST."""
        key = str(uuid.uuid4()) if method == "POST" else None
        return _ok(self.call(method, path, body, key=key, **query))

    def says(self, text: str, **options: Any) -> dict[str, Any]:
        """Write in the customer-service chat; gives the delivery's status and the replies."""
        said = {"type": "text", "text": text, **options}
        heard: dict[str, Any] = _ok(self.http.post(f"{self._user}/say", json=said))
        return heard

    def becomes_owner(
        self, colleague: Colleague, *, vin: str, plate_number: str, model: str
    ) -> None:
        """Apply, and have a colleague approve."""
        application = {"kind": "owner", "vin": vin, "plate_number": plate_number, "model": model}
        applied = self.did("POST", "/v1/certifications", application)
        colleague.presses(f"certification-{applied['certification_id']}", "certification.approve")
        awaited(lambda: self.did("GET", "/v1/me")["identity"] == "owner", what="being an owner")

    @property
    def _user(self) -> str:
        return f"{self.base}/_sandbox/users/{self.openid}"


@dataclass
class Colleague:
    """Somebody in WeCom."""

    base: str
    userid: str
    http: httpx.Client

    def card(self, task_id: str, *, within_s: float = WAIT_S_MAX) -> dict[str, Any]:
        """The card of a task, as soon as it is there."""
        return awaited(lambda: self._card(task_id), what=f"the card {task_id}", within_s=within_s)

    def presses(self, task_id: str, key: str, **chosen: str) -> dict[str, Any]:
        """Press a button of a task's card, having `chosen` an option of its list.

        Gives the delivery's status and the card's new look.
        """
        pressed = {
            "message_id": self.card(task_id)["message_id"],
            "key": key,
            "selected": {question: [option] for question, option in chosen.items()},
        }
        address = f"{self.base}/_sandbox/staff/{self.userid}/press"
        answer: dict[str, Any] = _ok(self.http.post(address, json=pressed))
        return answer

    def _card(self, task_id: str) -> dict[str, Any] | None:
        asked = {"to": self.userid, "kind": "template_card"}
        sent = _ok(self.http.get(f"{self.base}/_sandbox/sent", params=asked))["items"]
        return next((s for s in sent if s["body"]["template_card"]["task_id"] == task_id), None)


def _ok(response: httpx.Response) -> Any:
    assert response.is_success, f"{response.request.method} {response.url.path}: {response.text}"
    return response.json() if response.content else None
