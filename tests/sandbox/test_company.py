"""A colleague in WeCom: presses a button, writes to the app, is added as a contact."""

import pytest
from starlette.responses import Response

SEND = "/cgi-bin/message/send"
UPDATE = "/cgi-bin/message/update_template_card"


@pytest.fixture
def card(sandbox):
    """A card for 张三 and 李四."""
    body = {
        "touser": "zhangsan|lisi",
        "msgtype": "template_card",
        "agentid": sandbox.identity.agentid,
        "template_card": {
            "card_type": "button_interaction",
            "main_title": {"title": "待审帖子"},
            "task_id": "case-1",
            "action_menu": {"desc": "更多", "action_list": [{"text": "不再提醒", "key": "mute"}]},
            "button_list": [
                {"text": "通过", "style": 1, "key": "pass"},
                {"text": "删除", "style": 2, "key": "remove"},
            ],
        },
    }
    return sandbox.wecom(SEND, body)["msgid"]


def press(sandbox, card, key="pass", userid="zhangsan", **more):
    return sandbox.control("POST", f"/staff/{userid}/press", message_id=card, key=key, **more)


def reply(sandbox, **fields):
    common = {
        "ToUserName": "zhangsan",
        "FromUserName": sandbox.identity.corpid,
        "CreateTime": 1700000000,
    }
    return sandbox.sealed_for_wecom({**common, **fields})


def look_of(sandbox, userid):
    return sandbox.control("GET", f"/inbox/{userid}")["items"][0]["look"]


def test_a_press_arrives_as_a_sealed_event(sandbox, backend, card):
    backend.answers(Response(""))
    answer = press(sandbox, card)
    assert (answer["status"], answer["error"], answer["replies"]) == (200, None, [])
    event = sandbox.opened(backend.received[-1])
    assert event["ToUserName"] == sandbox.identity.corpid
    assert (event["FromUserName"], event["MsgType"], event["Event"]) == (
        "zhangsan",
        "event",
        "template_card_event",
    )
    assert (event["EventKey"], event["TaskId"], event["CardType"]) == (
        "pass",
        "case-1",
        "button_interaction",
    )
    assert event["AgentID"] == str(sandbox.identity.agentid)
    assert backend.received[-1].headers["content-type"] == "text/xml"


def test_a_press_of_the_menu_is_another_event(sandbox, backend, card):
    backend.answers(Response(""))
    press(sandbox, card, key="mute")
    assert sandbox.opened(backend.received[-1])["Event"] == "template_card_menu_event"


def test_the_reply_replaces_the_buttons_for_whoever_pressed(sandbox, backend, card):
    backend.answers(
        reply(sandbox, MsgType="update_button", Button={"ReplaceName": "已通过 · 张三"})
    )
    answer = press(sandbox, card)
    assert answer["replies"][0]["Button"] == {"ReplaceName": "已通过 · 张三"}
    assert (answer["card"]["replaced_text"], answer["card"]["buttons"]) == ("已通过 · 张三", [])
    assert look_of(sandbox, "zhangsan")["replaced_text"] == "已通过 · 张三"
    assert look_of(sandbox, "lisi")["replaced_text"] is None


def test_the_reply_replaces_the_whole_card_for_whoever_pressed(sandbox, backend, card):
    new = {
        "CardType": "button_interaction",
        "Source": {"Desc": "车主社区", "DescColor": 2},
        "MainTitle": {"Title": "已处理", "Desc": "帖子"},
        "HorizontalContentList": {"KeyName": "处理人", "Value": "张三", "Type": 0},
        "ButtonList": {"Text": "通过", "Style": 1, "Key": "pass"},
        "ReplaceText": "已通过 · 张三",
    }
    backend.answers(reply(sandbox, MsgType="update_template_card", TemplateCard=new))
    answer = press(sandbox, card)
    assert answer["error"] is None
    shown = answer["card"]
    assert (shown["title"], shown["replaced_text"]) == ("已处理", "已通过 · 张三")
    assert shown["card"]["horizontal_content_list"] == [
        {"keyname": "处理人", "value": "张三", "type": 0}
    ]
    assert shown["card"]["source"] == {"desc": "车主社区", "desc_color": 2}
    assert shown["card"]["task_id"] == "case-1"


def test_the_events_code_changes_the_card_for_everybody_once(sandbox, backend, card):
    backend.answers(Response(""))
    press(sandbox, card)
    code = sandbox.opened(backend.received[-1])["ResponseCode"]
    body = {
        "agentid": sandbox.identity.agentid,
        "response_code": code,
        "atall": 1,
        "button": {"replace_name": "已通过 · 张三"},
    }
    assert sandbox.wecom(UPDATE, body)["errcode"] == 0
    assert look_of(sandbox, "lisi")["replaced_text"] == "已通过 · 张三"
    assert sandbox.wecom(UPDATE, body)["errcode"] == 42045


def test_each_press_has_a_code_of_its_own(sandbox, backend, card):
    backend.answers(Response(""))
    press(sandbox, card)
    press(sandbox, card, userid="lisi")
    first, second = (sandbox.opened(received)["ResponseCode"] for received in backend.received)
    assert first != second


