"""Everything the sandbox remembers: one tree of plain values, kept in one JSON file."""

import asyncio
import os
from pathlib import Path
from typing import Any, Literal

import msgspec

SAVE_AFTER_S = 0.5
SENT_MAX = 5_000
SAID_MAX = 5_000


class Window(msgspec.Struct):
    """How many customer-service messages may still be sent, and until when."""

    left: int
    ends_at: float


class User(msgspec.Struct):
    """A WeChat user."""

    openid: str
    unionid: str
    nickname: str
    session_key: str = ""
    blocked: bool = False
    active_at: float | None = None
    risk_rank: int = 0
    accepted: dict[str, int] = {}
    after_message: Window | None = None
    after_entry: Window | None = None


class Code(msgspec.Struct):
    """A one-time code from the phone: of wx.login, or (with the number) of the phone button."""

    openid: str
    ends_at: float
    used: bool = False
    phone: str | None = None
    country_code: str = "86"


class Token(msgspec.Struct):
    value: str
    issued_at: float
    ends_at: float
    superseded_at: float | None = None


class Colleague(msgspec.Struct):
    """A person in the company's WeCom."""

    userid: str
    name: str


class Contact(msgspec.Struct):
    """A WeChat user whom a colleague added as a customer. `tags` are ids of the company's tags."""

    external_userid: str
    name: str
    openid: str | None
    userid: str
    state: str | None
    welcome_code: str
    added_at: float
    tags: list[str] = []
    mobile: str | None = None


class CorpTag(msgspec.Struct):
    """A tag that the company's colleagues can give their contacts."""

    tag_id: str
    name: str


class CorpTagGroup(msgspec.Struct):
    name: str
    tags: list[CorpTag] = []


class Look(msgspec.Struct):
    """A card as it is shown: its template_card, and the text that took the place of its buttons."""

    card: dict[str, Any]
    replaced_text: str | None = None


class Sent(msgspec.Struct):
    """One message of the backend, as it was received."""

    seq: int
    message_id: str
    channel: str
    kind: str
    to: list[str]
    body: dict[str, Any]
    at: float
    look: Look | None = None
    looks: dict[str, Look] = {}


class Said(msgspec.Struct):
    """One message or event of a person, as it was pushed to the backend."""

    seq: int
    channel: str
    who: str
    kind: str
    body: dict[str, Any]
    at: float


class ResponseCode(msgspec.Struct):
    message_id: str
    ends_at: float
    used: bool = False


class Duplicate(msgspec.Struct):
    """An answer that is given again when the same message comes again."""

    answer: dict[str, Any]
    ends_at: float


class Media(msgspec.Struct):
    media_id: str
    content_type: str
    ends_at: float


class Fault(msgspec.Struct):
    path: str
    errcode: int | None = None
    status: int | None = None
    delay_ms: int | None = None
    drop: bool = False
    times: int | None = None
    share: float | None = None


class CheckScript(msgspec.Struct):
    """How the verdict about a picture comes."""

    media: str | None = None
    when: str = "after"
    delay_ms: int = 200
    errcode: int | None = None
    form: str = "documented"
    format: Literal["json", "xml"] = "json"
    repeat: int = 1
    times: int | None = None


class DayCount(msgspec.Struct):
    day: int
    count: int


class ApiCount(msgspec.Struct):
    calls: int = 0
    faults: int = 0
    errcodes: dict[str, int] = {}


class CallbackCount(msgspec.Struct):
    pushed: int = 0
    attempts: int = 0
    failed: int = 0


class Delivery(msgspec.Struct):
    """How long a push waits for its answer, and how long until it is tried again."""

    timeout_s: float = 5.0
    retry_after_s: float = 5.0


class State(msgspec.Struct):
    ahead_s: float = 0.0
    upstream: str | None = None
    last_seq: int = 0
    delivery: Delivery = msgspec.field(default_factory=Delivery)
    users: dict[str, User] = {}
    login_codes: dict[str, Code] = {}
    phone_codes: dict[str, Code] = {}
    sessions: dict[str, str] = {}
    staff: dict[str, Colleague] = {}
    contacts: dict[str, Contact] = {}
    corp_tag_groups: list[CorpTagGroup] = []
    tokens: dict[str, list[Token]] = {}
    forced_refreshes: list[float] = []
    text_verdicts: dict[str, str] = {}
    media_verdicts: dict[str, str] = {}
    media: dict[str, Media] = {}
    faults: list[Fault] = []
    check_scripts: list[CheckScript] = []
    minutes: dict[str, list[float]] = {}
    days: dict[str, DayCount] = {}
    sent: list[Sent] = []
    said: list[Said] = []
    task_ids: dict[str, str] = {}
    response_codes: dict[str, ResponseCode] = {}
    duplicates: dict[str, Duplicate] = {}
    apis: dict[str, ApiCount] = {}
    callbacks: dict[str, CallbackCount] = {}


class StateFile:
    """Keeps the state in a file: shortly after a change, and when the sandbox stops."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._pending: asyncio.TimerHandle | None = None
        self.state = (
            msgspec.json.decode(path.read_bytes(), type=State) if path.exists() else State()
        )

    def changed(self) -> None:
        """Note that something changed; several changes in a row are saved once."""
        if self._pending is None:
            self._pending = asyncio.get_running_loop().call_later(SAVE_AFTER_S, self.save)

    def save(self) -> None:
        """Write the file as a whole, or leave the old one."""
        if self._pending is not None:
            self._pending.cancel()
            self._pending = None
        del self.state.sent[:-SENT_MAX]
        del self.state.said[:-SAID_MAX]
        draft = self._path.with_suffix(".new")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(msgspec.json.encode(self.state))
        draft.replace(self._path)
