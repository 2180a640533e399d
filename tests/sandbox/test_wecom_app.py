"""Messages of the WeCom app: who gets them, what a card must look like, how it changes."""

import copy

import pytest

SEND = "/cgi-bin/message/send"
UPDATE = "/cgi-bin/message/update_template_card"
CARD = {
    "card_type": "button_interaction",
    "source": {"desc": "车主社区", "desc_color": 1},
    "main_title": {"title": "车主认证申请", "desc": "理想 L9"},
    "horizontal_content_list": [{"keyname": "车牌", "value": "京A·12345"}],
    "task_id": "certification@1",
    "button_list": [
        {"text": "通过", "style": 1, "key": "certification.approve"},
        {"text": "驳回", "style": 2, "key": "certification.reject"},
    ],
}
QUESTION = {
    "question_key": "q",
    "option_list": [{"id": "a", "text": "甲"}, {"id": "b", "text": "乙"}],
}
SUBMIT = {"text": "提交", "key": "submit"}


def message(sandbox, kind, content, touser="zhangsan|lisi", **more):
    return {
        "touser": touser,
        "msgtype": kind,
        "agentid": sandbox.identity.agentid,
        kind: content,
        **more,
    }


def send_card(sandbox, **changes):
    more = changes.pop("more", {})
    card = {name: value for name, value in (CARD | changes).items() if value is not None}
    return sandbox.wecom(SEND, message(sandbox, "template_card", card, **more))


def update(sandbox, response_code, **body):
    return sandbox.wecom(
        UPDATE, {"agentid": sandbox.identity.agentid, "response_code": response_code, **body}
    )


def look_of(sandbox, userid):
    (item,) = sandbox.control("GET", f"/inbox/{userid}")["items"]
    return item["look"]


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("text", {"content": "有新的待审内容"}),
        ("markdown", {"content": "**待审** 1 条"}),
        (
            "textcard",
            {
                "title": "待审",
                "description": "一条",
                "url": "https://example.com",
                "btntxt": "查看",
            },
        ),
    ],
)
def test_a_message_reaches_its_receivers(lone_sandbox, kind, content):
    answer = lone_sandbox.wecom(SEND, message(lone_sandbox, kind, content))
    assert answer["errcode"] == 0
    assert "response_code" not in answer
    (item,) = lone_sandbox.sent(to="lisi", kind=kind)
    assert (item["message_id"], item["channel"], item["to"]) == (
        answer["msgid"],
        "wecom_app",
        ["zhangsan", "lisi"],
    )
    assert item["body"][kind] == content
    assert item["state"] is None


def test_everybody_can_be_addressed(lone_sandbox):
    lone_sandbox.wecom(SEND, message(lone_sandbox, "text", {"content": "大家好"}, touser="@all"))
    assert lone_sandbox.sent()[0]["to"] == ["zhangsan", "lisi", "wangwu"]


def test_who_is_not_there_is_named_in_lower_case(lone_sandbox):
    body = message(lone_sandbox, "text", {"content": "你好"}, touser="ZhangSan|NoBody")
    answer = lone_sandbox.wecom(SEND, body)
    assert (answer["errcode"], answer["invaliduser"]) == (0, "nobody")
    assert lone_sandbox.sent()[0]["to"] == ["zhangsan"]


@pytest.mark.parametrize(
    ("change", "errcode"),
    [
        ({"touser": "nobody"}, 81013),
        ({"touser": ""}, 82001),
        ({"agentid": 1}, 40056),
        ({"agentid": None}, 41011),
        ({"msgtype": "voice"}, 40008),
        ({"text": {"content": ""}}, 44004),
        ({"text": {"content": "长" * 683}}, 45002),
        ({"msgtype": "textcard", "textcard": {"title": "t", "description": "d"}}, 40058),
        (
            {
                "msgtype": "textcard",
                "textcard": {"title": "t" * 129, "description": "d", "url": "u"},
            },
            45002,
        ),
    ],
)
def test_a_bad_message_is_refused(lone_sandbox, change, errcode):
    body = message(lone_sandbox, "text", {"content": "你好"}) | change
    assert lone_sandbox.wecom(SEND, body)["errcode"] == errcode
    assert lone_sandbox.sent() == []


def test_a_card_comes_with_a_response_code_and_is_shown_with_its_buttons(lone_sandbox):
    answer = send_card(lone_sandbox)
    assert answer["errcode"] == 0
    assert answer["response_code"]
    state = lone_sandbox.sent()[0]["state"]
    assert (state["title"], state["replaced_text"]) == ("车主认证申请", None)
    assert [button["text"] for button in state["buttons"]] == ["通过", "驳回"]
    assert set(state["by_user"]) == {"zhangsan", "lisi"}


def buttons(*keys):
    return [{"text": "按钮", "key": key} for key in keys]


def options(count):
    return [{"id": str(n), "text": f"选项{n}"} for n in range(count)]


def rows(count):
    return [{"keyname": f"第{n}行", "value": "值"} for n in range(count)]


