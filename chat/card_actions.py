"""What the buttons of the moderators' cards do: one table. The buttons hold no business."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from chalicelib import logs
from chalicelib.errors import Refusal, Unavailable
from chalicelib.wecom.envelope import CardPress
from community.facts import CaseDecision, CertificationDecision
from community.forum.moderation import cards as case_cards
from community.forum.moderation import rules as case_rules
from community.forum.moderation import service as moderation
from community.people.certifications import cards as certification_cards
from community.people.certifications import rules as certification_rules
from community.people.certifications import service as certifications
from community.people.certifications import telling as certification_telling
from community.people.certifications.rules import Reason

Action = Callable[[CardPress, datetime], str | None]


def _certify(decision: CertificationDecision) -> Action:
    def act(press: CardPress, now: datetime) -> str:
        certification_id = certification_cards.subject_of(press.task_id)
        reason = _reason_in(press) if decision is CertificationDecision.REJECT else None
        decided = certifications.decide(
            certification_id, decision, by=press.userid, reason=reason, now=now
        )
        return certification_rules.words_for(decided)

    return act


def _reason_in(press: CardPress) -> Reason | None:
    """Why, as chosen on the card; a card of an older time may know other reasons."""
    try:
        return Reason(press.selected.get(certification_cards.WHY, ""))
    except ValueError:
        return None


def _show_photo(press: CardPress, _now: datetime) -> None:
    """The card stays as it is: the photo comes by itself, to who asked for it."""
    certification_id = certification_cards.subject_of(press.task_id)
    certification_telling.show_photo(
        certification_id, to=press.userid, press_id=press.response_code
    )


def _show_media(press: CardPress, _now: datetime) -> None:
    case_id = case_cards.subject_of(press.task_id)
    moderation.show_media(case_id, to=press.userid, press_id=press.response_code)


def _moderate(decision: CaseDecision) -> Action:
    def act(press: CardPress, now: datetime) -> str:
        case_id = case_cards.subject_of(press.task_id)
        case = moderation.decide(case_id, decision, by=press.userid, now=now)
        return case_rules.words_for(case)

    return act


CARD_ACTIONS: dict[str, Action] = {
    certification_cards.APPROVE: _certify(CertificationDecision.APPROVE),
    certification_cards.REJECT: _certify(CertificationDecision.REJECT),
    certification_cards.ASK_MORE: _certify(CertificationDecision.ASK_MORE),
    certification_cards.SHOW_PHOTO: _show_photo,
    case_cards.PASS: _moderate(CaseDecision.PASS),
    case_cards.REMOVE: _moderate(CaseDecision.REMOVE),
    case_cards.LOOK: _show_media,
}


def words_after(press: CardPress, *, now: datetime) -> str | None:
    """Do what a button says. Gives the words that take the place of the card's buttons, if any do.

    Whoever was not first, or may not, is told so on the card; nothing happens then.
    Refuses: Unavailable — WeCom will push the press again
    """
    action = CARD_ACTIONS.get(press.key)
    if action is None:
        logs.warning("a button without action was pressed")
        return None
    try:
        return action(press, now)
    except Unavailable:
        raise
    except Refusal as refusal:
        logs.info("a pressed button was refused", code=refusal.code)
        return refusal.detail
