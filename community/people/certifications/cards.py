"""The moderators' card of a certification. Source: WeCom, template card button_interaction."""

from __future__ import annotations

from typing import Any

from community.commons.outbound.cards import button, choice, task_card
from community.people.certifications import texts
from community.people.certifications.rules import (
    Answer,
    Certification,
    Proof,
    Reason,
    State,
)

APPROVE = "certification.approve"
REJECT = "certification.reject"
ASK_MORE = "certification.ask_more"
SHOW_PHOTO = "certification.photo"
WHY = "reason"
_TASK = "certification-"


def card(certification: Certification, *, nickname: str) -> dict[str, Any]:
    about = {
        "申请人": nickname,
        "车型": certification.model,
        "车牌": certification.plate_number,
        "车架号": certification.vin,
        "照片车牌": certification.differences.get("plate_number"),
        "照片车架号": certification.differences.get("vin"),
    }
    buttons = [
        button("通过", APPROVE, style=1),
        button("驳回", REJECT, style=2),
        button("补充资料", ASK_MORE, style=4),
    ]
    if certification.photos:
        buttons.append(button("查看行驶证", SHOW_PHOTO, style=3))
    return task_card(
        task_id=task_id(certification.certification_id, certification.cards),
        area="车主认证",
        title="车主认证待审核",
        about={key: value for key, value in about.items() if value},
        text="；".join(_remarks(certification)) or texts.LOOK_AT_IT,
        buttons=buttons,
        choice=choice(WHY, texts.WHY, {reason: texts.REASONS[reason] for reason in Reason}),
    )


def task_id(certification_id: str, number: int) -> str:
    """Every time that moderators are asked has a card of its own."""
    return f"{_TASK}{certification_id}" + (f"-{number}" if number > 1 else "")


def open_task(certification: Certification) -> str | None:
    """The card that moderators have before them, if there is one on which nobody has decided."""
    transfer = certification.transfer
    is_holder_asked = transfer is not None and transfer.is_open
    if certification.state is not State.SUBMITTED or is_holder_asked or not certification.cards:
        return None
    return task_id(certification.certification_id, certification.cards)


def subject_of(task_id: str) -> str:
    """The certification that a card's task is about."""
    return task_id.removeprefix(_TASK).partition("-")[0]


def _remarks(certification: Certification) -> list[str]:
    """What a moderator should know before they decide."""
    transfer = certification.transfer
    remarks = []
    if transfer and transfer.answer is Answer.REFUSE:
        remarks.append(texts.HOLDER_REFUSED)
    if transfer and transfer.answer is Answer.SILENCE:
        remarks.append(texts.HOLDER_SILENT)
    if certification.invited_by:
        remarks.append(texts.INVITED.format(advisor=certification.invited_by))
    if certification.proof is Proof.ARCHIVE:
        remarks.append(texts.IN_ARCHIVE)
    if certification.differences:
        remarks.append(texts.DIFFERS)
    if certification.is_unread:
        remarks.append(texts.UNREAD)
    if certification.same_photo:
        remarks.append(texts.SAME_PHOTO.format(n=certification.same_photo))
    if certification.same_car:
        remarks.append(texts.SAME_CAR.format(n=certification.same_car))
    return remarks
