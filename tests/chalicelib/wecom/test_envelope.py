from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import xmltodict

from chalicelib.envelopes import BadEnvelope, Message
from chalicelib.wecom import envelope
from chalicelib.wecom.envelope import CardPress, ContactChange
from local.placeholders import SECRETS
from tests.chalicelib.stage import SETTINGS
from tests.fakes.envelopes import NOW, Sender, json_body, stamp, without, xml_body

WECOM = Sender(SECRETS["wecom_push_token"], SECRETS["wecom_push_aes_key"], SETTINGS["WECOM_CORPID"])
PRESS = {
    "ToUserName": SETTINGS["WECOM_CORPID"],
    "FromUserName": "zhangsan",
    "CreateTime": "1795334400",
    "MsgType": "event",
    "Event": "template_card_event",
    "EventKey": "moderation.pass",
    "TaskId": "case@01J",
    "CardType": "button_interaction",
    "ResponseCode": "rc-2",
    "AgentID": "1000002",
}
PRESSED = CardPress(
    "zhangsan", "case@01J", "moderation.pass", "rc-2", datetime.fromtimestamp(1795334400, UTC)
)
PRESS_XML = xmltodict.unparse({"xml": PRESS}, full_document=False)

pytestmark = pytest.mark.usefixtures("stage")


@contextmanager
def refused(reason: str) -> Iterator[None]:
    with pytest.raises(BadEnvelope) as error:
        yield
    assert error.value.reason == reason


def opened(plain: str = PRESS_XML) -> Message:
    encrypted = WECOM.encrypted(plain)
    return envelope.opened(WECOM.query(encrypted), xml_body(encrypted), now=NOW)


def echo_query(plain: str, *, sender: Sender = WECOM) -> dict[str, str]:
    encrypted = sender.encrypted(plain)
    return {**sender.query(encrypted), "echostr": encrypted}


# The check of the URL


def test_the_echo_is_decrypted() -> None:
    assert envelope.echo(echo_query("1616140317555161061"), now=NOW) == "1616140317555161061"


def test_an_echo_that_is_unsigned_stale_or_incomplete_is_refused() -> None:
    query = echo_query("1")
    with refused("signature"):
        envelope.echo({**query, "nonce": "other"}, now=NOW)
    with refused("signature"):
        envelope.echo({**query, "echostr": WECOM.encrypted("2")}, now=NOW)
    with refused("stale"):
        envelope.echo(query, now=NOW + timedelta(seconds=301))
    for name in query:
        with refused("incomplete"):
            envelope.echo(without(query, name), now=NOW)


def test_an_echo_for_another_company_is_refused() -> None:
    with refused("receiver"):
        envelope.echo(echo_query("1", sender=replace(WECOM, receiver_id="ww-other")), now=NOW)


@pytest.mark.parametrize("message", [PRESS_XML, ' {"MsgType":"text"}'])
def test_a_caught_message_is_not_read_out_as_an_echo(message: str) -> None:
    with refused("malformed"):
        envelope.echo(echo_query(message), now=NOW)


# Messages


def test_a_message_is_opened() -> None:
    message = opened()
    assert message.fields == PRESS
    assert message.form == "xml"
    assert message.digest == hashlib.sha256(PRESS_XML.encode()).hexdigest()


def test_only_the_sealed_part_is_read() -> None:
    encrypted = WECOM.encrypted(PRESS_XML)
    body = xml_body(encrypted, FromUserName="forger", EventKey="moderation.remove")
    assert envelope.opened(WECOM.query(encrypted), body, now=NOW).fields == PRESS
    with refused("incomplete"):
        envelope.opened(WECOM.query(encrypted), PRESS_XML.encode(), now=NOW)


def test_a_message_that_is_not_for_us_is_refused() -> None:
    encrypted = WECOM.encrypted(PRESS_XML)
    query = WECOM.query(encrypted)
    with refused("stale"):
        envelope.opened(query, xml_body(encrypted), now=NOW - timedelta(seconds=301))
    with refused("too_large"):
        envelope.opened(query, b" " * 131_073, now=NOW)
    with refused("signature"):
        envelope.opened(query, xml_body(WECOM.encrypted(PRESS_XML)), now=NOW)
    with refused("malformed"):
        envelope.opened(query, b"<xml>", now=NOW)


def test_the_lock_of_wechat_does_not_open_what_wecom_sends() -> None:
    wechat = Sender(
        SECRETS["wechat_push_token"], SECRETS["wechat_push_aes_key"], SETTINGS["WECHAT_APPID"]
    )
    encrypted = wechat.encrypted(PRESS_XML)
    for body in (xml_body(encrypted), json_body(encrypted)):
        with refused("signature"):
            envelope.opened(wechat.query(encrypted), body, now=NOW)


