"""Picture safety: mediaCheckAsync v2, and when and how its verdict is pushed."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from starlette.responses import Response

from tests.pictures import a_photo

PATH = "/wxa/media_check_async"


@pytest.fixture(scope="module")
def files():
    """A place from which pictures are fetched, as the bucket is."""
    known = {
        "/shaped/one/large.jpg": a_photo(60, 40),
        "/shaped/two/large.jpg": a_photo(60, 40),
        "/webp": a_photo(60, 40, kind="WEBP"),
        "/text": b"no picture",
        "/large": a_photo(60, 40) + bytes(10 * 1024 * 1024),
    }

    class Files(BaseHTTPRequestHandler):
        def do_GET(self):
            body = known.get(self.path.partition("?")[0])
            self.send_response(200 if body else 403)
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Files)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def check(sandbox, files, openid=None, *, path="/shaped/one/large.jpg", **other):
    body = {
        "media_url": f"{files}{path}?X-Amz-Signature=1",
        "media_type": 2,
        "version": 2,
        "scene": 3,
        "openid": openid or sandbox.active_user(),
    }
    return sandbox.wechat(PATH, body | other)


def pushed(sandbox, backend):
    return [sandbox.opened(received) for received in backend.received]


def test_a_picture_passes_and_the_verdict_is_pushed_later(sandbox, backend, files, eventually):
    answer = check(sandbox, files)
    assert answer["errcode"] == 0
    eventually(lambda: len(backend.received) == 1)
    (event,) = pushed(sandbox, backend)
    assert (event["MsgType"], event["Event"]) == ("event", "wxa_media_check")
    assert event["trace_id"] == answer["trace_id"]
    assert event["appid"] == sandbox.identity.appid
    assert event["result"] == {"suggest": "pass", "label": 100}
    assert (event["errcode"], event["version"]) == (0, 2)
    assert event["detail"][0]["suggest"] == "pass"


def test_a_scripted_verdict_is_for_the_picture_whose_address_contains_it(
    sandbox, backend, files, eventually
):
    sandbox.control("POST", "/verdicts", media="two", suggest="review")
    sandbox.control("POST", "/verdicts", media="/two/", suggest="risky")
    check(sandbox, files, path="/shaped/two/large.jpg")
    eventually(lambda: len(backend.received) == 1)
    assert pushed(sandbox, backend)[0]["result"] == {"suggest": "risky", "label": 20006}
    check(sandbox, files)
    eventually(lambda: len(backend.received) == 2)
    assert pushed(sandbox, backend)[1]["result"]["suggest"] == "pass"


def test_a_verdict_may_come_before_the_answer(sandbox, backend, files):
    sandbox.control("POST", "/picture-checks", when="before")
    answer = check(sandbox, files)
    (event,) = pushed(sandbox, backend)
    assert event["trace_id"] == answer["trace_id"]


def test_a_verdict_may_never_come(sandbox, backend, files):
    sandbox.control("POST", "/picture-checks", when="never", media="one", times=1)
    sandbox.control("POST", "/picture-checks", when="before")
    assert check(sandbox, files)["trace_id"]
    assert backend.received == []
    check(sandbox, files)
    assert len(backend.received) == 1


def test_a_script_for_another_picture_is_not_used(sandbox, backend, files):
    sandbox.control("POST", "/picture-checks", when="never", media="two")
    sandbox.control("POST", "/picture-checks", when="before", errcode=-1008)
    check(sandbox, files)
    assert len(backend.received) == 1


@pytest.mark.parametrize("path", ["/nothing", "/text", "/large", "/webp"])
def test_what_cannot_be_fetched_or_is_no_picture_has_failed(sandbox, backend, files, path):
    sandbox.control("POST", "/picture-checks", when="before")
    check(sandbox, files, path=path)
    (event,) = pushed(sandbox, backend)
    assert event["errcode"] == -1008
    assert "result" not in event


def test_it_may_fail_as_scripted_and_then_work(sandbox, backend, files):
    sandbox.control("POST", "/picture-checks", when="before", errcode=-1008, times=1)
    sandbox.control("POST", "/picture-checks", when="before")
    for _ in range(2):
        check(sandbox, files)
    assert [event["errcode"] for event in pushed(sandbox, backend)] == [-1008, 0]
    assert len(sandbox.control("GET", "/picture-checks")["items"]) == 1
    assert sandbox.control("DELETE", "/picture-checks")["items"] == []


def test_the_label_may_be_a_text_and_the_code_at_the_top_missing(sandbox, backend, files):
    sandbox.control("POST", "/picture-checks", when="before", form="loose")
    check(sandbox, files)
    (event,) = pushed(sandbox, backend)
    assert event["result"] == {"suggest": "pass", "label": "100"}
    assert "errcode" not in event


@pytest.mark.parametrize(
    ("script", "shown"),
    [({}, (0, 0)), ({"errcode": -1008}, (0, 4294966288))],
)
def test_the_first_version_says_it_in_other_words(sandbox, backend, files, script, shown):
    sandbox.control("POST", "/picture-checks", when="before", form="v1", **script)
    check(sandbox, files)
    (event,) = pushed(sandbox, backend)
    assert (event["isrisky"], event["status_code"]) == shown
    assert "result" not in event


def test_a_verdict_may_come_as_xml_and_more_than_once(sandbox, backend, files):
    sandbox.control("POST", "/picture-checks", when="before", format="xml", repeat=3)
    check(sandbox, files)
    assert [event["result"]["suggest"] for event in pushed(sandbox, backend)] == ["pass"] * 3


def test_a_backend_that_does_not_answer_is_told_again(sandbox, backend, files):
    backend.answers(Response("no", 500), Response("success"))
    sandbox.control("POST", "/picture-checks", when="before")
    check(sandbox, files)
    assert len(backend.received) == 2


@pytest.mark.parametrize(
    ("other", "errcode"),
    [
        ({"version": 1}, 40097),
        ({"scene": 5}, 40129),
        ({"media_type": 1}, 40004),
        ({"media_url": "x"}, 40155),
        ({"media_url": None}, 40155),
        ({"openid": "o-nobody"}, 40003),
    ],
)
def test_a_bad_request_is_refused(lone_sandbox, files, other, errcode):
    assert check(lone_sandbox, files, **other)["errcode"] == errcode


def test_a_user_who_was_not_there_for_two_hours_is_refused(lone_sandbox, files):
    openid = lone_sandbox.active_user()
    lone_sandbox.ahead(2 * 3600 + 1)
    assert check(lone_sandbox, files, openid)["errcode"] == 61010


def test_two_thousand_a_minute(lone_sandbox, files):
    openid = lone_sandbox.active_user()
    lone_sandbox.world.state.minutes["media_check_async"] = [lone_sandbox.world.now()] * 2000
    assert check(lone_sandbox, files, openid)["errcode"] == 44991
    lone_sandbox.ahead(61)
    assert check(lone_sandbox, files, openid)["errcode"] == 0


def test_two_hundred_thousand_a_day(lone_sandbox, files):
    openid = lone_sandbox.active_user()
    check(lone_sandbox, files, openid)
    lone_sandbox.world.state.days["media_check_async"].count = 200_000
    assert check(lone_sandbox, files, openid)["errcode"] == 45009


def test_the_same_picture_is_looked_at_twenty_times_a_day(lone_sandbox, files):
    openid = lone_sandbox.active_user()
    codes = [check(lone_sandbox, files, openid)["errcode"] for _ in range(21)]
    assert codes == [0] * 20 + [87020]
    assert check(lone_sandbox, files, openid, path="/shaped/two/large.jpg")["errcode"] == 0


@pytest.mark.parametrize(
    "script", [{"times": 0}, {"repeat": 0}, {"delay_ms": -1}, {"when": "soon"}, {"form": "x"}]
)
def test_a_script_that_makes_no_sense_is_refused(lone_sandbox, script):
    assert lone_sandbox.refused("POST", "/picture-checks", **script)[0] == 400
