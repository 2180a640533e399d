"""A WeChat and WeCom that answers what a test told it to, over real HTTP."""

from __future__ import annotations

import json
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit

OK = {"errcode": 0, "errmsg": "ok"}


@dataclass(frozen=True)
class Reply:
    """How a call is answered: `drop` hangs up, `hang` says nothing, `stall` stops in the middle."""

    body: bytes = b"{}"
    status: int = 200
    manner: Literal["whole", "drop", "hang", "stall", "cut"] = "whole"


DROP, HANG, STALL, CUT = (Reply(manner=manner) for manner in ("drop", "hang", "stall", "cut"))


@dataclass(frozen=True)
class Asked:
    """One call as it arrived."""

    method: str
    path: str
    query: Mapping[str, str]
    body: bytes
    headers: Mapping[str, str]

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class FakePlatform:
    """Tell it with `answers`, look at what came in `asked`. Untold calls get a token, or "ok"."""

    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    tokens: deque[str] = field(default_factory=deque)
    over: Event = field(default_factory=Event)
    on_silence: Callable[[], None] = lambda: None
    _told: dict[str, deque[Reply]] = field(default_factory=lambda: defaultdict(deque))

    def answers(self, path: str, *replies: Reply | Mapping[str, Any] | int) -> None:
        """The next answers of a path: as they are, or a JSON object, or an error code."""
        for reply in replies:
            if isinstance(reply, int):
                reply = {"errcode": reply, "errmsg": "because"}
            if not isinstance(reply, Reply):
                reply = Reply(json.dumps(reply).encode())
            if reply.manner in ("hang", "stall"):
                self.on_silence()
            self._told[path].append(reply)

    def asked_for(self, path: str) -> list[Asked]:
        return [asked for asked in self.asked if asked.path == path]

    def reply_to(self, asked: Asked) -> Reply:
        self.asked.append(asked)
        if told := self._told[asked.path]:
            return told.popleft()
        if asked.path in ("/cgi-bin/stable_token", "/cgi-bin/gettoken"):
            token = self.tokens.popleft() if len(self.tokens) > 1 else self.tokens[0]
            return Reply(json.dumps({"access_token": token, "expires_in": 7200}).encode())
        return Reply(json.dumps(OK).encode())


@contextmanager
def fake_platform() -> Iterator[FakePlatform]:
    platform = FakePlatform(tokens=deque(["token-of-the-platform"]))
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(platform))
    server.daemon_threads = True
    platform.url = f"http://127.0.0.1:{server.server_port}"
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield platform
    finally:
        platform.over.set()
        server.shutdown()
        server.server_close()


def _handler(platform: FakePlatform) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # Or every answer waits for the acknowledgement of its head.

        def _serve(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            url = urlsplit(self.path)
            query = {name: values[-1] for name, values in parse_qs(url.query).items()}
            body = self.rfile.read(length)
            asked = Asked(self.command, url.path, query, body, dict(self.headers))
            self._answer(platform.reply_to(asked))

        do_GET = do_POST = _serve  # noqa: N815 (http.server's names)

        def _answer(self, reply: Reply) -> None:
            if reply.manner == "hang":
                platform.over.wait()
            if reply.manner in ("drop", "hang"):
                self.close_connection = True
                return
            self.send_response(reply.status)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body if reply.manner == "whole" else reply.body[:1])
            if reply.manner == "stall":
                platform.over.wait()
            self.close_connection = reply.manner != "whole"

        def log_message(self, *args: object) -> None:
            pass

    return Handler