# Presses and replies


def test_the_press_of_a_button_is_read() -> None:
    assert envelope.card_press_in(opened().fields) == PRESSED


def an_item(key: str, *options: str) -> str:
    ids = "".join(f"<OptionId>{option}</OptionId>" for option in options)
    return (
        f"<SelectedItem><QuestionKey>{key}</QuestionKey><OptionIds>{ids}</OptionIds></SelectedItem>"
    )


@pytest.mark.parametrize(
    ("items", "selected"),
    [
        ("", {}),
        (an_item("reason", "mismatch"), {"reason": "mismatch"}),
        (an_item("reason", "mismatch", "other"), {"reason": "mismatch"}),
        (an_item("a", "1") + an_item("b", "2"), {"a": "1", "b": "2"}),
        (an_item("reason"), {}),
        ("<SelectedItem>words</SelectedItem>", {}),
        ("<SelectedItem><QuestionKey><x>1</x></QuestionKey></SelectedItem>", {}),
        ("words", {}),
    ],
)
def test_what_was_chosen_in_the_lists_of_a_card_is_read(
    items: str, selected: dict[str, str]
) -> None:
    chosen = f"<SelectedItems>{items}</SelectedItems></xml>"
    fields = xmltodict.parse(PRESS_XML.replace("</xml>", chosen))["xml"]
    press = envelope.card_press_in(fields)
    assert press
    assert press.selected == selected


@pytest.mark.parametrize(
    "other", [{"MsgType": "text"}, {"Event": "enter_agent"}, {"Event": "template_card_menu_event"}]
)
def test_other_messages_are_no_presses(other: dict[str, str]) -> None:
    assert envelope.card_press_in({**PRESS, **other}) is None


@pytest.mark.parametrize(
    "name", ["FromUserName", "TaskId", "EventKey", "ResponseCode", "CreateTime"]
)
def test_half_a_press_is_refused(name: str) -> None:
    with pytest.raises(BadEnvelope):
        envelope.card_press_in(without(PRESS, name))


def test_the_reply_replaces_the_buttons() -> None:
    xml = envelope.update_button_reply(PRESSED, replace_name="已通过 · <张&三>", now=NOW)
    assert xmltodict.parse(xml)["xml"] == {
        "ToUserName": "zhangsan",
        "FromUserName": SETTINGS["WECOM_CORPID"],
        "CreateTime": stamp(NOW),
        "MsgType": "update_button",
        "Button": {"ReplaceName": "已通过 · <张&三>"},
    }


def test_a_name_cannot_break_out_of_the_reply() -> None:
    name = "</ReplaceName></Button><MsgType>text</MsgType>]]>\x00"
    parts = xmltodict.parse(envelope.update_button_reply(PRESSED, replace_name=name, now=NOW))[
        "xml"
    ]
    assert parts["MsgType"] == "update_button"
    assert parts["Button"]["ReplaceName"] == name.removesuffix("\x00")


def test_a_reply_is_sealed() -> None:
    reply = envelope.sealed_reply("<xml>回复</xml>", now=NOW, nonce="n1")
    signature = xmltodict.parse(reply)["xml"]["MsgSignature"]
    assert WECOM.crypto.decrypt_message(reply, signature, stamp(NOW), "n1") == "<xml>回复</xml>"


# Contacts

ADDED = {
    "ToUserName": SETTINGS["WECOM_CORPID"],
    "FromUserName": "sys",
    "CreateTime": "1795334400",
    "MsgType": "event",
    "Event": "change_external_contact",
    "ChangeType": "add_external_contact",
    "UserID": "wangwu",
    "ExternalUserID": "wmAnna",
    "State": "store-7",
    "WelcomeCode": "wc-1",
}


def test_a_new_contact_is_told_with_its_code() -> None:
    assert envelope.contact_change_in(ADDED) == ContactChange(
        kind="add_external_contact",
        userid="wangwu",
        external_userid="wmAnna",
        state="store-7",
        created_at=datetime.fromtimestamp(1795334400, UTC),
    )


def test_a_contact_may_come_without_a_code() -> None:
    for fields in (without(ADDED, "State"), ADDED | {"State": ""}):
        change = envelope.contact_change_in(fields)
        assert change is not None
        assert change.state is None


@pytest.mark.parametrize("name", ["ChangeType", "UserID", "ExternalUserID"])
def test_half_a_change_of_a_contact_is_refused(name: str) -> None:
    with refused("incomplete"):
        envelope.contact_change_in(without(ADDED, name))


def test_whatever_else_comes_is_no_change_of_a_contact() -> None:
    assert envelope.contact_change_in(PRESS) is None
    assert envelope.contact_change_in(ADDED | {"MsgType": "text"}) is None
