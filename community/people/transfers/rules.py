"""Who may answer whether a car has changed hands, and what."""

from __future__ import annotations

from enum import StrEnum

from chalicelib.errors import Conflict
from community.people.certifications.rules import (
    Answer,
    Certification,
    NoSuchCertification,
    State,
)


class Said(StrEnum):
    """What can be said to the question."""

    HAND_OVER = "hand_over"
    REFUSE = "refuse"
    SAME_PERSON = "same_person"


class TransferSettled(Conflict):
    code = "transfer_settled"
    text = "这次车辆转移已经处理完毕"


def check_was_asked(
    certification: Certification, said: Said, *, is_holder: bool, is_applicant: bool
) -> None:
    """Only whom the car was when they were asked has a say; that both are one person, both have to say.

    Refuses: NoSuchCertification
    """
    transfer = certification.transfer
    confirms = (
        is_applicant
        and said is Said.SAME_PERSON
        and transfer is not None
        and transfer.answer is Answer.SAME_PERSON
    )
    if transfer is None or not (is_holder or confirms):
        raise NoSuchCertification


def was_said(certification: Certification, said: Said) -> bool:
    """Whether this very answer was given before."""
    transfer = certification.transfer
    return transfer is not None and transfer.answer == Answer(said)


def check_is_open(certification: Certification) -> None:
    """Refuses: TransferSettled"""
    transfer = certification.transfer
    if certification.state is not State.SUBMITTED or transfer is None or not transfer.is_open:
        raise TransferSettled
