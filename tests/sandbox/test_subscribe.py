"""Subscribe messages: granted one by one, and checked field by field."""

import pytest
from starlette.responses import JSONResponse

from sandbox import wire
from sandbox.subscribe import event

SEND = "/cgi-bin/message/subscribe/send"
DATA = {
    "thing1": {"value": "理想 L9"},
    "phrase2": {"value": "已通过"},
    "time3": {"value": "2026年11月22日 20:15"},
    "thing4": {"value": "欢迎加入车主社区"},
}


def template_id(sandbox, name="certification_decided"):
    return sandbox.identity.templates[name].id


def send(sandbox, openid, data=DATA, **other):
    body = {"touser": openid, "template_id": template_id(sandbox), "data": data, **other}
    return sandbox.wechat(SEND, body)


def accept(sandbox, openid, **more):
    return sandbox.control(
        "POST", f"/users/{openid}/accept", template_id=template_id(sandbox), **more
    )


def test_without_acceptance_nothing_can_be_sent(lone_sandbox):
    assert send(lone_sandbox, lone_sandbox.user())["errcode"] == 43101
    assert lone_sandbox.sent() == []


def test_one_acceptance_is_one_message(sandbox):
    openid = sandbox.user()
    assert accept(sandbox, openid)["left"] == 1
    assert (
        send(sandbox, openid, page="/pages/me/index?from=msg", miniprogram_state="developer")[
            "errcode"
        ]
        == 0
    )
    assert send(sandbox, openid)["errcode"] == 43101
    (message,) = sandbox.sent(to=openid, kind="subscribe")
    assert (message["channel"], message["to"], message["body"]["data"]) == (
        "subscribe",
        [openid],
        DATA,
    )


def test_three_acceptances_are_three_messages(sandbox):
    openid = sandbox.user()
    accept(sandbox, openid, times=3)
    assert [send(sandbox, openid)["errcode"] for _ in range(4)] == [0, 0, 0, 43101]


def test_a_grant_is_for_its_template_and_its_member_only(sandbox):
    openid, other = sandbox.user(), sandbox.user()
    accept(sandbox, openid)
    assert (
        send(sandbox, openid, template_id=template_id(sandbox, "post_decided"))["errcode"] == 43101
    )
    assert send(sandbox, other)["errcode"] == 43101


@pytest.mark.parametrize(
    ("field", "value", "complaint"),
    [
        ("thing1", {"value": "字" * 21}, "data.thing1.value invalid"),
        ("thing1", {"value": ""}, "data.thing1.value is empty"),
        ("thing1", {"value": 5}, "data.thing1.value is not a string"),
        ("thing1", "理想 L9", "data.thing1.value is not a string"),
        ("phrase2", {"value": "超过五个汉字"}, "data.phrase2.value invalid"),
        ("phrase2", {"value": "passed"}, "data.phrase2.value invalid"),
        ("time3", {"value": "昨天"}, "data.time3.value invalid"),
        ("time3", {"value": "2026-11-22"}, "data.time3.value invalid"),
        ("thing9", {"value": "x"}, "data.thing9 is not a field"),
    ],
)
def test_a_field_that_does_not_fit_is_named_and_costs_nothing(sandbox, field, value, complaint):
    openid = sandbox.user()
    accept(sandbox, openid)
    answer = send(sandbox, openid, {**DATA, field: value})
    assert answer["errcode"] == 47003
    assert complaint in answer["errmsg"]
    assert send(sandbox, openid)["errcode"] == 0


def test_a_missing_field_is_named(sandbox):
    openid = sandbox.user()
    answer = send(
        sandbox, openid, {name: value for name, value in DATA.items() if name != "thing4"}
    )
    assert answer["errcode"] == 47003
    assert "data.thing4 is missing" in answer["errmsg"]


@pytest.mark.parametrize(
    "time", ["20:15", "9:05:30", "2026年1月2日 20:15", "2026-01-02 20:15", "20:15~21:15"]
)
def test_times_can_be_written_in_these_ways(sandbox, time):
    openid = sandbox.user()
    accept(sandbox, openid)
    assert send(sandbox, openid, {**DATA, "time3": {"value": time}})["errcode"] == 0


