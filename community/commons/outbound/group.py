"""What the bot says in the moderators' group, which hears it 20 times a minute and no more.

Source: WeCom, group robots (wechat.md C4).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import islice

from chalicelib import crypto
from chalicelib.wecom import client as wecom
from chalicelib.wecom.refusals import RateLimited
from community.commons.agenda import service as agenda
from community.commons.outbound import records
from community.commons.outbound.rules import GroupLine, GroupLines, together
from community.facts import GroupLinesDue

# 20 together: line by line, and for those that were too much.
LINES_A_MINUTE = 15
TEXTS_AT_ONCE = 5
PUT_OFF_FOR = timedelta(minutes=1)
LINES_READ = 100
_SEALED_FOR = "group"


def line(message: GroupLine, now: datetime) -> Callable[[], None]:
    has_room = records.count_in_minute("group_bot", now=now, most=LINES_A_MINUTE)
    return partial(_say if has_room else _put_off, message, now)


def lines(_message: GroupLines, now: datetime) -> Callable[[], None] | None:
    waiting = records.put_off_lines(LINES_READ)
    return partial(_say_together, waiting, now) if waiting else None


def _say(message: GroupLine, now: datetime) -> None:
    try:
        wecom.send_bot_text(message.text)
    except RateLimited:
        _put_off(message, now)


def _put_off(message: GroupLine, now: datetime) -> None:
    """Each on its own would be tried again every minute, for hours where they are many, in any order."""
    sealed = crypto.sealed(message.text, about=_SEALED_FOR)
    records.put_off_line(message.message_id, sealed, now=now)
    _hear_soon(now)


def _hear_soon(now: datetime) -> None:
    due = now + PUT_OFF_FOR
    agenda.put(GroupLinesDue(fact_id=f"group_lines.{due:%Y%m%d%H%M}", at=due))


def _say_together(waiting: Sequence[records.WaitingRow], now: datetime) -> None:
    texts = [crypto.opened(row.sealed, about=_SEALED_FOR) for row in waiting]
    said = 0
    for text, count in islice(together(texts, wecom.TEXT_BYTES_MAX), TEXTS_AT_ONCE):
        wecom.send_bot_text(text)
        records.strike_lines(waiting[said : said + count])
        said += count
    if said < len(waiting) or len(waiting) == LINES_READ:
        _hear_soon(now)
