"""The moderators' card of a certification. Source: WeCom, template card button_interaction."""

from __future__ import annotations

from typing import Any

from community.commons.outbound.cards import button, task_card
from community.people.certifications.rules import Certification

APPROVE = "certification.approve"
REJECT = "certification.reject"
ASK_MORE = "certification.ask_more"
_TASK = "certification-"


def card(certification: Certification, *, nickname: str) -> dict[str, Any]:
    return task_card(
        task_id=task_id(certification.certification_id),
        area="车主认证",
        title="车主认证待审核",
        about={
            "申请人": nickname,
            "车型": certification.model,
            "车牌": certification.plate_number,
            "车架号": certification.vin,
        },
        text="请核对车辆信息后处理",
        buttons=[
            button("通过", APPROVE, style=1),
            button("驳回", REJECT, style=2),
            button("补充资料", ASK_MORE, style=4),
        ],
    )


def task_id(certification_id: str) -> str:
    return f"{_TASK}{certification_id}"


def subject_of(task_id: str) -> str:
    """The certification that a card's task is about."""
    return task_id.removeprefix(_TASK)