@pytest.mark.parametrize(
    ("change", "errcode"),
    [
        ({"task_id": None}, 42014),
        ({"task_id": "certification/1"}, 42014),
        ({"task_id": "certification 1"}, 42014),
        ({"task_id": ""}, 42014),
        ({"task_id": 5}, 42014),
        ({"task_id": "x" * 129}, 42014),
        ({"card_type": "unknown"}, 40058),
        ({"card_type": None}, 40058),
        ({"main_title": None}, 40058),
        ({"main_title": "标题"}, 40058),
        ({"button_list": None}, 40058),
        ({"button_list": []}, 40058),
        ({"button_list": buttons("same", "same")}, 42018),
        ({"button_list": buttons("k" * 1025)}, 42018),
        ({"button_list": buttons(*"1234567")}, 40058),
        ({"button_list": [{"text": "无键"}]}, 42019),
        ({"button_list": [{"key": "没有文字"}]}, 42020),
        ({"button_list": [{"text": "样式", "key": "k", "style": 5}]}, 40058),
        ({"button_list": [{"text": "网页", "type": 1}]}, 40058),
        ({"button_list": "按钮"}, 40058),
        ({"horizontal_content_list": rows(7)}, 40058),
        ({"horizontal_content_list": [{"value": "没有名字"}]}, 40058),
        ({"horizontal_content_list": [{"keyname": "网页", "type": 1}]}, 40058),
        ({"horizontal_content_list": [{"keyname": "附件", "type": 2}]}, 40058),
        ({"horizontal_content_list": [{"keyname": "员工", "type": 3}]}, 40058),
        ({"jump_list": [{"title": "跳转"}] * 4}, 40058),
        ({"action_menu": {"desc": "更多", "action_list": []}}, 40058),
        ({"action_menu": {"desc": "更多", "action_list": buttons(*"1234")}}, 40058),
        ({"button_selection": {"question_key": "q", "option_list": options(11)}}, 40058),
        ({"button_selection": {"question_key": "q", "option_list": options(1) * 2}}, 40058),
        ({"button_selection": {"option_list": options(1)}}, 40058),
    ],
)
def test_a_card_that_breaks_a_rule_is_refused(lone_sandbox, change, errcode):
    assert send_card(lone_sandbox, **change)["errcode"] == errcode


@pytest.mark.parametrize(
    "change",
    [
        {"main_title": {"title": "长" * 37}},
        {"main_title": {"title": "标题", "desc": "长" * 45}},
        {"sub_title_text": "长" * 161},
    ],
)
def test_a_card_that_is_too_long_is_refused(lone_sandbox, change):
    assert send_card(lone_sandbox, **change)["errcode"] == 45002


@pytest.mark.parametrize(
    "change",
    [
        {"task_id": "a_-@Z9" * 21},
        {"main_title": {"title": "长" * 36, "desc": "长" * 44}},
        {"horizontal_content_list": rows(6)},
        {
            "button_list": [
                *buttons("1", "2"),
                {"text": "网页", "type": 1, "url": "https://example.com"},
            ]
        },
    ],
)
def test_a_card_at_its_limits_is_taken(lone_sandbox, change):
    assert send_card(lone_sandbox, **change)["errcode"] == 0


@pytest.mark.parametrize(
    ("card", "with_code"),
    [
        (
            {
                "card_type": "text_notice",
                "main_title": {"title": "通知"},
                "card_action": {"type": 1, "url": "u"},
            },
            False,
        ),
        (
            {
                "card_type": "news_notice",
                "main_title": {"title": "图文"},
                "card_action": {"type": 1, "url": "u"},
            },
            False,
        ),
        (
            {
                "card_type": "vote_interaction",
                "main_title": {"title": "投票"},
                "task_id": "t",
                "checkbox": QUESTION,
                "submit_button": SUBMIT,
            },
            True,
        ),
        (
            {
                "card_type": "multiple_interaction",
                "main_title": {"title": "多选"},
                "task_id": "t",
                "select_list": [QUESTION],
                "submit_button": SUBMIT,
            },
            True,
        ),
    ],
)
def test_the_other_cards_are_taken_too(lone_sandbox, card, with_code):
    answer = lone_sandbox.wecom(SEND, message(lone_sandbox, "template_card", card))
    assert answer["errcode"] == 0
    assert ("response_code" in answer) == with_code


def test_a_notice_needs_a_task_id_only_with_a_menu(lone_sandbox):
    card = {
        "card_type": "text_notice",
        "main_title": {"title": "通知"},
        "card_action": {"type": 1, "url": "u"},
    }
    card["action_menu"] = {"desc": "更多", "action_list": buttons("mute")}
    assert (
        lone_sandbox.wecom(SEND, message(lone_sandbox, "template_card", card))["errcode"] == 42014
    )
    card["task_id"] = "t"
    assert lone_sandbox.wecom(SEND, message(lone_sandbox, "template_card", card))["errcode"] == 0


