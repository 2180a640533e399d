"""Front door: somebody applies for a car that has an owner, and the owner is asked.

They hand it over, refuse, or say that both are one person; who does not answer within a week leaves it
to the moderators.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

import msgspec

from chalicelib.errors import Unavailable
from chalicelib.tables import Overtaken
from community.commons.audit.rules import SYSTEM
from community.commons.dates import in_beijing
from community.commons.notifications import service as notifications
from community.commons.notifications.rules import Kind
from community.commons.outbound import service as outbound
from community.commons.outbound.rules import ServiceNotice, TaskDone
from community.commons.subscriptions.rules import Template, filled
from community.facts import Fact, SamePersonSaid, TransferAsked, TransferDue, TransferRefused
from community.people.certifications import cards, happened, steps
from community.people.certifications import rules as certification_rules
from community.people.certifications import service as certifications
from community.people.certifications.rules import (
    HOLDER_ANSWERS_WITHIN,
    Answer,
    Certification,
    State,
)
from community.people.certifications.service import Kept
from community.people.certifications.telling import PAGE, ask_moderators
from community.people.members import service as members
from community.people.members.rules import Member
from community.people.merges import service as merges
from community.people.merges.rules import Reason
from community.people.transfers import rules, texts
from community.people.transfers.rules import Said

_TRIES_MAX = 4


def answer(member: Member, certification_id: str, said: Said, *, now: datetime) -> Certification:
    """Whose a car is says whether it has changed hands. Said again, it changes nothing.

    `same_person` makes one member of both as soon as who applies says so too.
    Refuses: NoSuchCertification — not theirs to answer; TransferSettled
             NotToBeMerged — one of the two is leaving
             Unavailable — again and again something changed meanwhile
    """
    for _ in range(_TRIES_MAX):
        was = certifications.kept(certification_id)
        before = was.certification
        holder_id = before.transfer.holder_id if before.transfer else None
        is_holder = holder_id is not None and _is(member, holder_id)
        is_applicant = _is(member, before.member_id)
        rules.check_was_asked(before, said, is_holder=is_holder, is_applicant=is_applicant)
        confirms = is_applicant and before.state is State.SUBMITTED
        if rules.was_said(before, said) and not confirms:
            return before
        rules.check_is_open(before)
        with suppress(Overtaken):
            match said:
                case Said.HAND_OVER:
                    return _hand_over(was, Answer.HAND_OVER, to=before.member_id, now=now)
                case Said.SAME_PERSON if confirms:
                    return _make_one(was, by=member.member_id, now=now)
                case Said.SAME_PERSON:
                    after = steps.answered(before, Answer.SAME_PERSON)
                    fact: Fact = happened.same_person_said(after, now=now)
                case Said.REFUSE:
                    after = steps.answered(before, Answer.REFUSE)
                    fact = happened.holder_refused(after, now=now)
            return certifications.keep(was, after, fact, now=now)
    raise Unavailable


def settle(fact: TransferDue) -> None:
    """Whoever was asked has not answered in time: moderators decide."""
    was = certifications.kept(fact.certification_id)
    certification = was.certification
    transfer = certification.transfer
    if transfer is None or certification.state is not State.SUBMITTED or transfer.due_at > fact.at:
        return
    if transfer.is_open:
        silent = steps.answered(certification, Answer.SILENCE)
        try:
            certifications.keep(was, silent, None, now=fact.at)
        except Overtaken:
            raise Unavailable from None  # Answered at the last moment, perhaps: look again.
    elif transfer.answer is not Answer.SILENCE:
        return
    ask_moderators(fact)
    _tell_applicant(fact, texts.UNCONFIRMED_TITLE, texts.UNCONFIRMED_TEXT)


def ask_holder(fact: TransferAsked) -> None:
    """Whose the car is gets the question, in the notification centre and, if granted, in WeChat."""
    certification = certifications.get(fact.certification_id)
    transfer = certification.transfer
    assert transfer
    holder = members.get(fact.holder_id)
    model = certification.model or ""
    plate = certification_rules.shown_plate(certification.plate_number or "")
    page = f"pages/certification/transfer?id={certification.certification_id}"
    notifications.tell(
        holder.member_id,
        fact,
        kind=Kind.CERTIFICATION,
        title=texts.ASKED_TITLE,
        text=texts.ASKED_TEXT.format(model=model, plate=plate, days=HOLDER_ANSWERS_WITHIN.days),
        link=page,
    )
    outbound.enqueue(
        ServiceNotice(
            message_id=f"notice {fact.fact_id}",
            member_id=holder.member_id,
            openid=members.openid_of(holder.member_id),
            template=Template.TRANSFER_ASKED,
            fields=filled(
                Template.TRANSFER_ASKED, model, texts.ASKED_NOTICE, in_beijing(transfer.due_at)
            ),
            page=page,
        )
    )


def tell_others(fact: TransferAsked) -> None:
    """Who applies knows what it waits for; so does the card of a moderator who has approved it."""
    certification = certifications.get(fact.certification_id)
    text = texts.WAITING_TEXT.format(days=HOLDER_ANSWERS_WITHIN.days)
    _tell_applicant(fact, texts.WAITING_TITLE, text)
    transfer = certification.transfer
    if certification.cards and transfer and transfer.is_open:
        task_id = cards.task_id(certification.certification_id, certification.cards)
        words = certification_rules.words_for(certification)
        outbound.enqueue(TaskDone(message_id=f"done {fact.fact_id}", task_id=task_id, words=words))


def tell_refused(fact: TransferRefused) -> None:
    """Who applies hears that moderators decide now."""
    _tell_applicant(fact, texts.UNCONFIRMED_TITLE, texts.UNCONFIRMED_TEXT)


def ask_whether_same(fact: SamePersonSaid) -> None:
    """Who applies is asked whether they are one person with whose the car is."""
    _tell_applicant(fact, texts.SAME_PERSON_TITLE, texts.SAME_PERSON_TEXT)


def _hand_over(was: Kept, answered: Answer, *, to: str, now: datetime) -> Certification:
    """Refuses: Overtaken"""
    said = steps.answered(was.certification, answered)
    theirs = msgspec.structs.replace(said, member_id=to)
    approved = steps.approved(theirs, by=texts.HOLDER, now=now)
    holder = certifications.holder_of(approved)
    assert approved.transfer
    had_a_say = holder and holder.certification_id == approved.transfer.instead_of
    return certifications.approve(
        was, approved, staff_id=SYSTEM, now=now, despite=holder if had_a_say else None
    )


def _make_one(was: Kept, *, by: str, now: datetime) -> Certification:
    """Both have said that they are one: the car stays theirs, by the newer proof."""
    transfer = was.certification.transfer
    assert transfer
    kept_id = merges.merge(
        was.certification.member_id, transfer.holder_id, reason=Reason.VIN, by=by, now=now
    )
    return _hand_over(was, Answer.SAME_PERSON, to=kept_id, now=now)


def _is(member: Member, member_id: str) -> bool:
    return member.member_id == member_id or members.get(member_id).member_id == member.member_id


def _tell_applicant(
    fact: TransferAsked | TransferDue | TransferRefused | SamePersonSaid, title: str, text: str
) -> None:
    certification = certifications.get(fact.certification_id)
    member_id = members.get(certification.member_id).member_id
    notifications.tell(member_id, fact, kind=Kind.CERTIFICATION, title=title, text=text, link=PAGE)
