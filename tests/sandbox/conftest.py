"""A sandbox on a free port with a state of its own for each test, and a backend that does what the test says."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from wechatpy.crypto import WeChatCrypto
from wechatpy.work.crypto import WeChatCrypto as WeComCrypto

from sandbox import server, wire
from sandbox.app import create_app
from sandbox.connections import CuttableProtocol
from sandbox.world import World


class Host:
    """A server in a thread, for all tests; what it serves changes from test to test."""

    def __init__(self) -> None:
        self.app: ASGIApp = nothing_here
        listener = server.bind("127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        config = uvicorn.Config(
            self._serve,
            http=CuttableProtocol,
            lifespan="off",
            interface="asgi3",
            proxy_headers=False,
            log_config=None,
            date_header=False,
            server_header=False,
        )
        self._server = uvicorn.Server(config)
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, args=(listener,), daemon=True)
        self._thread.start()

    def _run(self, listener: Any) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.run_until_complete(self._server.serve(sockets=[listener]))

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)

    def wait_for(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(10)

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(10)


async def nothing_here(scope: Scope, receive: Receive, send: Send) -> None:
    await Response("nothing here", 404)(scope, receive, send)


@dataclass
class Received:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    # Ends when the caller hung up.
    gone: Callable[[], Awaitable[None]]


Handler = Callable[[Received], Awaitable[Response]]


@dataclass
class Backend:
    """The community's API, as the sandbox sees it."""

    url: str
    received: list[Received] = field(default_factory=list)
    handle: Handler | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)

        async def gone() -> None:
            while (await receive())["type"] != "http.disconnect":
                pass

        seen = Received(
            request.method,
            scope["raw_path"].decode(),
            dict(request.query_params),
            dict(request.headers),
            await request.body(),
            gone,
        )
        self.received.append(seen)
        reply = await self.handle(seen) if self.handle is not None else Response("success")
        await reply(scope, receive, send)

    def answers(self, *replies: Response) -> None:
        """Give these answers one after the other, the last one from then on."""
        left = list(replies)

        async def handle(_: Received) -> Response:
            return left.pop(0) if len(left) > 1 else left[0]

        self.handle = handle


