"""What a person may say in the mini program's customer-service chat, and what is answered: one table."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from chalicelib.lists import PageQuery
from chat import texts
from community.forum.boards.rules import BoardClosed
from community.forum.posts import pages
from community.people.members.rules import Member

POSTS_SHOWN = 3


class Line(NamedTuple):
    """One message of an answer: a text, or a card that opens `page` of the mini program."""

    text: str
    page: str | None = None


Intent = Callable[[Member | None, datetime], list[Line]]


def _help(_member: Member | None, _now: datetime) -> list[Line]:
    return [Line(texts.HELP)]


def _points(member: Member | None, _now: datetime) -> list[Line]:
    return [Line(texts.POINTS.format(points=0) if member else texts.SIGN_IN_FOR_POINTS)]


def _latest(board_id: str) -> Intent:
    def answer(member: Member | None, now: datetime) -> list[Line]:
        try:
            page = pages.latest(member, board_id, PageQuery(limit=POSTS_SHOWN), now=now)
        except BoardClosed as closed:
            return [Line(closed.detail)]
        latest = page.items[
            -POSTS_SHOWN:
        ]  # Pinned ones come first, beside the limit: WeChat takes five lines.
        cards = [Line(c.title, f"pages/post/index?post_id={c.post_id}") for c in latest]
        return cards or [Line(texts.NO_POSTS)]

    return answer


INTENTS: dict[str, Intent] = {
    "帮助": _help,
    "我的积分": _points,
    "新车选购": _latest("new-car-shopping"),
    "养车无忧": _latest("car-care"),
}


def answer_to(text: str, member: Member | None, *, now: datetime) -> list[Line]:
    """The messages that answer a text; what is not understood gets help."""
    return INTENTS.get(text.strip(), _help)(member, now)
