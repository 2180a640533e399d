"""Pushes of the platforms, made by hand: sealed as the sandbox seals them, and changed on their way."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import httpx
import msgspec

from local.stack import Stack
from sandbox.envelopes import CompanyPush, Letter, MemberPush
from sandbox.identity import Identity


class Letters:
    def __init__(self, stack: Stack, http: httpx.Client) -> None:
        self._stack, self._http = stack, http
        self.identity = msgspec.convert(stack.sandbox.identity(), Identity)

    @property
    def now(self) -> float:
        """The time of the platforms."""
        shown = self._http.get(f"{self._stack.base}/_sandbox/clock").json()["now"]
        return datetime.fromisoformat(shown).timestamp()

    def text(self, openid: str, text: str, **how: Any) -> MemberPush:
        """A member's line in the chat."""
        fields = {
            "ToUserName": self.identity.original_id,
            "FromUserName": openid,
            "CreateTime": int(self.now),
            "MsgType": "text",
            "Content": text,
            "MsgId": 1,
        }
        return MemberPush(openid, fields, **how)

    def press(self, userid: str, task_id: str, key: str) -> CompanyPush:
        """A colleague presses a button."""
        return CompanyPush(
            {
                "ToUserName": self.identity.corpid,
                "FromUserName": userid,
                "CreateTime": int(self.now),
                "MsgType": "event",
                "Event": "template_card_event",
                "EventKey": key,
                "TaskId": task_id,
                "CardType": "button_interaction",
                "ResponseCode": "by-hand",
                "AgentID": self.identity.agentid,
            }
        )

    def letter(self, push: MemberPush | CompanyPush, *, age_s: float = 0) -> Letter:
        return push.letter(self.identity, self.now - age_s)

    def deliver(self, letter: Letter, **change: Any) -> httpx.Response:
        changed = replace(letter, **change)
        return self._http.post(
            f"{self._stack.base}{changed.path}?{changed.query}",
            content=changed.body,
            headers={"Content-Type": changed.content_type},
        )

    def replied(self, push: MemberPush | CompanyPush) -> dict[str, Any] | None:
        """Deliver, and read the reply as the platform would."""
        answer = self.deliver(self.letter(push))
        assert answer.status_code == 200, answer.text
        return push.read_reply(self.identity, answer.content)
