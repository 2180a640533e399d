"""People who play the journeys on the whole system."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import httpx
import pytest

from local.players import Colleague, Phone
from local.stack import Stack
from tests.journeys.forum import People
from tests.pictures import a_photo

BEIJING = timedelta(hours=8)
_numbers = count(1)

TICK: dict[str, Any] = {
    "version": "0",
    "account": "000000000000",
    "region": "us-east-1",
    "detail": {},
    "detail-type": "Scheduled Event",
    "source": "aws.events",
    "time": "2026-11-22T00:00:00Z",
    "id": "tick",
    "resources": [],
}


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Who looks for what all the others have left behind comes last."""
    items.sort(key=lambda item: item.name.endswith("_of_the_whole_run"))


@pytest.fixture(scope="session")
def http() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=60) as client:
        yield client


@pytest.fixture
def guest(stack: Stack, http: httpx.Client) -> Phone:
    return Phone(stack.base, "", http)


@pytest.fixture
def new_phone(stack: Stack, http: httpx.Client) -> Callable[[], Phone]:
    """Somebody new in WeChat, who has not signed in."""
    return lambda: Phone.of_somebody(stack.base, f"车友 {next(_numbers)}", http)


@pytest.fixture
def prospect(new_phone: Callable[[], Phone]) -> Phone:
    phone = new_phone()
    phone.sign_in()
    return phone


@pytest.fixture
def zhangsan(stack: Stack, http: httpx.Client) -> Colleague:
    """A moderator."""
    return Colleague(stack.base, "zhangsan", http)


@pytest.fixture
def lisi(stack: Stack, http: httpx.Client) -> Colleague:
    """Another moderator."""
    return Colleague(stack.base, "lisi", http)


@pytest.fixture
def wangwu(stack: Stack, http: httpx.Client) -> Colleague:
    """An advisor: no moderator."""
    return Colleague(stack.base, "wangwu", http)


@pytest.fixture
def new_owner(new_phone: Callable[[], Phone], zhangsan: Colleague) -> Callable[[], Phone]:
    def owner() -> Phone:
        phone = new_phone()
        phone.sign_in()
        phone.becomes_owner(zhangsan, **a_car())
        return phone

    return owner


@pytest.fixture
def owner(new_owner: Callable[[], Phone]) -> Phone:
    return new_owner()


@pytest.fixture
def control(stack: Stack, http: httpx.Client) -> Iterator[Control]:
    """The sandbox's levers, put back afterwards."""
    control = Control(stack.base, http)
    yield control
    control.ask("DELETE", "/faults")


@pytest.fixture
def one_day(control: Control) -> None:
    """In Beijing the day does not end while the test runs."""
    now = datetime.fromisoformat(control.ask("GET", "/clock")["now"]) + BEIJING
    if (now.hour, now.minute) >= (23, 50):
        control.move_ahead(10 * 60)


@pytest.fixture(scope="module")
def met(stack: Stack, http: httpx.Client) -> People:
    return People.meet(stack, http, car=a_car())


@pytest.fixture
def people(met: People) -> People:
    """Those who meet in the forum, all of them here right now."""
    met.come_back()
    return met


LetHappen = Callable[[int], None]


@pytest.fixture
def let_happen(stack: Stack, control: Control) -> LetHappen:
    """Time passes by so many seconds, and what is due happens."""

    def passed(seconds: int) -> None:
        control.move_ahead(seconds)
        while stack.invoke("tick", TICK)["happened"]:
            pass
        stack.wait_until_idle()

    return passed


Upload = Callable[..., str]


@pytest.fixture
def upload(http: httpx.Client) -> Upload:
    """As `wx.uploadFile` does; gives the media's id."""

    def done(phone: Phone, body: bytes | None = None, *, purpose: str = "post") -> str:
        body = body or a_photo()
        content_type = "video/mp4" if purpose == "video" else "image/jpeg"
        wanted = {"purpose": purpose, "content_type": content_type, "bytes": len(body)}
        ticket = phone.did("POST", "/v1/media", wanted)
        form = ticket["upload"]
        sent = http.post(form["url"], data=form["fields"], files={"file": ("p", body)})
        assert sent.status_code == 204, sent.text
        media_id: str = ticket["media_id"]
        return media_id

    return done


class Control:
    def __init__(self, base: str, http: httpx.Client) -> None:
        self._base, self._http = base, http

    def ask(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        answer = self._http.request(method, f"{self._base}/_sandbox{path}", json=body, params=query)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def fault(self, path: str, **fault: Any) -> None:
        self.ask("POST", "/faults", {"path": path, "times": 1, **fault})

    def move_ahead(self, seconds: int) -> None:
        self.ask("POST", "/clock", {"ahead_s": seconds})

    def sent(self, **query: Any) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self.ask("GET", "/sent", **query)["items"]
        return items


def a_car() -> dict[str, str]:
    """A car that nobody has certified yet."""
    number = next(_numbers)
    return {
        "vin": f"LSVAA49J1329{number:05d}",
        "plate_number": f"沪A{number:05d}",
        "model": "途观 L",
    }


def a_mobile() -> str:
    """A phone number that nobody has bound yet."""
    return f"1380000{next(_numbers):04d}"


def a_post(**fields: Any) -> dict[str, Any]:
    return {
        "kind": "discussion",
        "title": "首保多少钱",
        "text": "4S 店首保大家花了多少？",
        **fields,
    }
