"""The community's own API under the sandbox's address: passed through unchanged."""

import gzip

import pytest
from starlette.responses import Response, StreamingResponse


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/boards"),
        ("POST", "/v1/boards/car-care/posts"),
        ("PUT", "/v1/me"),
        ("DELETE", "/v1/posts/1/reactions/like"),
        ("OPTIONS", "/v1/me"),
        ("GET", "/openapi.json"),
        ("GET", "/health"),
        ("GET", "/callbacks/wecom"),
        ("POST", "/callbacks/wechat"),
    ],
)
def test_every_path_of_the_api_is_passed_on(sandbox, backend, method, path):
    backend.answers(Response("ok", 202))
    assert sandbox.http.request(method, path).status_code == 202
    assert [(r.method, r.path) for r in backend.received] == [(method, path)]


def test_the_request_arrives_as_it_was_sent(sandbox, backend):
    headers = {
        "Authorization": "Bearer t",
        "Idempotency-Key": "k",
        "Content-Type": "application/json",
    }
    sandbox.http.post(
        "/v1/a%2Fb/%E5%85%BB?cursor=a%2Bb&q=%E8%BD%A6",
        content=b'{"a": "\xe5\x85\xbb"}',
        headers=headers,
    )
    (received,) = backend.received
    assert received.path == "/v1/a%2Fb/%E5%85%BB"
    assert received.query == {"cursor": "a+b", "q": "车"}
    assert received.body == b'{"a": "\xe5\x85\xbb"}'
    assert {name: received.headers[name.lower()] for name in headers} == headers
    assert received.headers["host"] == backend.url.removeprefix("http://")


def test_the_gateway_adds_no_header_of_its_own(sandbox, backend):
    reply = sandbox.http.build_request("GET", "/v1/boards")
    for name in ("accept", "accept-encoding", "user-agent"):
        del reply.headers[name]
    sandbox.http.send(reply)
    assert set(backend.received[0].headers) <= {"host", "connection"}


def test_the_answer_comes_back_as_it_was_given(sandbox, backend):
    given = Response(gzip.compress("养车".encode()), 409, media_type="application/problem+json")
    given.headers["Content-Encoding"] = "gzip"
    given.headers["ETag"] = '"1"'
    given.headers.append("Set-Cookie", "a=1")
    given.headers.append("Set-Cookie", "b=2")
    backend.answers(given)
    reply = sandbox.http.get("/v1/me")
    assert (reply.status_code, reply.content.decode(), reply.headers["etag"]) == (
        409,
        "养车",
        '"1"',
    )
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.headers.get_list("set-cookie") == ["a=1", "b=2"]


def test_an_answer_in_pieces_is_passed_on(sandbox, backend):
    async def pieces():
        for piece in (b"a", b"b", b"c"):
            yield piece

    backend.answers(StreamingResponse(pieces()))
    assert sandbox.http.get("/v1/export").content == b"abc"


def test_a_base_path_is_put_in_front(sandbox, backend):
    sandbox.control("PUT", "/upstream", api=f"{backend.url}/restapis/x1/api/_user_request_/")
    sandbox.http.get("/v1/boards")
    sandbox.say(sandbox.user())
    assert [received.path for received in backend.received] == [
        "/restapis/x1/api/_user_request_/v1/boards",
        "/restapis/x1/api/_user_request_/callbacks/wechat",
    ]


def test_before_there_is_a_backend_the_answer_says_so(lone_sandbox):
    reply = lone_sandbox.http.get("/v1/boards")
    assert (reply.status_code, reply.headers["content-type"]) == (503, "application/problem+json")
    assert (reply.json()["code"], reply.json()["detail"]) == (
        "not_started",
        "社区后端还没有启动，请先运行 make up",
    )


def test_a_backend_that_is_gone_is_a_502(sandbox):
    sandbox.control("PUT", "/upstream", api="http://127.0.0.1:9")
    reply = sandbox.http.get("/v1/boards")
    assert (reply.status_code, reply.json()["code"]) == (502, "not_reachable")


@pytest.mark.parametrize("api", ["127.0.0.1:4599", "ftp://x", "http://", "http://x/?a=1", ""])
def test_an_address_that_is_none_is_refused(lone_sandbox, api):
    assert lone_sandbox.refused("PUT", "/upstream", api=api)[0] == 400


def test_a_session_token_is_not_kept_as_it_is(sandbox, backend):
    backend.answers(Response('{"token": "very-secret"}', media_type="application/json"))
    sandbox.http.post("/v1/session", json={"code": sandbox.login_code(sandbox.user())})
    assert len(sandbox.world.state.sessions) == 1
    assert "very-secret" not in repr(sandbox.world.state)
