"""Who is told of certifications: moderators, their group, and the member."""

from __future__ import annotations

from community.commons.dates import in_beijing
from community.commons.media import service as media
from community.commons.media.rules import Purpose
from community.commons.notifications import service as notifications
from community.commons.notifications.rules import Kind as NotificationKind
from community.commons.outbound import service as outbound
from community.commons.outbound.rules import (
    ColleagueText,
    GroupLine,
    ServiceNotice,
    TaskCard,
    TaskDone,
)
from community.commons.staff import service as staff
from community.commons.subscriptions.rules import Template, filled
from community.facts import (
    CertificationDecided,
    CertificationDecision,
    CertificationEnd,
    CertificationEnded,
    CertificationSubmitted,
    Fact,
    TransferDue,
    TransferRefused,
)
from community.people.certifications import cards, happened, rules, steps, texts
from community.people.certifications import service as certifications
from community.people.certifications.rules import Certification, Kind
from community.people.certifications.texts import Told
from community.people.members import service as members

PAGE = "pages/certification/index"


def ask_moderators(fact: CertificationSubmitted | TransferRefused | TransferDue) -> None:
    """The moderators get a card to decide on, the group hears of it."""
    certification = certifications.get(fact.certification_id)
    nickname = members.get(certification.member_id).nickname
    card = cards.card(certification, nickname=nickname)
    line = texts.NEW_IN_GROUP.format(nickname=nickname, model=certification.model)
    outbound.enqueue(
        TaskCard(message_id=card["task_id"], card=card),
        GroupLine(message_id=f"group {fact.fact_id}", text=line),
    )


def show_photo(certification_id: str, *, to: str, press_id: str) -> None:
    """A moderator asks to see the photo: they alone get an address that shows it for an hour.

    Refuses: NotAModerator; NoSuchCertification; PhotoIsGone
    """
    moderator = staff.moderator(to)
    certification = certifications.get(certification_id)
    steps.check_has_photo(certification)
    link = media.link(certification.photos[-1], purpose=Purpose.LICENCE)
    outbound.enqueue(
        ColleagueText(
            message_id=f"photo {certification_id} {press_id}",
            userid=moderator.userid,
            text=texts.PHOTO.format(link=link),
        )
    )


def tell_member(fact: CertificationDecided) -> None:
    """The member is told what was decided, in the notification centre and, if granted, in WeChat."""
    certification = certifications.get(fact.certification_id)
    is_approved = fact.decision is CertificationDecision.APPROVE
    told = texts.GRANTED[certification.kind] if is_approved else texts.TOLD[fact.decision]
    if fact.decision is CertificationDecision.REJECT and certification.reason:
        told = told._replace(text=certification.reason)
    _tell(certification, fact, told)


def tell_ended(fact: CertificationEnded) -> None:
    """The member is told why it holds no longer, unless another takes its place."""
    if fact.end is CertificationEnd.RENEWED:
        return
    certification = certifications.get(fact.certification_id)
    told = texts.ENDED[fact.end]
    name = texts.NAMES[certification.kind]
    _tell(certification, fact, told._replace(title=told.title.format(name=name)))


def tell_moderators(fact: CertificationDecided) -> None:
    """Everyone's card shows who decided, the group hears of it."""
    certification = certifications.get(fact.certification_id)
    if certification.kind is not Kind.OWNER:
        return
    words = rules.words_for(certification)
    line = texts.DECIDED_IN_GROUP.format(model=certification.model, words=words)
    outbound.enqueue(GroupLine(message_id=f"group {fact.fact_id}", text=line))
    number = happened.card_of(fact)
    if certification.cards and number:
        task_id = cards.task_id(fact.certification_id, number)
        outbound.enqueue(TaskDone(message_id=f"done {fact.fact_id}", task_id=task_id, words=words))


def _tell(certification: Certification, fact: Fact, told: Told) -> None:
    member = members.get(certification.member_id)
    notifications.tell(
        member.member_id,
        fact,
        kind=NotificationKind.CERTIFICATION,
        title=told.title,
        text=told.text,
        link=PAGE,
    )
    outbound.enqueue(
        ServiceNotice(
            message_id=f"notice {fact.fact_id}",
            member_id=member.member_id,
            openid=members.openid_of(member.member_id),
            template=Template.CERTIFICATION_DECIDED,
            fields=filled(
                Template.CERTIFICATION_DECIDED,
                certification.model or texts.NAMES[certification.kind],
                told.result,
                in_beijing(fact.at),
                told.text,
            ),
            page=PAGE,
        )
    )