def test_a_task_id_is_good_once(lone_sandbox):
    assert send_card(lone_sandbox)["errcode"] == 0
    answer = send_card(lone_sandbox, sub_title_text="另一张")
    assert answer["errcode"] == 42014
    assert "task_id" in answer["errmsg"]


def test_the_same_message_within_the_interval_is_answered_and_not_delivered(lone_sandbox):
    more = {"enable_duplicate_check": 1, "duplicate_check_interval": 600}
    first = send_card(lone_sandbox, more=more)
    assert send_card(lone_sandbox, more=more) == first
    assert len(lone_sandbox.sent()) == 1
    lone_sandbox.ahead(601)
    assert send_card(lone_sandbox, more=more)["errcode"] == 42014


def test_another_message_is_no_duplicate(lone_sandbox):
    send_card(lone_sandbox, more={"enable_duplicate_check": 1})
    send_card(lone_sandbox, task_id="certification@2", more={"enable_duplicate_check": 1})
    assert len(lone_sandbox.sent()) == 2


def test_without_the_check_a_message_is_delivered_twice(lone_sandbox):
    body = message(lone_sandbox, "text", {"content": "你好"})
    lone_sandbox.wecom(SEND, body)
    lone_sandbox.wecom(SEND, body)
    assert len(lone_sandbox.sent()) == 2


def test_buttons_can_be_replaced_for_everybody(lone_sandbox):
    code = send_card(lone_sandbox)["response_code"]
    assert (
        update(lone_sandbox, code, atall=1, button={"replace_name": "已通过 · 张三"})["errcode"]
        == 0
    )
    for userid in ("zhangsan", "lisi"):
        assert (
            look_of(lone_sandbox, userid)["replaced_text"],
            look_of(lone_sandbox, userid)["buttons"],
        ) == (
            "已通过 · 张三",
            [],
        )
    assert lone_sandbox.sent()[0]["state"]["replaced_text"] == "已通过 · 张三"


def test_buttons_can_be_replaced_for_one_only(lone_sandbox):
    code = send_card(lone_sandbox)["response_code"]
    answer = update(
        lone_sandbox, code, userids=["LiSi", "wangwu"], button={"replace_name": "已处理"}
    )
    assert (answer["errcode"], answer["invaliduser"]) == (0, ["wangwu"])
    assert look_of(lone_sandbox, "lisi")["replaced_text"] == "已处理"
    assert look_of(lone_sandbox, "zhangsan")["replaced_text"] is None
    assert lone_sandbox.sent()[0]["state"]["replaced_text"] is None


def test_the_whole_card_can_be_replaced(lone_sandbox):
    code = send_card(lone_sandbox)["response_code"]
    card = copy.deepcopy(CARD) | {
        "main_title": {"title": "已处理"},
        "replace_text": "已通过 · 张三",
    }
    del card["task_id"]
    assert update(lone_sandbox, code, atall=1, template_card=card)["errcode"] == 0
    look = look_of(lone_sandbox, "lisi")
    assert (look["title"], look["replaced_text"], look["buttons"]) == (
        "已处理",
        "已通过 · 张三",
        [],
    )
    assert look["card"]["task_id"] == CARD["task_id"]


def test_a_response_code_is_good_once(lone_sandbox):
    code = send_card(lone_sandbox)["response_code"]
    update(lone_sandbox, code, atall=1, button={"replace_name": "一"})
    assert update(lone_sandbox, code, atall=1, button={"replace_name": "二"})["errcode"] == 42045
    assert look_of(lone_sandbox, "lisi")["replaced_text"] == "一"


def test_a_response_code_is_good_for_72_hours(lone_sandbox):
    code, other = (send_card(lone_sandbox, task_id=task_id)["response_code"] for task_id in "ab")
    lone_sandbox.ahead(72 * 3600 - 10)
    assert update(lone_sandbox, code, atall=1, button={"replace_name": "一"})["errcode"] == 0
    lone_sandbox.ahead(11)
    assert update(lone_sandbox, other, atall=1, button={"replace_name": "一"})["errcode"] == 42045


@pytest.mark.parametrize(
    ("body", "errcode"),
    [
        ({"atall": 1}, 40058),
        ({"atall": 1, "button": {}}, 40058),
        ({"atall": 1, "template_card": {"card_type": "unknown"}}, 40058),
        ({"button": {"replace_name": "x"}}, 82001),
        ({"atall": 1, "button": {"replace_name": "x"}, "agentid": 5}, 40056),
        ({"atall": 1, "button": {"replace_name": "x"}, "response_code": ""}, 40058),
        ({"atall": 1, "button": {"replace_name": "x"}, "response_code": "unknown"}, 42045),
    ],
)
def test_a_bad_update_is_refused_and_does_not_use_the_code_up(lone_sandbox, body, errcode):
    code = send_card(lone_sandbox)["response_code"]
    assert update(lone_sandbox, **({"response_code": code} | body))["errcode"] == errcode
    assert update(lone_sandbox, code, atall=1, button={"replace_name": "x"})["errcode"] == 0
