from __future__ import annotations

import base64
import json
import string
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
import xmltodict
from hypothesis import given
from hypothesis import strategies as st
from wechatpy.exceptions import InvalidAppIdException, InvalidSignatureException

from chalicelib import envelopes
from chalicelib.envelopes import BadEnvelope, Lock
from chalicelib.settings import BadSetting
from tests.fakes.envelopes import NOW, Sender, content, padded, sha1, stamp, without

KEY = bytes(range(50, 82))
PLATFORM = Sender("TokenOfTheTest", base64.b64encode(KEY).decode().rstrip("="), "wx-receiver")
LOCK = Lock(PLATFORM.token, KEY, PLATFORM.receiver_id)
MESSAGE = "<xml><Content>养车无忧</Content></xml>"

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)


@contextmanager
def refused(reason: str) -> Iterator[None]:
    with pytest.raises(BadEnvelope) as error:
        yield
    assert error.value.reason == reason


def opened_raw(raw: bytes) -> bytes:
    """Open what was signed by one who knows the token, however it is made inside."""
    encrypted = PLATFORM.encrypted_raw(raw)
    return envelopes.unsealed(encrypted, PLATFORM.query(encrypted), LOCK, now=NOW)


# wechatpy as the other side


@given(texts.filter(bool))
def test_what_wechatpy_seals_we_open(text: str) -> None:
    encrypted = PLATFORM.encrypted(text)
    plain = envelopes.unsealed(encrypted, PLATFORM.query(encrypted), LOCK, now=NOW)
    assert plain.decode() == text


@given(texts, st.text(string.ascii_letters + string.digits, min_size=1, max_size=32))
def test_what_we_seal_wechatpy_opens(text: str, nonce: str) -> None:
    xml = envelopes.sealed(text, LOCK, form="xml", now=NOW, nonce=nonce)
    parts = xmltodict.parse(xml)["xml"]
    assert parts["TimeStamp"] == stamp(NOW)
    plain = PLATFORM.crypto.decrypt_message(xml, parts["MsgSignature"], stamp(NOW), nonce)
    assert plain == text


def test_what_we_seal_as_json_wechatpy_opens() -> None:
    parts = json.loads(envelopes.sealed(MESSAGE, LOCK, form="json", now=NOW, nonce="n"))
    assert parts["TimeStamp"] == int(NOW.timestamp())
    plain = PLATFORM.crypto.decrypt_message(parts, parts["MsgSignature"], stamp(NOW), "n")
    assert plain == MESSAGE


def test_wechatpy_refuses_what_we_seal_for_another() -> None:
    other = Lock(PLATFORM.token, KEY, "wx-other")
    xml = envelopes.sealed(MESSAGE, other, form="xml", now=NOW, nonce="n")
    signature = xmltodict.parse(xml)["xml"]["MsgSignature"]
    with pytest.raises(InvalidAppIdException):
        PLATFORM.crypto.decrypt_message(xml, signature, stamp(NOW), "n")
    with pytest.raises(InvalidSignatureException):
        PLATFORM.crypto.decrypt_message(xml, signature, stamp(NOW), "m")


def test_two_envelopes_of_one_message_differ() -> None:
    one, two = (envelopes.sealed(MESSAGE, LOCK, form="xml", now=NOW, nonce="n") for _ in "ab")
    assert one != two


# Tampering


@given(st.data())
def test_any_tampering_is_refused(data: st.DataObject) -> None:
    encrypted = PLATFORM.encrypted(MESSAGE)
    parts = {**PLATFORM.query(encrypted), "encrypted": encrypted}
    name = data.draw(st.sampled_from(sorted(parts)))
    parts[name] = data.draw(_tampered(parts[name]))
    with pytest.raises(BadEnvelope):
        envelopes.unsealed(parts.pop("encrypted"), parts, LOCK, now=NOW)


def _tampered(text: str) -> st.SearchStrategy[str]:
    """One sign changed, put in, or left out, anywhere; or cut short; or something else."""
    at = st.integers(0, len(text) - 1)
    sign = st.sampled_from(string.printable + "字\x00\ud800")
    changed = st.builds(lambda i, s: text[:i] + s + text[i + 1 :], at, sign)
    put_in = st.builds(lambda i, s: text[:i] + s + text[i:], at, sign)
    left_out = st.builds(lambda i: text[:i] + text[i + 1 :], at)
    cut = st.builds(lambda i: text[:i], at)
    anything = st.one_of(changed, put_in, left_out, cut, st.text(max_size=60))
    return anything.filter(lambda tampered: tampered != text)


