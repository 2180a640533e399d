"""The envelope: what is sealed can be opened by the right key only, and any change to it shows."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wechatpy.work.crypto import WeChatCrypto

from sandbox import crypto, identity

KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFA"
OTHER_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFE"
RECEIVER = "wx5823bf96d3bd56c7"
messages = st.binary(max_size=400)


@given(message=messages, receiver=st.text("abc019_", max_size=40))
def test_what_was_sealed_comes_out_again(message, receiver):
    sealed = crypto.seal(message, aes_key=KEY, receiver_id=receiver)
    assert crypto.unseal(sealed, aes_key=KEY, receiver_id=receiver) == message


@given(message=messages, position=st.integers(min_value=0), change=st.integers(1, 255))
def test_a_changed_envelope_is_not_signed_any_more(message, position, change):
    sealed = crypto.seal(message, aes_key=KEY, receiver_id=RECEIVER)
    signed = crypto.signature("token", "1700000000", "nonce", sealed)
    raw = bytearray(base64.b64decode(sealed))
    raw[position % len(raw)] ^= change
    changed = base64.b64encode(raw).decode()
    assert crypto.is_signed(signed, "token", "1700000000", "nonce", sealed)
    assert not crypto.is_signed(signed, "token", "1700000000", "nonce", changed)


@given(message=messages, change=st.integers(1, 255))
def test_a_changed_last_block_never_passes_for_the_message(message, change):
    sealed = crypto.seal(message, aes_key=KEY, receiver_id=RECEIVER)
    raw = bytearray(base64.b64decode(sealed))
    raw[-1] ^= change
    with pytest.raises(crypto.BadEnvelope):
        crypto.unseal(base64.b64encode(raw).decode(), aes_key=KEY, receiver_id=RECEIVER)


@given(
    sealed=st.one_of(
        st.text(max_size=200), st.binary(max_size=200).map(lambda b: base64.b64encode(b).decode())
    )
)
def test_nonsense_is_refused_and_nothing_breaks(sealed):
    with pytest.raises(crypto.BadEnvelope):
        crypto.unseal(sealed, aes_key=KEY, receiver_id=RECEIVER)


def test_another_receiver_is_refused():
    sealed = crypto.seal(b"hello", aes_key=KEY, receiver_id=RECEIVER)
    with pytest.raises(crypto.BadEnvelope, match="another receiver"):
        crypto.unseal(sealed, aes_key=KEY, receiver_id="wx0000000000000000")


def test_another_key_is_refused():
    sealed = crypto.seal(b"hello", aes_key=KEY, receiver_id=RECEIVER)
    with pytest.raises(crypto.BadEnvelope):
        crypto.unseal(sealed, aes_key=OTHER_KEY, receiver_id=RECEIVER)


def test_the_same_message_is_sealed_differently_each_time():
    first, second = (crypto.seal(b"hello", aes_key=KEY, receiver_id=RECEIVER) for _ in range(2))
    assert first != second


@given(message=st.text(max_size=100))
def test_another_implementation_opens_it(message):
    sealed = crypto.seal(message.encode(), aes_key=KEY, receiver_id=RECEIVER)
    signed = crypto.signature("token", "1700000000", "nonce", sealed)
    other = WeChatCrypto("token", KEY, RECEIVER)
    opened = other.decrypt_message({"Encrypt": sealed}, signed, "1700000000", "nonce")
    assert (opened.encode() if isinstance(opened, str) else opened) == message.encode()


def test_the_signature_is_the_documented_one():
    assert crypto.signature("token", "1409659813", "1372623149") == crypto.signature(
        "1372623149", "token", "1409659813"
    )
    assert crypto.signature("b", "a") == "da23614e02469a0d7c7bd1bdab5c9c474b1904dc"


def test_a_random_aes_key_decodes_to_32_bytes_strictly(tmp_path):
    key = identity.load_or_create(tmp_path / "identity.json").wecom_push_aes_key
    assert len(key) == 43
    decoded = base64.b64decode(key + "=", validate=True)
    assert len(decoded) == 32
    assert base64.b64encode(decoded).decode() == key + "="
