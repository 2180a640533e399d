"""Certification: which kinds there are, what they rest on, which states they go through, and for how long."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from chalicelib.errors import Conflict, NotFound
from community.facts import CertificationDecision, CertificationEnd
from community.people.profiles.rules import When

PHOTO_KEPT = timedelta(days=30)
"""After the decision: long enough for who was refused to ask why."""
HOLDER_ANSWERS_WITHIN = timedelta(days=7)
RENEWED_FROM = timedelta(days=60)
"""How long before its end a certification can be applied for anew."""


class Kind(StrEnum):
    OWNER = "owner"
    PURCHASE_INTENTION = "purchase_intention"
    DEPOSIT_HOLDER = "deposit_holder"
    INVITATION = "invitation"
    """Known to an advisor."""


VALID_FOR = {
    Kind.OWNER: timedelta(days=730),
    Kind.PURCHASE_INTENTION: timedelta(days=90),
    Kind.INVITATION: timedelta(days=365),
}
"""A deposit holds until it is spent or paid back: whoever knows of that says so."""


class State(StrEnum):
    SUBMITTED = "submitted"
    APPROVED = "approved"
    REJECTED = "rejected"
    NEEDS_MORE = "needs_more"
    REVOKED = "revoked"
    EXPIRED = "expired"
    TRANSFERRED = "transferred"


class Proof(StrEnum):
    """What a certification rests on."""

    TYPED = "typed"
    PHOTO = "photo"
    ARCHIVE = "archive"
    INVITATION = "invitation"
    STAFF = "staff"
    OWN_WORD = "own_word"


class Reason(StrEnum):
    """Why a moderator rejects."""

    UNVERIFIED = "unverified"
    MISMATCH = "mismatch"
    UNREADABLE = "unreadable"
    NOT_A_LICENCE = "not_a_licence"
    NOT_THEIRS = "not_theirs"
    SUSPICIOUS = "suspicious"


class Answer(StrEnum):
    """What became of the question whether a car has changed hands."""

    HAND_OVER = "hand_over"
    REFUSE = "refuse"
    SAME_PERSON = "same_person"
    """Said by the holder only: the other one has to say so too."""
    SILENCE = "silence"


AT_ONCE = {Proof.ARCHIVE, Proof.INVITATION, Proof.OWN_WORD}
STATE_AFTER = {
    CertificationDecision.APPROVE: State.APPROVED,
    CertificationDecision.REJECT: State.REJECTED,
    CertificationDecision.ASK_MORE: State.NEEDS_MORE,
}
STATE_AT_END = {
    CertificationEnd.REVOKED: State.REVOKED,
    CertificationEnd.EXPIRED: State.EXPIRED,
    CertificationEnd.TRANSFERRED: State.TRANSFERRED,
    CertificationEnd.RENEWED: State.EXPIRED,
}


class OpenAlready(Conflict):
    code = "certification_open"
    text = "这辆车的认证正在审核中，请耐心等待"


class OwnerAlready(Conflict):
    code = "owner_already"
    text = "您已是这辆车的认证车主"


class DecidedAlready(Conflict):
    code = "certification_decided"
    text = "这份认证已被处理"


class HolderIsAsked(Conflict):
    code = "transfer_open"
    text = "这辆车已有认证车主，正在等待对方确认"


class NotApproved(Conflict):
    code = "certification_not_approved"
    text = "这份认证没有生效，无法撤销"


class NothingAskedFor(Conflict):
    code = "supplement_not_asked"
    text = "这份认证不需要补充资料"


class PhotoIsGone(NotFound):
    code = "photo_gone"
    text = "照片已删除"


class NoSuchCertification(NotFound):
    code = "no_such_certification"
    text = "没有找到这份认证，申请人可能已注销"


class Transfer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The holder of a car is asked whether somebody else's application for it is right."""

    holder_id: str
    instead_of: str
    """The certification by which the car is held."""
    asked_at: datetime
    due_at: datetime
    answer: Answer | None = None

    @property
    def is_open(self) -> bool:
        return self.answer in (None, Answer.SAME_PERSON)


class Certification(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An application and what became of it. VIN and plate are personal: see `shown_plate`.

    `cards` counts how often moderators were asked; `differences` is what a photo says otherwise;
    `same_photo` and `same_car` are how many others handed in the same.
    """

    certification_id: str
    member_id: str
    kind: Kind
    proof: Proof = Proof.TYPED
    vin: str | None = None
    plate_number: str | None = None
    model: str | None = None
    when: When | None = None
    budget_fen_min: int | None = None
    budget_fen_max: int | None = None
    photos: tuple[str, ...] = ()
    differences: dict[str, str] = {}
    is_unread: bool = False
    same_photo: int = 0
    same_car: int = 0
    invited_by: str | None = None
    state: State
    cards: int = 0
    transfer: Transfer | None = None
    created_at: datetime
    decided_at: datetime | None = None
    decided_by: str | None = None
    reason: str | None = None
    expires_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def is_undecided(self) -> bool:
        return self.state in (State.SUBMITTED, State.NEEDS_MORE)


def words_for(certification: Certification) -> str:
    """Who decided what, as the moderators' card shows it: 已由 张三 通过."""
    transfer = certification.transfer
    if certification.state is State.SUBMITTED and transfer and transfer.is_open:
        return "这辆车已有认证车主，已请对方确认"
    words = {
        State.REJECTED: "驳回",
        State.NEEDS_MORE: "要求补充资料",
        State.SUBMITTED: "处理",
    }
    because = f"：{certification.reason}" if certification.reason else ""
    by = certification.decided_by or "系统"
    return f"已由 {by} {words.get(certification.state, '通过')}{because}"


def shown_plate(plate_number: str) -> str:
    """A plate that its owner recognises and nobody else can use: 沪A***45."""
    return f"{plate_number[:2]}***{plate_number[-2:]}"