@given(st.data())
def test_signs_do_not_wander_between_the_parts(data: st.DataObject) -> None:
    nonce = data.draw(st.text("0123456789", min_size=1, max_size=20))
    encrypted = PLATFORM.encrypted(MESSAGE)
    query = PLATFORM.query(encrypted, nonce=nonce)
    joined = sorted([query["timestamp"], nonce])
    whole = "".join(joined)
    at = data.draw(st.integers(0, len(whole)).filter(lambda i: i != len(joined[0])))
    parts = [whole[:at], whole[at:]]
    for timestamp, other in (parts, parts[::-1]):
        wandered = {**query, "timestamp": timestamp, "nonce": other}
        if wandered != query:
            with pytest.raises(BadEnvelope):
                envelopes.unsealed(encrypted, wandered, LOCK, now=NOW)


@pytest.mark.parametrize("name", ["msg_signature", "timestamp", "nonce"])
def test_an_envelope_without_one_of_its_parts_is_refused(name: str) -> None:
    encrypted = PLATFORM.encrypted(MESSAGE)
    query = PLATFORM.query(encrypted)
    for broken in (without(query, name), {**query, name: ""}):
        with refused("incomplete"):
            envelopes.unsealed(encrypted, broken, LOCK, now=NOW)


def test_the_signature_counts_capitals() -> None:
    encrypted = PLATFORM.encrypted(MESSAGE)
    query = PLATFORM.query(encrypted)
    with refused("signature"):
        envelopes.unsealed(
            encrypted, {**query, "msg_signature": query["msg_signature"].upper()}, LOCK, now=NOW
        )


def test_an_endless_nonce_is_refused() -> None:
    encrypted = PLATFORM.encrypted(MESSAGE)
    with refused("malformed"):
        envelopes.unsealed(encrypted, PLATFORM.query(encrypted, nonce="n" * 129), LOCK, now=NOW)


# Age


@pytest.mark.parametrize("seconds", [-300, -1, 0, 299, 300])
def test_an_envelope_of_the_last_five_minutes_is_opened(seconds: int) -> None:
    encrypted = PLATFORM.encrypted(MESSAGE)
    query = PLATFORM.query(encrypted, at=NOW - timedelta(seconds=seconds))
    assert envelopes.unsealed(encrypted, query, LOCK, now=NOW)


@pytest.mark.parametrize("seconds", [-301, 301, 86_400])
def test_an_older_envelope_or_one_of_the_future_is_refused(seconds: int) -> None:
    encrypted = PLATFORM.encrypted(MESSAGE)
    query = PLATFORM.query(encrypted, at=NOW - timedelta(seconds=seconds))
    with refused("stale"):
        envelopes.unsealed(encrypted, query, LOCK, now=NOW)


@pytest.mark.parametrize(
    "timestamp", ["-1", "1e9", "１７６３７９８４００", "17637984000", "now", " "]
)
def test_a_signed_timestamp_that_is_none_is_refused(timestamp: str) -> None:
    encrypted = PLATFORM.encrypted(MESSAGE)
    signature = sha1(PLATFORM.token, timestamp, "n", encrypted)
    query = {"msg_signature": signature, "timestamp": timestamp, "nonce": "n"}
    with refused("malformed"):
        envelopes.unsealed(encrypted, query, LOCK, now=NOW)


# What is inside


@pytest.mark.parametrize("fill", range(32))
def test_every_size_of_padding_is_taken(fill: int) -> None:
    message = b"m" * fill
    assert opened_raw(padded(content(message, LOCK.receiver_id))) == message


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (content(b"m" * 17, "wx-receiver"), "padding"),
        (b"\0" * 64, "padding"),
        (b"x" * 63 + b"\x21", "padding"),
        (b"x" * 62 + b"\x03\x02", "padding"),
        (b"\x10" * 16, "length"),
        (b"\x20" * 32, "length"),
        (padded(content(b"message", "wx-receiver", length=19)), "length"),
        (padded(content(b"message", "wx-receiver", length=2**32 - 1)), "length"),
        (padded(content(b"message", "wx-receiver", length=6)), "receiver"),
        (padded(content(b"message", "wx-receiver", length=8)), "receiver"),
        (padded(content(b"message", "wx-receiver", length=18)), "receiver"),
        (padded(content(b"message", "wx-other")), "receiver"),
        (padded(content(b"message", "")), "receiver"),
        (padded(content(b"message", "wx-receiver2")), "receiver"),
    ],
)
def test_a_signed_envelope_that_is_badly_made_is_refused(raw: bytes, reason: str) -> None:
    with refused(reason):
        opened_raw(raw)


@given(st.integers(0, 8).flatmap(lambda n: st.binary(min_size=n * 16, max_size=n * 16)))
def test_whatever_bytes_are_signed_nothing_but_a_refusal_comes_of_it(raw: bytes) -> None:
    with pytest.raises(BadEnvelope):
        opened_raw(raw)