@pytest.mark.parametrize(
    ("other", "errcode"),
    [
        ({"touser": "o-nobody"}, 40003),
        ({"template_id": "unknown"}, 40037),
        ({"page": "index"}, 41030),
        ({"page": "https://example.com"}, 41030),
        ({"miniprogram_state": "release"}, 40097),
        ({"data": "{}"}, 47003),
    ],
)
def test_a_bad_request_is_refused(lone_sandbox, other, errcode):
    assert send(lone_sandbox, lone_sandbox.user(), **other)["errcode"] == errcode


def test_an_acceptance_pushes_the_popup_event(sandbox, backend):
    openid = sandbox.user()
    assert accept(sandbox, openid)["status"] == 200
    event = sandbox.opened(backend.received[-1])
    assert (event["Event"], event["FromUserName"]) == ("subscribe_msg_popup_event", openid)
    assert event["List"]["TemplateId"] == template_id(sandbox)
    assert event["List"]["SubscribeStatusString"] == "accept"


def test_several_acceptances_come_as_a_list(sandbox, backend):
    accept(sandbox, sandbox.user(), times=2)
    assert [
        item["SubscribeStatusString"] for item in sandbox.opened(backend.received[-1])["List"]
    ] == ["accept"] * 2


def test_an_acceptance_counts_even_before_there_is_a_backend(lone_sandbox):
    openid = lone_sandbox.user()
    answer = accept(lone_sandbox, openid)
    assert (answer["status"], answer["left"]) == (None, 1)
    assert send(lone_sandbox, openid)["errcode"] == 0


def test_an_acceptance_of_an_unknown_template_is_refused(lone_sandbox):
    path = f"/users/{lone_sandbox.user()}/accept"
    assert lone_sandbox.refused("POST", path, template_id="x") == (404, "no template has the id x")


def test_the_event_of_a_sent_message_follows(sandbox, backend, eventually):
    openid = sandbox.user()
    accept(sandbox, openid)
    send(sandbox, openid)
    eventually(lambda: len(backend.received) == 2)
    event = sandbox.opened(backend.received[-1])
    assert (event["Event"], event["List"]["ErrorStatus"]) == ("subscribe_msg_sent_event", "success")


def sign_in(sandbox, backend, openid):
    backend.answers(JSONResponse({"token": "session-of-" + openid}))
    reply = sandbox.http.post("/v1/session", json={"code": sandbox.login_code(openid)})
    assert reply.status_code == 200
    return {"Authorization": f"Bearer session-of-{openid}"}


@pytest.mark.parametrize(("accepted", "left"), [(True, 1), (2, 2), (False, 0), (0, 0)])
def test_what_the_mini_program_reports_was_accepted_on_the_phone_first(
    sandbox, backend, accepted, left
):
    openid = sandbox.user()
    session = sign_in(sandbox, backend, openid)
    sandbox.http.post(
        "/v1/subscriptions",
        json={"template": "certification_decided", "accepted": accepted},
        headers=session,
    )
    assert sandbox.control("GET", f"/users/{openid}")["accepted"]["certification_decided"] == left
    assert not [r for r in backend.received if r.path == "/callbacks/wechat"]


def test_a_report_without_a_known_session_counts_for_nobody(sandbox, backend):
    openid = sandbox.user()
    sign_in(sandbox, backend, openid)
    for headers in ({}, {"Authorization": "Bearer invented"}):
        sandbox.http.post(
            "/v1/subscriptions",
            json={"template": "certification_decided", "accepted": True},
            headers=headers,
        )
    assert sandbox.control("GET", f"/users/{openid}")["accepted"]["certification_decided"] == 0


def test_in_xml_the_list_is_nested(sandbox):
    user = sandbox.world.state.users[sandbox.user()]
    pushed = event(
        sandbox.world,
        user,
        "subscribe_msg_popup_event",
        [{"TemplateId": "t1"}, {"TemplateId": "t2"}],
    )
    fields = wire.read(wire.to_xml(pushed.xml_fields))
    assert [item["TemplateId"] for item in fields["SubscribeMsgPopupEvent"]["List"]] == ["t1", "t2"]
