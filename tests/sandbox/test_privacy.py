"""The events by which WeChat tells what became of a user's consent."""

import pytest

from sandbox import wire
from sandbox.privacy import SENDER

MODIFIED, REVOKED, CANCELLED = EVENTS = (
    "user_info_modified",
    "user_authorization_revoke",
    "user_authorization_cancellation",
)


def push(sandbox, openid, event, **options):
    said = {"type": "event", "event": event, **options}
    return sandbox.control("POST", f"/users/{openid}/say", **said)


@pytest.mark.parametrize("event", [MODIFIED, CANCELLED])
def test_an_event_tells_whom_it_is_about_and_comes_from_the_platform(sandbox, backend, event):
    openid = sandbox.user(unionid="u-anna")
    assert push(sandbox, openid, event)["status"] == 200
    [received] = backend.received
    assert received.query["openid"] == SENDER
    opened = sandbox.opened(received)
    assert 0 <= sandbox.world.now() - opened.pop("CreateTime") < 60
    assert opened == {
        "ToUserName": sandbox.identity.original_id,
        "FromUserName": SENDER,
        "MsgType": "event",
        "Event": event,
        "OpenID": openid,
        "UnionID": "u-anna",
        "AppID": sandbox.identity.appid,
    }


@pytest.mark.parametrize("code", ["8", 8])
def test_what_was_taken_back_is_told_as_text(sandbox, backend, code):
    push(sandbox, sandbox.user(), REVOKED, fields={"RevokeInfo": code})
    opened = sandbox.opened(backend.received[0])
    assert (opened["Event"], opened["RevokeInfo"]) == (REVOKED, "8")


@pytest.mark.parametrize("fields", [{}, {"RevokeInfo": "9"}, {"RevokeInfo": "phone"}])
def test_nothing_else_can_be_taken_back(sandbox, backend, fields):
    said = {"type": "event", "event": REVOKED, "fields": fields}
    status, sentence = sandbox.refused("POST", f"/users/{sandbox.user()}/say", **said)
    assert (status, "1, 2, 3" in sentence) == (400, True)
    assert backend.received == []


def test_a_plugins_event_has_the_plugins_fields(sandbox, backend):
    fields = {"RevokeInfo": "1", "PluginID": "wx1", "OpenPID": "p1"}
    push(sandbox, sandbox.user(), REVOKED, fields=fields)
    opened = sandbox.opened(backend.received[0])
    assert (opened["PluginID"], opened["OpenPID"]) == ("wx1", "p1")


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("wire_format", ["json", "xml"])
def test_an_event_comes_in_every_mode(sandbox, backend, event, wire_format):
    openid = sandbox.user()
    fields = {"RevokeInfo": "1"} if event == REVOKED else {}
    for mode in ("plain", "safe"):
        push(sandbox, openid, event, fields=fields, format=wire_format, mode=mode)
    plain, safe = backend.received
    assert b"Encrypt" not in plain.body
    assert wire.read(plain.body)["OpenID"] == sandbox.opened(safe)["OpenID"] == openid


def test_an_event_can_be_repeated(sandbox, backend):
    push(sandbox, sandbox.user(), CANCELLED, repeat=3)
    assert len({sandbox.opened(r)["OpenID"] for r in backend.received}) == 1
    assert len(backend.received) == 3
