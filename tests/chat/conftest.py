"""WeChat and WeCom as they push: sealed by wechatpy, not by our own crypto."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any

import pytest
import xmltodict

from local.placeholders import SECRETS
from tests.community.people.certifying import submit, upload  # noqa: F401
from tests.fakes.envelopes import Sender, json_body, xml_body
from tests.gateway import Gateway, Reply
from tests.world import Person, World

WECHAT = Sender(SECRETS["wechat_push_token"], SECRETS["wechat_push_aes_key"], "wx0123456789abcdef")
WECOM = Sender(SECRETS["wecom_push_token"], SECRETS["wecom_push_aes_key"], "ww0123456789abcdef")
_numbers = count(1)


def a_text(who: str, content: str, *, at: datetime, kind: str = "text") -> str:
    """What somebody wrote in the chat, as WeChat says it."""
    return (
        f"<xml><ToUserName>gh_1</ToUserName><FromUserName>openid-of-{who}</FromUserName>"
        f"<CreateTime>{int(at.timestamp())}</CreateTime><MsgType>{kind}</MsgType>"
        f"<Content><![CDATA[{content}]]></Content><MsgId>{next(_numbers)}</MsgId></xml>"
    )


def an_event(who: str, event: str, *, at: datetime) -> str:
    return (
        f"<xml><ToUserName>gh_1</ToUserName><FromUserName>openid-of-{who}</FromUserName>"
        f"<CreateTime>{int(at.timestamp())}</CreateTime><MsgType>event</MsgType>"
        f"<Event>{event}</Event></xml>"
    )


def a_press(userid: str, key: str, task_id: str, *, at: datetime) -> str:
    """A pressed button, as WeCom says it."""
    return (
        f"<xml><ToUserName>{WECOM.receiver_id}</ToUserName><FromUserName>{userid}</FromUserName>"
        f"<CreateTime>{int(at.timestamp())}</CreateTime><MsgType>event</MsgType>"
        f"<Event>template_card_event</Event><EventKey>{key}</EventKey><TaskId>{task_id}</TaskId>"
        f"<CardType>button_interaction</CardType><ResponseCode>r{next(_numbers)}</ResponseCode>"
        f"<AgentID>1000002</AgentID></xml>"
    )


@dataclass
class Pushes:
    """Pushes to our callbacks; every push of a message is sealed anew, as the platforms do."""

    api: Gateway
    world: World

    def wechat(self, plain: str, *, form: str = "xml", **told: Any) -> Reply:
        return self._push("/callbacks/wechat", WECHAT, plain, form, **told)

    def wecom(self, plain: str, **told: Any) -> Reply:
        return self._push("/callbacks/wecom", WECOM, plain, "xml", **told)

    def says(self, who: str, content: str) -> Reply:
        return self.wechat(a_text(who, content, at=self.world.now))

    def presses(self, userid: str, key: str, task_id: str) -> Reply:
        return self.wecom(a_press(userid, key, task_id, at=self.world.now))

    def _push(
        self,
        path: str,
        sender: Sender,
        plain: str,
        form: str,
        *,
        at: datetime | None = None,
        **query: str,
    ) -> Reply:
        encrypted = sender.encrypted(plain)
        body = (json_body if form == "json" else xml_body)(encrypted).decode()
        asked = sender.query(encrypted, at=at or self.world.now)
        return self.api.post(
            path,
            raw=body,
            query={"encrypt_type": "aes", **asked, **query},
            headers={"Content-Type": f"text/{form}"},
        )


@pytest.fixture
def pushes(api: Gateway, world: World) -> Pushes:
    return Pushes(api, world)


@pytest.fixture
def li(world: World) -> Person:
    """An owner."""
    return world.becomes_owner("li")


@pytest.fixture
def answers(world: World) -> Callable[[], list[str]]:
    """What was said in the chat: texts, and titles of cards."""

    def said() -> list[str]:
        return [
            sent["text"]["content"]
            if sent["msgtype"] == "text"
            else sent["miniprogrampage"]["title"]
            for sent in world.sent("/cgi-bin/message/custom/send")
        ]

    return said


def words_in(reply: Reply) -> str:
    """The words that take the place of a card's buttons."""
    outer = xmltodict.parse(reply.text)["xml"]
    plain = WECOM.crypto.decrypt_message(
        reply.text, outer["MsgSignature"], outer["TimeStamp"], outer["Nonce"]
    )
    inner = xmltodict.parse(plain)["xml"]
    assert inner["MsgType"] == "update_button"
    words: str = inner["Button"]["ReplaceName"]
    return words