class Sandbox:
    """What a test does with the sandbox."""

    def __init__(self, url: str, world: World) -> None:
        self.url = url
        self.world = world
        self.identity = world.identity
        self.http = httpx.Client(base_url=url, trust_env=False, timeout=20, verify=False)

    def control(self, method: str, path: str, /, **body: Any) -> dict[str, Any]:
        reply = self.http.request(method, "/_sandbox" + path, json=body or None)
        assert reply.status_code == 200, reply.text
        value: dict[str, Any] = reply.json()
        return value

    def refused(self, method: str, path: str, /, **body: Any) -> tuple[int, str]:
        reply = self.http.request(method, "/_sandbox" + path, json=body or None)
        return reply.status_code, reply.json()["error"]

    def user(self, **about: Any) -> str:
        return str(self.control("POST", "/users", **about)["openid"])

    def login_code(self, openid: str) -> str:
        return str(self.control("POST", f"/users/{openid}/login-code")["code"])

    def exchange(self, code: str, **other: Any) -> dict[str, Any]:
        query = {
            "appid": self.identity.appid,
            "secret": self.identity.wechat_secret,
            "js_code": code,
            "grant_type": "authorization_code",
            **other,
        }
        return self.get("/sns/jscode2session", **{k: v for k, v in query.items() if v is not None})

    def active_user(self) -> str:
        """A user who has just opened the mini program."""
        openid = self.user()
        self.exchange(self.login_code(openid))
        return openid

    def get(self, path: str, **query: Any) -> dict[str, Any]:
        value: dict[str, Any] = self.http.get(path, params=query).json()
        return value

    def post(self, path: str, body: Any, **query: Any) -> dict[str, Any]:
        value: dict[str, Any] = self.http.post(path, json=body, params=query).json()
        return value

    def stable_token(self, **more: Any) -> dict[str, Any]:
        app = {"appid": self.identity.appid, "secret": self.identity.wechat_secret}
        return self.post(
            "/cgi-bin/stable_token", {"grant_type": "client_credential", **app, **more}
        )

    def wecom_token(self, **other: Any) -> dict[str, Any]:
        query = {"corpid": self.identity.corpid, "corpsecret": self.identity.wecom_secret, **other}
        return self.get("/cgi-bin/gettoken", **query)

    def wechat(self, path: str, body: Any) -> dict[str, Any]:
        """Call an API of the mini program with a good token."""
        return self.post(path, body, access_token=self.stable_token()["access_token"])

    def wecom(self, path: str, body: Any) -> dict[str, Any]:
        return self.post(path, body, access_token=self.wecom_token()["access_token"])

    def ahead(self, seconds: float) -> None:
        """Let time pass."""
        self.control("POST", "/clock", ahead_s=seconds)

    def sent(self, **query: Any) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self.get("/_sandbox/sent", **query)["items"]
        return items

    def say(self, openid: str, text: str = "帮助", **options: Any) -> dict[str, Any]:
        said = {"type": "text", "text": text, "wait_s": 0, **options}
        return self.control("POST", f"/users/{openid}/say", **said)

    def opened(self, received: Received) -> dict[str, Any]:
        """What the sandbox pushed, opened with another implementation of the envelope."""
        query = received.query
        envelope = wire.read(received.body)
        if received.path == "/callbacks/wechat":
            crypto = WeChatCrypto(
                self.identity.wechat_push_token,
                self.identity.wechat_push_aes_key,
                self.identity.appid,
            )
        else:
            crypto = WeComCrypto(
                self.identity.wecom_push_token,
                self.identity.wecom_push_aes_key,
                self.identity.corpid,
            )
        plain = crypto.decrypt_message(
            {"Encrypt": envelope["Encrypt"]},
            query["msg_signature"],
            query["timestamp"],
            query["nonce"],
        )
        return wire.read(plain.encode() if isinstance(plain, str) else plain)

    def sealed_for_wecom(self, reply: dict[str, Any]) -> Response:
        """A passive reply to WeCom, sealed with another implementation of the envelope."""
        crypto = WeComCrypto(
            self.identity.wecom_push_token, self.identity.wecom_push_aes_key, self.identity.corpid
        )
        sealed = crypto.encrypt_message(wire.to_xml(reply).decode(), "1234567890", "1700000000")
        return Response(sealed, media_type="application/xml")


@pytest.fixture(scope="session")
def sandbox_host() -> Iterator[Host]:
    host = Host()
    yield host
    host.stop()


@pytest.fixture(scope="session")
def backend_host() -> Iterator[Host]:
    host = Host()
    yield host
    host.stop()


@pytest.fixture
def backend(backend_host: Host) -> Iterator[Backend]:
    backend_host.app = backend = Backend(backend_host.url)
    yield backend
    backend_host.app = nothing_here


@pytest.fixture
def lone_sandbox(sandbox_host: Host, tmp_path: Path) -> Iterator[Sandbox]:
    """A sandbox that knows of no backend."""
    world = World(tmp_path / "state")
    sandbox_host.app = create_app(world)
    sandbox = Sandbox(sandbox_host.url, world)
    yield sandbox
    sandbox.http.close()
    sandbox_host.wait_for(world.close())
    sandbox_host.app = nothing_here


@pytest.fixture
def sandbox(lone_sandbox: Sandbox, backend: Backend) -> Sandbox:
    """A sandbox with a backend; a push that failed is tried again at once."""
    lone_sandbox.control("PUT", "/upstream", api=backend.url)
    lone_sandbox.control("PUT", "/delivery", retry_after_s=0, timeout_s=2)
    return lone_sandbox


@pytest.fixture
def eventually() -> Callable[[Callable[[], bool]], None]:
    """Wait until something that happens by itself has happened."""
    turn = threading.Event()

    def wait(condition: Callable[[], bool]) -> None:
        for _ in range(500):
            if condition():
                return
            turn.wait(0.01)
        raise AssertionError("it did not happen within 5 seconds")

    return wait
