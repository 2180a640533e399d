"""Front door: applying for certification and deciding about it."""

from __future__ import annotations

from datetime import datetime

from chalicelib.lists import Page, PageQuery, cursor_after, place_of
from chalicelib.tables import Overtaken
from community.commons.dates import in_beijing
from community.commons.notifications import service as notifications
from community.commons.notifications.rules import Kind
from community.commons.outbound import service as outbound
from community.commons.outbound.rules import GroupLine, ServiceNotice, TaskCard, TaskDone
from community.commons.staff import service as staff
from community.commons.subscriptions.rules import Template
from community.facts import CertificationDecided, CertificationDecision, CertificationSubmitted
from community.people.certifications import cards, records, rules, texts
from community.people.certifications.rules import Application, Certification
from community.people.members import service as members
from community.people.members.rules import Member

_LIST = "certifications"
_PAGE = "pages/certification/index"


def submit(
    member: Member, application: Application, *, request_id: str, now: datetime
) -> Certification:
    """Hand in an application; moderators get a card.

    Refuses: Invalid — names every wrong field
             OpenAlready — the member's application for this car is being looked at
             OwnerAlready — the car is the member's
    """
    certification_id = rules.new_certification_id(member.member_id, request_id=request_id, now=now)
    if earlier := records.find(certification_id):
        return earlier  # By an earlier try of this very request.
    certification = rules.submitted(
        rules.tidied(application),
        certification_id=certification_id,
        member_id=member.member_id,
        now=now,
    )
    if records.holder_of(certification) == member.member_id:
        raise rules.OwnerAlready
    fact = CertificationSubmitted(
        fact_id=f"{certification_id}.submitted",
        at=now,
        certification_id=certification_id,
        member_id=member.member_id,
    )
    try:
        records.add(certification, fact)
    except Overtaken:
        # A try at the same moment was first, or another application for this car is open.
        if earlier := records.find(certification_id):
            return earlier
        raise rules.OpenAlready from None
    return certification


def mine(member: Member, query: PageQuery) -> Page[Certification]:
    """The member's certifications, newest first."""
    before = place_of(query.cursor, of=_LIST)
    found = records.of_member(member.member_id, before=before, limit=query.limit)
    more = len(found) == query.limit
    cursor = cursor_after(found[-1].certification_id, of=_LIST) if more else None
    return Page(items=found, next_cursor=cursor)


def decide(
    certification_id: str, decision: CertificationDecision, *, by: str, now: datetime
) -> Certification:
    """A moderator decides. `by` is their userid. A car has one owner: a second approval is a rejection.

    Refuses: NotAModerator; NoSuchCertification
             DecidedAlready — somebody was first; says who
    """
    moderator = staff.moderator(by)
    before = records.get(certification_id)
    certification = rules.decided(before, decision, by=moderator, now=now)
    try:
        records.save_decided(certification, _fact_of(certification, decision, moderator.userid))
    except Overtaken:
        rules.decided(records.get(certification_id), decision, by=moderator, now=now)
        # Nobody decided meanwhile, so the car has another owner.
        decision, certification = CertificationDecision.REJECT, rules.taken(certification)
        try:
            records.save_decided(certification, _fact_of(certification, decision, moderator.userid))
        except Overtaken:
            return rules.decided(records.get(certification_id), decision, by=moderator, now=now)
    return certification


def ask_moderators(fact: CertificationSubmitted) -> None:
    """The moderators get a card to decide on, the group hears of it."""
    certification = records.get(fact.certification_id)
    nickname = members.get(fact.member_id).nickname
    card = cards.card(certification, nickname=nickname)
    outbound.enqueue(
        TaskCard(message_id=cards.task_id(fact.certification_id), card=card),
        GroupLine(
            message_id=f"group {fact.fact_id}",
            text=texts.NEW_IN_GROUP.format(nickname=nickname, model=certification.model),
        ),
    )


def tell_member(fact: CertificationDecided) -> None:
    """The member is told what was decided, in the notification centre and, if granted, in WeChat."""
    certification = records.get(fact.certification_id)
    told = texts.TOLD[fact.decision]
    text = certification.reason or told.text
    notifications.tell(
        fact.member_id, fact, kind=Kind.CERTIFICATION, title=told.title, text=text, link=_PAGE
    )
    outbound.enqueue(
        ServiceNotice(
            message_id=f"notice {fact.fact_id}",
            member_id=fact.member_id,
            openid=members.openid_of(fact.member_id),
            template=Template.CERTIFICATION_DECIDED,
            fields={
                "thing1": certification.model,
                "phrase2": told.result,
                "time3": in_beijing(fact.at),
                "thing4": text,
            },
            page=_PAGE,
        )
    )


def tell_moderators(fact: CertificationDecided) -> None:
    """Everyone's card shows who decided, the group hears of it."""
    certification = records.get(fact.certification_id)
    words = rules.words_for(certification)
    outbound.enqueue(
        TaskDone(
            message_id=f"done {fact.fact_id}",
            task_id=cards.task_id(fact.certification_id),
            words=words,
        ),
        GroupLine(
            message_id=f"group {fact.fact_id}",
            text=texts.DECIDED_IN_GROUP.format(model=certification.model, words=words),
        ),
    )


def _fact_of(
    certification: Certification, decision: CertificationDecision, staff_id: str
) -> CertificationDecided:
    assert certification.decided_at
    return CertificationDecided(
        fact_id=f"{certification.certification_id}.decided",
        at=certification.decided_at,
        certification_id=certification.certification_id,
        member_id=certification.member_id,
        decision=decision,
        staff_id=staff_id,
    )
