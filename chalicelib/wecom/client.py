"""What we ask of WeCom: cards to colleagues, changed once they are decided, and lines to the group.

Every function may refuse Unavailable — WeCom is busy or gave no sensible answer; then nothing was done,
or doing it again does no harm — and RateLimited.
Sources: https://developer.work.weixin.qq.com/document/path/90236 (send), 94888 (update), 99110 (group)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from chalicelib.settings import secrets, settings
from chalicelib.wechat.platform import Answer, Refusals, Request, ask, ask_openly
from chalicelib.wechat.refusals import SendRejected
from chalicelib.wecom.account import LIMITED, base_url, token_source
from chalicelib.wecom.refusals import CardExpired

RECEIVERS_MAX = 1_000
TEXT_BYTES_MAX = 2_048
DUPLICATE_CHECK_S = 1_800

_REJECTED: Refusals = dict.fromkeys(
    (40008, 40058, 42014, 42018, 44004, 45002, 60111, 81013, 93000), SendRejected
)
# Which of these WeCom gives for a spent response code is not documented: bad parameter, no such task,
# used already, expired.
_EXPIRED: Refusals = dict.fromkeys((40058, 42014, 42016, 42022, 42045), CardExpired)


class SentCard(msgspec.Struct, frozen=True):
    """A card that went out.

    `response_code` changes it once, within 72 hours. `unreached` are the receivers that WeCom does not
    know or may not reach, in lower case as WeCom writes them.
    """

    msgid: str
    response_code: str | None
    unreached: tuple[str, ...]


def send_card(userids: Sequence[str], *, card: Mapping[str, Any]) -> SentCard:
    """Send a template card to colleagues. The same card again within 30 minutes is not shown twice.

    Shape:   `card` is the platform's `template_card`, with its own `task_id`
    Refuses: SendRejected — nobody can be reached, or the card is not well made
    """
    answer = _sent(userids, "template_card", card)
    unreached = f"{answer.get('invaliduser', '')}|{answer.get('unlicenseduser', '')}"
    return SentCard(
        msgid=answer.get("msgid", ""),
        response_code=answer.get("response_code") or None,
        unreached=tuple(filter(None, unreached.split("|"))),
    )


def send_text(userids: Sequence[str], text: str) -> None:
    """Send a text to colleagues. The same text again within 30 minutes is not shown twice.

    Units:   cut after 2,048 bytes, between characters
    Refuses: SendRejected — nobody can be reached
    """
    _sent(userids, "text", {"content": _cut(text)})


def _sent(userids: Sequence[str], kind: str, content: Mapping[str, Any]) -> Answer:
    assert 0 < len(userids) <= RECEIVERS_MAX
    return _asked(
        "/cgi-bin/message/send",
        {
            "touser": "|".join(userids),
            "msgtype": kind,
            "agentid": settings().wecom_agentid,
            kind: content,
            "enable_duplicate_check": 1,
            "duplicate_check_interval": DUPLICATE_CHECK_S,
        },
        refuses={**LIMITED, **_REJECTED},
    )


def update_card_for_all(response_code: str, *, replace_name: str) -> None:
    """Turn a card's buttons into one text, for everybody who got it.

    Refuses: CardExpired
    """
    _asked(
        "/cgi-bin/message/update_template_card",
        {
            "atall": 1,
            "agentid": settings().wecom_agentid,
            "response_code": response_code,
            "button": {"replace_name": replace_name},
        },
        refuses={**LIMITED, **_EXPIRED},
    )


def send_bot_text(text: str) -> None:
    """Say something in the group that the bot belongs to.

    Units:   cut after 2,048 bytes, between characters
    Refuses: SendRejected — the bot is gone; OutcomeUnknown — it went out and no answer came back
    """
    request = Request(
        base_url(),
        "/cgi-bin/webhook/send",
        params={"key": secrets().wecom_bot_key},
        data={"msgtype": "text", "text": {"content": _cut(text)}},
        is_message=True,
    )
    ask_openly(request, refuses={**LIMITED, **_REJECTED})


def _cut(text: str) -> str:
    return text.encode()[:TEXT_BYTES_MAX].decode(errors="ignore")


def _asked(path: str, data: Mapping[str, Any], *, refuses: Refusals) -> Answer:
    return ask(Request(base_url(), path, data=data), source=token_source(), refuses=refuses)
