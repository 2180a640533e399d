"""How each kind of message is said.

A sender gets everything ready and gives back the one call that says it, or None where there is nothing
to say: between the claim of a message and that call nothing else can go wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from importlib.resources import files
from typing import Any

from chalicelib.errors import Unavailable
from chalicelib.settings import settings
from chalicelib.wechat import client as wechat
from chalicelib.wechat.refusals import NoSubscribeQuota
from chalicelib.wecom import client as wecom
from community.commons.outbound import group, records
from community.commons.outbound.rules import (
    ChatCard,
    ChatText,
    ColleagueText,
    GroupLine,
    GroupLines,
    PictureCheck,
    ServiceNotice,
    TaskCard,
    TaskDone,
    TaskText,
)
from community.commons.safety import service as safety
from community.commons.staff import service as staff
from community.commons.subscriptions import service as subscriptions

Say = Callable[[], None]


def _notice(notice: ServiceNotice, _now: datetime) -> Say | None:
    template_id = settings().wechat_templates.get(notice.template)
    if not template_id or not subscriptions.has_one(notice.member_id, notice.template):
        return None
    return partial(_say_notice, notice, template_id)


def _say_notice(notice: ServiceNotice, template_id: str) -> None:
    try:
        wechat.send_subscribe(
            notice.openid,
            template_id=template_id,
            fields=notice.fields,
            page=notice.page,
        )
    except NoSubscribeQuota:
        subscriptions.note_refused(notice.member_id, notice.template)
        raise
    subscriptions.note_sent(notice.member_id, notice.template)


def _chat_text(line: ChatText, _now: datetime) -> Say:
    return partial(wechat.send_chat_text, line.openid, line.text)


def _chat_card(card: ChatCard, now: datetime) -> Say:
    return partial(
        wechat.send_chat_card,
        card.openid,
        title=card.title,
        pagepath=card.page,
        thumb_media_id=_picture(now),
    )


def _picture(now: datetime) -> str:
    """The picture on our chat cards: the platform keeps it for three days only."""
    media_id = records.picture(now=now)
    if media_id is None:
        png = files("community.commons.outbound").joinpath("card.png").read_bytes()
        media_id = wechat.upload_picture(png)
        records.keep_picture(media_id, now=now)
    return media_id


def _task_text(task: TaskText, _now: datetime) -> Say:
    return partial(wecom.send_text, _moderators(task.to), task.text)


def _colleague_text(line: ColleagueText, _now: datetime) -> Say:
    return partial(wecom.send_text, [line.userid], line.text)


def _task_card(task: TaskCard, now: datetime) -> Say | None:
    if records.response_code(task.message_id):
        return None
    return partial(_say_task_card, _moderators(task.to), task, now)


def _moderators(named: Sequence[str]) -> list[str]:
    userids = [moderator.userid for moderator in staff.moderators()]
    if not userids:
        raise Unavailable  # Nobody is appointed yet; the dead-letter queue will alarm.
    return [userid for userid in userids if userid in named] or userids


def _say_task_card(userids: list[str], task: TaskCard, now: datetime) -> None:
    sent = wecom.send_card(userids, card=task.card)
    if sent.response_code:
        records.keep_response_code(task.message_id, sent.response_code, now=now)


def _task_done(done: TaskDone, _now: datetime) -> Say:
    response_code = records.response_code(done.task_id)
    if response_code is None:
        raise Unavailable  # The card itself is still on its way.
    return partial(wecom.update_card_for_all, response_code, replace_name=done.words)


def _picture_check(check: PictureCheck, now: datetime) -> Say:
    return partial(
        safety.ask_about_picture,
        check.media_id,
        key=check.key,
        openid=check.openid,
        attempt=check.attempt,
        now=now,
    )


SENDERS: dict[type, Callable[[Any, datetime], Say | None]] = {
    ServiceNotice: _notice,
    ChatText: _chat_text,
    ChatCard: _chat_card,
    TaskText: _task_text,
    ColleagueText: _colleague_text,
    TaskCard: _task_card,
    TaskDone: _task_done,
    GroupLine: group.line,
    GroupLines: group.lines,
    PictureCheck: _picture_check,
}
