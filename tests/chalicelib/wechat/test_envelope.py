from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
import xmltodict
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.envelopes import BadEnvelope, Message
from chalicelib.settings import settings
from chalicelib.wechat import envelope
from chalicelib.wechat.envelope import (
    ChatEntered,
    ChatOther,
    ChatText,
    PrivacyNews,
    PrivacyNotice,
    Revocable,
)
from local.placeholders import SECRETS
from tests.chalicelib.stage import SETTINGS
from tests.fakes.envelopes import NOW, Sender, json_body, without, xml_body

WECHAT = Sender(
    SECRETS["wechat_push_token"], SECRETS["wechat_push_aes_key"], SETTINGS["WECHAT_APPID"]
)
TEXT = {
    "ToUserName": "gh_1",
    "FromUserName": "oPerson",
    "CreateTime": "1795334400",
    "MsgType": "text",
    "Content": "养车无忧",
    "MsgId": "23442334",
}
SENT_AT = datetime.fromtimestamp(1795334400, UTC)
TEXT_XML = xmltodict.unparse({"xml": TEXT}, full_document=False)
TEXT_JSON = json.dumps({**TEXT, "CreateTime": 1795334400, "MsgId": 23442334})

Body = Callable[..., bytes]

pytestmark = pytest.mark.usefixtures("stage")


@contextmanager
def refused(reason: str) -> Iterator[None]:
    with pytest.raises(BadEnvelope) as error:
        yield
    assert error.value.reason == reason