@pytest.mark.parametrize(
    "encrypted", ["", "A", "!!!!", "AAAA", "A" * 20 + "=" * 4, "加密", "\ud800"]
)
def test_what_is_not_a_ciphertext_is_refused(encrypted: str) -> None:
    signature = envelopes.signature_of(PLATFORM.token, stamp(NOW), "n", encrypted)
    query = {"msg_signature": signature, "timestamp": stamp(NOW), "nonce": "n"}
    with refused("malformed"):
        envelopes.unsealed(encrypted, query, LOCK, now=NOW)


# Bodies


@given(st.binary(max_size=400))
def test_whatever_the_body_nothing_but_a_refusal_comes_of_it(body: bytes) -> None:
    try:
        envelopes.fields_in(body)
    except BadEnvelope:
        return


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"text",
        b"\xff\xfe<\0x\0",
        b"<xml>",
        b"<xml/>",
        b"<xml>text</xml>",
        b"<html><xml><a>1</a></xml></html>",
        b"<xml><a>&unknown;</a></xml>",
        b"<xml><a>\x00</a></xml>",
        b"[1]",
        b'"text"',
        b"{",
        b'{"a":}',
        b'{"a":' + b"[" * 100_000,
        b'{"a":' + b"9" * 5_000 + b"}",
    ],
)
def test_a_body_that_is_neither_is_refused(body: bytes) -> None:
    with refused("malformed"):
        envelopes.fields_in(body)


@pytest.mark.parametrize(
    "doctype",
    [
        "<!DOCTYPE xml>",
        '<!DOCTYPE xml SYSTEM "file:///etc/passwd">',
        '<!DOCTYPE xml [<!ENTITY a "b">]>',
        '<!DOCTYPE xml [<!ENTITY % a SYSTEM "http://localhost/"> %a;]>',
        "<!DOCTYPE xml [<!ELEMENT xml ANY>]>",
    ],
)
def test_a_document_type_is_refused(doctype: str) -> None:
    with refused("doctype"):
        envelopes.fields_in(f"<?xml version='1.0'?>{doctype}<xml><a>1</a></xml>".encode())


def test_another_encoding_cannot_hide_a_document_type() -> None:
    hidden = "<?xml version='1.0' encoding='utf-7'?>+ADwAIQ-DOCTYPE xml+AD4-<xml><a>1</a></xml>"
    with pytest.raises(BadEnvelope):
        envelopes.fields_in(hidden.encode())


def test_a_person_may_write_about_document_types() -> None:
    body = "<xml><Content><![CDATA[<!DOCTYPE html>]]></Content></xml>"
    assert envelopes.fields_in(body.encode())[1] == {"Content": "<!DOCTYPE html>"}


def test_xml_and_json_are_told_apart_by_what_they_are() -> None:
    assert envelopes.fields_in(b" <xml><a>1</a></xml>\n") == ("xml", {"a": "1"})
    assert envelopes.fields_in(b'\n{"a": 1}') == ("json", {"a": 1})


def test_half_an_emoji_can_be_written_down_again() -> None:
    _, fields = envelopes.fields_in(rb'{"Content": "\ud83d!"}')
    assert fields["Content"].encode() == b"?!"


def test_the_digest_is_that_of_the_plaintext() -> None:
    one = envelopes.message_in(MESSAGE.encode())
    assert one.digest == envelopes.message_in(MESSAGE.encode()).digest
    assert one.digest != envelopes.message_in(MESSAGE.replace("养", "洗").encode()).digest
    assert len(one.digest) == 64


def test_a_body_of_128_kb_is_the_largest() -> None:
    envelopes.check_size(b" " * 128 * 1024)
    with refused("too_large"):
        envelopes.check_size(b" " * (128 * 1024 + 1))


# Writing


@given(st.text())
def test_any_text_can_be_put_into_xml(text: str) -> None:
    xml = f"<xml><a>.{envelopes.xml_text(text)}.</a></xml>"
    written = xmltodict.parse(xml.encode("utf-8", "replace"))["xml"]["a"]
    assert written.startswith(".")
    assert written.endswith(".")


def test_signs_of_xml_come_through() -> None:
    xml = f"<xml><a>{envelopes.xml_text('已通过 <张&三> ]]>')}</a></xml>"
    assert xmltodict.parse(xml) == {"xml": {"a": "已通过 <张&三> ]]>"}}


@pytest.mark.parametrize("text", ["", "short", "A" * 42, "A" * 44, "!" * 43])
def test_a_key_that_is_none_is_told_by_its_setting_not_by_its_value(text: str) -> None:
    with pytest.raises(BadSetting, match="wecom_push_aes_key") as error:
        envelopes.aes_key_from(text, name="wecom_push_aes_key")
    assert not text or text not in str(error.value)
