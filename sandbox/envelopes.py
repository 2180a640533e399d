"""Puts a message into the envelope in which a platform pushes it, and takes the backend's reply out of its own."""

import secrets
from dataclasses import dataclass
from typing import Any, Literal, Protocol
from urllib.parse import urlencode

from sandbox import crypto, wire
from sandbox.identity import Identity

Mode = Literal["plain", "safe"]
Format = Literal["json", "xml"]
CONTENT_TYPES = {"json": "application/json", "xml": "text/xml"}
HAND_OVER = "transfer_customer_service"


class BadReply(Exception):
    """An answer that the platform cannot use."""


@dataclass(frozen=True)
class Letter:
    """One HTTP request to the backend."""

    path: str
    query: str
    body: bytes
    content_type: str


class Push(Protocol):
    """Something to be pushed; sealed anew for each try."""

    @property
    def channel(self) -> str: ...

    def letter(self, identity: Identity, now: float) -> Letter: ...

    def read_reply(self, identity: Identity, body: bytes) -> dict[str, Any] | None: ...


@dataclass(frozen=True)
class MemberPush:
    """A message or event of the mini program."""

    openid: str
    fields: dict[str, Any]
    # Where XML nests what JSON has at the top level, the fields for XML.
    xml_fields: dict[str, Any] | None = None
    mode: Mode = "safe"
    format: Format = "json"
    channel: str = "wechat"

    def letter(self, identity: Identity, now: float) -> Letter:
        stamp, nonce = str(int(now)), _nonce()
        token = identity.wechat_push_token
        query = {
            "signature": crypto.signature(token, stamp, nonce),
            "timestamp": stamp,
            "nonce": nonce,
        }
        query["openid"] = self.openid
        body = self._render(self.xml_fields or self.fields if self.format == "xml" else self.fields)
        if self.mode == "safe":
            sealed = crypto.seal(
                body, aes_key=identity.wechat_push_aes_key, receiver_id=identity.appid
            )
            query |= {
                "encrypt_type": "aes",
                "msg_signature": crypto.signature(token, stamp, nonce, sealed),
            }
            body = self._render({"ToUserName": identity.original_id, "Encrypt": sealed})
        return Letter("/callbacks/wechat", urlencode(query), body, CONTENT_TYPES[self.format])

    def read_reply(self, identity: Identity, body: bytes) -> dict[str, Any] | None:
        """`success` or nothing, or the hand-over to a person (sealed in safe mode); anything else is a failure."""
        if body.strip() in (b"", b"success"):
            return None
        if self.mode == "safe":
            body = open_reply(
                body,
                token=identity.wechat_push_token,
                aes_key=identity.wechat_push_aes_key,
                receiver_id=identity.appid,
            )
        reply = _read(body)
        if reply.get("MsgType") != HAND_OVER:
            raise BadReply(f"a mini program may only reply success, nothing, or {HAND_OVER}")
        return reply

    def _render(self, fields: dict[str, Any]) -> bytes:
        return wire.to_xml(fields) if self.format == "xml" else wire.to_json(fields)


@dataclass(frozen=True)
class CompanyPush:
    """A message or event of WeCom: always XML, always sealed."""

    fields: dict[str, Any]
    channel: str = "wecom"

    def letter(self, identity: Identity, now: float) -> Letter:
        stamp, nonce = str(int(now)), _nonce()
        sealed = seal_for_company(identity, wire.to_xml(self.fields))
        query = company_query(identity, sealed, stamp=stamp, nonce=nonce)
        body = {"ToUserName": identity.corpid, "AgentID": identity.agentid, "Encrypt": sealed}
        return Letter("/callbacks/wecom", query, wire.to_xml(body), CONTENT_TYPES["xml"])

    def read_reply(self, identity: Identity, body: bytes) -> dict[str, Any] | None:
        """Nothing, or a sealed reply: a message, or what becomes of the card that was pressed."""
        if body.strip() in (b"", b"success"):
            return None
        opened = open_reply(
            body,
            token=identity.wecom_push_token,
            aes_key=identity.wecom_push_aes_key,
            receiver_id=identity.corpid,
        )
        return _read(opened)


def seal_for_company(identity: Identity, message: bytes) -> str:
    return crypto.seal(message, aes_key=identity.wecom_push_aes_key, receiver_id=identity.corpid)


def company_query(identity: Identity, sealed: str, *, stamp: str, nonce: str, **more: str) -> str:
    signed = crypto.signature(identity.wecom_push_token, stamp, nonce, sealed)
    return urlencode({"msg_signature": signed, "timestamp": stamp, "nonce": nonce, **more})


def url_check(identity: Identity, platform: str, now: float) -> tuple[Letter, str]:
    """The request with which a platform checks a callback address, and the text that must come back."""
    stamp, nonce = str(int(now)), _nonce()
    echo = str(secrets.randbelow(10**19))
    if platform == "wechat":
        signed = crypto.signature(identity.wechat_push_token, stamp, nonce)
        query = urlencode(
            {"signature": signed, "timestamp": stamp, "nonce": nonce, "echostr": echo}
        )
        return Letter("/callbacks/wechat", query, b"", ""), echo
    sealed = seal_for_company(identity, echo.encode())
    query = company_query(identity, sealed, stamp=stamp, nonce=nonce, echostr=sealed)
    return Letter("/callbacks/wecom", query, b"", ""), echo


def open_reply(body: bytes, *, token: str, aes_key: str, receiver_id: str) -> bytes:
    """Check the signature of a sealed reply and decrypt it."""
    reply = _read(body)
    try:
        sealed, signed = str(reply["Encrypt"]), str(reply["MsgSignature"])
        stamp, nonce = str(reply["TimeStamp"]), str(reply["Nonce"])
    except KeyError as missing:
        raise BadReply(f"the reply has no {missing.args[0]}") from None
    if not crypto.is_signed(signed, token, stamp, nonce, sealed):
        raise BadReply("the reply's signature is wrong")
    try:
        return crypto.unseal(sealed, aes_key=aes_key, receiver_id=receiver_id)
    except crypto.BadEnvelope as error:
        raise BadReply(f"the reply cannot be decrypted: {error}") from None


def _read(body: bytes) -> dict[str, Any]:
    try:
        return wire.read(body)
    except ValueError as error:
        raise BadReply(
            f"the reply is neither success, nor empty, nor XML or JSON: {error}"
        ) from None


def _nonce() -> str:
    return str(secrets.randbelow(9 * 10**9) + 10**9)