@pytest.fixture
def plain_mode(stage: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WECHAT_PUSH_MODE", "plain")
    settings.cache_clear()


def safe_query(encrypted: str, **more: str) -> dict[str, str]:
    """As WeChat sends it: the signature of plain mode stands beside the one that counts."""
    return {**WECHAT.plain_query(), **WECHAT.query(encrypted), "encrypt_type": "aes", **more}


def opened(plain: str = TEXT_XML, *, body: Body = xml_body, **beside: str) -> Message:
    encrypted = WECHAT.encrypted(plain)
    return envelope.opened(safe_query(encrypted), body(encrypted, **beside), now=NOW)


# The check of the URL


def test_the_echo_is_given_back_as_it_came() -> None:
    query = {**WECHAT.plain_query(), "echostr": "5A+x/ 7=+"}
    assert envelope.echo(query, now=NOW) == "5A+x/ 7=+"


def test_an_echo_that_is_unsigned_stale_or_missing_is_refused() -> None:
    query = {**WECHAT.plain_query(), "echostr": "1"}
    with refused("signature"):
        envelope.echo({**query, "nonce": "other"}, now=NOW)
    with refused("stale"):
        envelope.echo(query, now=NOW + timedelta(seconds=301))
    for name in query:
        with refused("incomplete"):
            envelope.echo(without(query, name), now=NOW)


# Safe mode


@pytest.mark.parametrize("body", [xml_body, json_body])
@pytest.mark.parametrize(("plain", "form"), [(TEXT_XML, "xml"), (TEXT_JSON, "json")])
def test_a_sealed_message_is_opened(body: Body, plain: str, form: str) -> None:
    message = opened(plain, body=body)
    assert message.fields["Content"] == "养车无忧"
    assert message.form == form
    assert message.digest == hashlib.sha256(plain.encode()).hexdigest()


def test_a_repeat_is_sealed_anew_and_has_the_same_digest() -> None:
    assert opened(body=xml_body).digest == opened(body=json_body).digest


def test_what_stands_beside_the_sealed_part_is_never_read() -> None:
    message = opened(Content="伪造的内容", FromUserName="oForger")
    assert message.fields["Content"] == "养车无忧"
    assert message.fields["FromUserName"] == "oPerson"


@pytest.mark.parametrize("body", [TEXT_XML.encode(), TEXT_JSON.encode()])
def test_safe_mode_takes_no_message_in_the_clear(body: bytes) -> None:
    with refused("not_sealed"):
        envelope.opened(WECHAT.plain_query(), body, now=NOW)
    with refused("not_sealed"):
        envelope.opened({**WECHAT.plain_query(), "encrypt_type": "raw"}, body, now=NOW)
    with refused("incomplete"):
        envelope.opened(safe_query("x"), body, now=NOW)


def test_the_signature_of_plain_mode_does_not_open_a_sealed_message() -> None:
    encrypted = WECHAT.encrypted(TEXT_XML)
    query = safe_query(encrypted, msg_signature=WECHAT.plain_query()["signature"])
    with refused("signature"):
        envelope.opened(query, xml_body(encrypted), now=NOW)


@pytest.mark.parametrize(
    "sender",
    [
        Sender("OtherToken", WECHAT.aes_key, WECHAT.receiver_id),
        Sender(WECHAT.token, "A" * 43, WECHAT.receiver_id),
        Sender(WECHAT.token, WECHAT.aes_key, "wx-another-app"),
    ],
)
def test_a_message_of_somebody_else_is_refused(sender: Sender) -> None:
    encrypted = sender.encrypted(TEXT_XML)
    with pytest.raises(BadEnvelope):
        envelope.opened(sender.query(encrypted), xml_body(encrypted), now=NOW)


def test_a_message_that_is_too_old_or_too_large_is_refused() -> None:
    encrypted = WECHAT.encrypted(TEXT_XML)
    with refused("stale"):
        envelope.opened(
            safe_query(encrypted), xml_body(encrypted), now=NOW + timedelta(seconds=301)
        )
    with refused("too_large"):
        envelope.opened(safe_query(encrypted), b" " * 131_073, now=NOW)


@pytest.mark.parametrize("body", [b"", b"<xml>", b"{}", b"<xml><Encrypt/></xml>", b'{"Encrypt":1}'])
def test_a_body_without_a_sealed_part_is_refused(body: bytes) -> None:
    with pytest.raises(BadEnvelope):
        envelope.opened(safe_query("x"), body, now=NOW)


def test_two_sealed_parts_are_refused() -> None:
    encrypted = WECHAT.encrypted(TEXT_XML)
    body = xml_body(encrypted).replace(b"</xml>", b"<Encrypt>x</Encrypt></xml>")
    with refused("incomplete"):
        envelope.opened(safe_query(encrypted), body, now=NOW)


@pytest.mark.parametrize(
    "plain", ["no fields", "[1]", "<a>1</a>", "<!DOCTYPE xml><xml><a>1</a></xml>"]
)
def test_a_sealed_message_that_is_none_is_refused(plain: str) -> None:
    with pytest.raises(BadEnvelope):
        opened(plain)


@pytest.mark.parametrize("body", [xml_body, json_body])
@given(data=st.data())
def test_a_tampered_body_says_the_same_or_is_refused(body: Body, data: st.DataObject) -> None:
    encrypted = WECHAT.encrypted(TEXT_XML)
    whole = body(encrypted)
    at = data.draw(st.integers(0, len(whole) - 1))
    tampered = whole[:at] + data.draw(st.binary(max_size=3)) + whole[at + 1 :]
    try:
        message = envelope.opened(safe_query(encrypted), tampered, now=NOW)
    except BadEnvelope:
        return
    assert message.digest == hashlib.sha256(TEXT_XML.encode()).hexdigest()


@given(data=st.data())
def test_any_tampering_with_the_query_is_refused(data: st.DataObject) -> None:
    encrypted = WECHAT.encrypted(TEXT_XML)
    query = safe_query(encrypted)
    name = data.draw(st.sampled_from(["msg_signature", "timestamp", "nonce"]))
    at = data.draw(st.integers(0, len(query[name]) - 1))
    sign = data.draw(st.characters().filter(lambda sign: sign != query[name][at]))
    query[name] = query[name][:at] + sign + query[name][at + 1 :]
    with pytest.raises(BadEnvelope):
        envelope.opened(query, xml_body(encrypted), now=NOW)


def test_the_sender_is_told_nothing_of_why() -> None:
    with pytest.raises(BadEnvelope) as one:
        envelope.opened(safe_query("x"), b"<xml>", now=NOW)
    with pytest.raises(BadEnvelope) as other:
        envelope.opened(WECHAT.plain_query(), b"{}", now=NOW)
    assert one.value.reason != other.value.reason
    assert (one.value.detail, one.value.code) == (other.value.detail, other.value.code)


# Plain mode


@pytest.mark.usefixtures("plain_mode")
class TestPlainMode:
    @pytest.mark.parametrize(("body", "form"), [(TEXT_XML, "xml"), (TEXT_JSON, "json")])
    def test_a_message_in_the_clear_is_opened(self, body: str, form: str) -> None:
        message = envelope.opened(WECHAT.plain_query(), body.encode(), now=NOW)
        assert message.fields["Content"] == "养车无忧"
        assert message.form == form
        assert message.digest == hashlib.sha256(body.encode()).hexdigest()

    def test_its_signature_and_age_count(self) -> None:
        query = WECHAT.plain_query()
        with refused("signature"):
            envelope.opened({**query, "signature": "0" * 40}, TEXT_XML.encode(), now=NOW)
        with refused("stale"):
            envelope.opened(query, TEXT_XML.encode(), now=NOW + timedelta(seconds=301))
        with refused("incomplete"):
            envelope.opened({}, TEXT_XML.encode(), now=NOW)
        with refused("too_large"):
            envelope.opened(query, b" " * 131_073, now=NOW)
        with refused("doctype"):
            envelope.opened(query, b"<!DOCTYPE xml><xml><a>1</a></xml>", now=NOW)

    def test_a_sealed_message_is_opened_too(self) -> None:
        assert opened().fields["Content"] == "养车无忧"
        with refused("receiver"):
            encrypted = Sender(WECHAT.token, WECHAT.aes_key, "wx-other").encrypted(TEXT_XML)
            envelope.opened(safe_query(encrypted), xml_body(encrypted), now=NOW)


# What people do in the chat


@pytest.mark.parametrize("plain", [TEXT_XML, TEXT_JSON])
def test_a_text_is_read(plain: str) -> None:
    assert envelope.chat_in(opened(plain).fields) == ChatText("oPerson", "养车无忧", SENT_AT)


def test_a_text_may_be_empty() -> None:
    empty = {**TEXT, "Content": None}
    assert envelope.chat_in(empty) == ChatText("oPerson", "", SENT_AT)


@pytest.mark.parametrize("kind", ["image", "miniprogrampage"])
def test_what_is_not_text_is_told_by_its_kind(kind: str) -> None:
    assert envelope.chat_in({**TEXT, "MsgType": kind}) == ChatOther("oPerson", kind, SENT_AT)


def test_who_opens_the_chat_is_seen() -> None:
    event = {**TEXT, "MsgType": "event", "Event": "user_enter_tempsession"}
    assert envelope.chat_in(event) == ChatEntered("oPerson", SENT_AT)


def test_other_events_are_not_about_the_chat() -> None:
    event = {**TEXT, "MsgType": "event", "Event": "wxa_media_check"}
    assert envelope.chat_in(event) is None


@pytest.mark.parametrize(
    "broken",
    [
        {"MsgType": None},
        {"FromUserName": ["a", "b"]},
        {"CreateTime": None},
        {"CreateTime": "soon"},
        {"CreateTime": "9" * 30},
    ],
)
def test_a_message_without_sender_type_or_time_is_refused(broken: dict[str, object]) -> None:
    with pytest.raises(BadEnvelope):
        envelope.chat_in({**TEXT, **broken})


# What people took back

REVOKED = {
    "ToUserName": "gh_1",
    "FromUserName": "oPlatform",
    "CreateTime": "1795334400",
    "MsgType": "event",
    "Event": "user_authorization_revoke",
    "OpenID": "oPerson",
    "UnionID": "uPerson",
    "AppID": SETTINGS["WECHAT_APPID"],
    "RevokeInfo": "8",
}


@pytest.mark.parametrize(
    ("event", "news"),
    [
        ("user_info_modified", PrivacyNews.MODIFIED),
        ("user_authorization_cancellation", PrivacyNews.CANCELLED),
    ],
)
def test_news_of_a_persons_account_are_about_the_person(event: str, news: PrivacyNews) -> None:
    fields = without(REVOKED, "RevokeInfo") | {"Event": event}
    assert envelope.privacy_notice_in(fields) == PrivacyNotice(
        openid="oPerson", unionid="uPerson", news=news, revoked=frozenset(), created_at=SENT_AT
    )


@pytest.mark.parametrize(
    ("codes", "revoked"),
    [
        ("8", {Revocable.PHONE}),
        (8, {Revocable.PHONE}),
        ("1,8", {Revocable.PLATE_NUMBER, Revocable.PHONE}),
        ("18", {Revocable.PICKED_LOCATION}),
        ("12", {12}),
        ("7", {Revocable.CAMERA}),
        ("", set()),
    ],
)
def test_what_was_taken_back_is_told(codes: object, revoked: set[int]) -> None:
    notice = envelope.privacy_notice_in(REVOKED | {"RevokeInfo": codes})
    assert notice is not None
    assert (notice.news, notice.revoked) == (PrivacyNews.REVOKED, revoked)


@pytest.mark.parametrize("name", ["OpenID", "AppID"])
def test_half_of_such_news_is_refused(name: str) -> None:
    with refused("incomplete"):
        envelope.privacy_notice_in(without(REVOKED, name))


def test_news_of_another_mini_program_are_refused() -> None:
    with refused("receiver"):
        envelope.privacy_notice_in(REVOKED | {"AppID": "wx0000000000000000"})


@pytest.mark.parametrize("fields", [TEXT, REVOKED | {"Event": "wxa_media_check"}, {}])
def test_whatever_else_comes_is_no_news_of_that(fields: dict[str, str]) -> None:
    assert envelope.privacy_notice_in(fields) is None
