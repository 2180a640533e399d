"""The moderators' card of a case. Source: WeCom, template card button_interaction."""

from __future__ import annotations

from typing import Any

from community.commons.outbound.cards import button, task_card

PASS = "moderation.pass"  # noqa: S105 - a decision, not a password
REMOVE = "moderation.remove"
LOOK = "moderation.look"
_TASK = "case-"


def card(
    case_id: str,
    *,
    what: str,
    author: str,
    title: str,
    text: str,
    files: str | None = None,
    has_media: bool = False,
) -> dict[str, Any]:
    look = [button("查看", LOOK, style=3)] if has_media else []
    return task_card(
        task_id=task_id(case_id),
        area="内容审核",
        title=f"{what}待审核",
        about={"作者": author, "标题": title, **({"附件": files} if files else {})},
        text=text,
        buttons=[
            button("通过", PASS, style=1),
            button("删除", REMOVE, style=2),
            *look,
        ],
    )


def task_id(case_id: str) -> str:
    return f"{_TASK}{case_id}"


def subject_of(task_id: str) -> str:
    """The case that a card's task is about."""
    return task_id.removeprefix(_TASK)