def test_a_phone_that_missed_the_change_can_still_press(sandbox, backend, card):
    backend.answers(reply(sandbox, MsgType="update_button", Button={"ReplaceName": "已通过"}))
    press(sandbox, card)
    assert press(sandbox, card)["status"] == 200
    assert len(backend.received) == 2


def test_a_forged_reply_changes_nothing(sandbox, backend, card):
    good = reply(sandbox, MsgType="update_button", Button={"ReplaceName": "已通过"})
    forged = good.body.replace(b"<MsgSignature><![CDATA[", b"<MsgSignature><![CDATA[0")
    assert forged != good.body
    backend.answers(Response(forged, media_type="text/xml"))
    answer = press(sandbox, card)
    assert "signature" in answer["error"]
    assert answer["card"]["replaced_text"] is None


def test_a_reply_that_is_no_change_of_a_card_is_told(sandbox, backend, card):
    backend.answers(reply(sandbox, MsgType="text", Content="好的"))
    assert press(sandbox, card)["error"] == "a press cannot be answered with text"


@pytest.mark.parametrize(
    ("userid", "body", "status", "complaint"),
    [
        ("nobody", {"key": "pass"}, 404, "no colleague has the userid nobody"),
        ("wangwu", {"key": "pass"}, 409, "is no card that wangwu got"),
        ("lisi", {"key": "unknown"}, 409, "there are: pass, remove, mute"),
        (
            "lisi",
            {"key": "pass", "message_id": "msg_0"},
            404,
            "no message has the message_id msg_0",
        ),
    ],
)
def test_an_impossible_press_is_refused(sandbox, card, userid, body, status, complaint):
    refused = sandbox.refused("POST", f"/staff/{userid}/press", **({"message_id": card} | body))
    assert refused[0] == status
    assert complaint in refused[1]


def test_a_choice_is_sent_with_its_options(sandbox, backend):
    backend.answers(Response(""))
    options = [{"id": "a", "text": "甲"}, {"id": "b", "text": "乙"}]
    vote = {
        "card_type": "vote_interaction",
        "main_title": {"title": "投票"},
        "task_id": "vote-1",
        "checkbox": {"question_key": "q", "mode": 1, "option_list": options},
        "submit_button": {"text": "提交", "key": "submit"},
    }
    body = {
        "touser": "lisi",
        "msgtype": "template_card",
        "agentid": sandbox.identity.agentid,
        "template_card": vote,
    }
    card = sandbox.wecom(SEND, body)["msgid"]
    press(sandbox, card, key="submit", userid="lisi", selected={"q": ["a", "b"]})
    selected = sandbox.opened(backend.received[-1])["SelectedItems"]["SelectedItem"]
    assert selected == {"QuestionKey": "q", "OptionIds": {"OptionId": ["a", "b"]}}


def test_a_colleague_writes_to_the_app_and_gets_the_reply(sandbox, backend):
    backend.answers(reply(sandbox, MsgType="text", Content="收到"))
    answer = sandbox.control("POST", "/staff/zhangsan/say", text="待审")
    assert answer["status"] == 200
    assert [item["body"]["text"]["content"] for item in answer["replies"]] == ["收到"]
    pushed = sandbox.opened(backend.received[-1])
    assert (pushed["MsgType"], pushed["Content"], pushed["FromUserName"]) == (
        "text",
        "待审",
        "zhangsan",
    )
    inbox = sandbox.control("GET", "/inbox/zhangsan")["items"]
    assert [item["from"] for item in inbox] == ["colleague", "service"]


def test_colleagues_are_there_from_the_start_and_more_can_come(lone_sandbox):
    lone_sandbox.control("POST", "/staff", userid="zhaoliu", name="赵六")
    people = {c["userid"]: c["name"] for c in lone_sandbox.control("GET", "/staff")["items"]}
    assert people == {"zhangsan": "张三", "lisi": "李四", "wangwu": "王五", "zhaoliu": "赵六"}
    assert lone_sandbox.refused("POST", "/staff", userid="赵 六", name="赵六")[0] == 400


def test_a_new_contact_is_told_with_a_welcome_code(sandbox, backend):
    backend.answers(Response(""))
    openid = sandbox.user()
    asked = {"userid": "wangwu", "external": {"openid": openid, "name": "安娜"}, "state": "qr-12"}
    answer = sandbox.control("POST", "/contacts", **asked)
    assert answer["status"] == 200
    event = sandbox.opened(backend.received[-1])
    assert (event["FromUserName"], event["Event"], event["ChangeType"]) == (
        "sys",
        "change_external_contact",
        "add_external_contact",
    )
    assert (event["UserID"], event["ExternalUserID"]) == ("wangwu", answer["external_userid"])
    assert (event["State"], bool(event["WelcomeCode"])) == ("qr-12", True)
    again = sandbox.control("POST", "/contacts", **(asked | {"userid": "lisi"}))
    assert again["external_userid"] == answer["external_userid"]
