"""Front door: leaving for good, and changing one's mind.

Who is erased is known by nothing any longer: their identities are free, their row says only that there
was somebody, and everybody who keeps something of them hears of it by a fact. That is one transaction,
so a change of mind and the end of its time never both happen.
"""

from __future__ import annotations

from datetime import datetime

from chalicelib.errors import Unavailable
from chalicelib.tables import one_transaction
from community.commons.agenda import service as agenda
from community.commons.audit import service as audit
from community.commons.audit.rules import SYSTEM, Entry
from community.commons.dates import in_beijing
from community.commons.notifications import service as notifications
from community.commons.notifications.rules import Kind
from community.commons.outbound import service as outbound
from community.commons.outbound.rules import ServiceNotice
from community.commons.subscriptions.rules import Template, filled
from community.facts import LeavingAsked, LeavingDue, MemberErased
from community.people.identities import rules as identity_rules
from community.people.identities import service as identities
from community.people.identities.rules import Identity
from community.people.leaving import rules, texts
from community.people.leaving.rules import Why
from community.people.members import service as members
from community.people.members.rules import Member, State
from community.people.merges import service as merges

_PAGE = "pages/account/index"


def ask(member: Member, *, now: datetime) -> datetime:
    """A member wants to leave. Gives when they are erased; asking again does not put that off.

    Refuses: GoneAlready; Unavailable — the member changed at this moment
    """
    current = members.get(member.member_id)
    member_id = current.member_id
    if current.erases_at is not None:
        return current.erases_at
    erases_at = now + rules.CAN_BE_UNDONE
    fact = LeavingAsked(
        fact_id=f"{member_id}.leaving_asked.{now:%Y%m%dT%H%M%S.%f}",
        at=now,
        member_id=member_id,
        erases_at=erases_at,
    )
    with one_transaction(Unavailable()) as write:
        members.change_in(
            write, member_id, lambda m: rules.leaving(m, erases_at=erases_at), fact=fact
        )
        due = LeavingDue(fact_id=_due_id(member_id), at=erases_at, member_id=member_id)
        agenda.put_in(write, due)
        audit.note_in(
            write,
            Entry(
                what="member.asked_to_leave",
                about=f"member#{member_id}",
                by=member_id,
                after={"erases_at": erases_at.isoformat()},
                at=now,
            ),
        )
    return erases_at


def stay(member: Member, *, now: datetime) -> Member:
    """A member changed their mind. Harmless for who did not want to leave.

    Refuses: GoneAlready; Unavailable — the member changed at this moment
    """
    current = members.get(member.member_id)
    member_id = current.member_id
    stays = rules.staying(current)
    if stays == current:
        return current
    with one_transaction(Unavailable()) as write:
        stays = members.change_in(write, member_id, rules.staying)
        audit.note_in(
            write,
            Entry(what="member.stays", about=f"member#{member_id}", by=member_id, at=now),
        )
    agenda.strike(_due_id(member_id))
    return stays


def erase_due(fact: LeavingDue) -> None:
    """The time to change one's mind is over; who did is left alone.

    Refuses: StaysAfterAll; Unavailable — the member changed at this moment; the fact comes again
    """
    current = members.get(fact.member_id)
    if rules.is_due(current, fact.at):
        _erase(current, Why.ASKED, by=current.member_id, now=fact.at)


def close_account(member: Member, *, openid: str, unionid: str | None, now: datetime) -> None:
    """The person closed a WeChat account: only that is let go where they are here with another one, too.

    Refuses: Unavailable — the member changed at this moment
    """
    member_id = member.member_id
    all_ids = merges.all_of(member_id)
    other = _other_openid(all_ids, openid)
    if other is None:
        erase_closed(member, now=now)
        return
    account = [Identity(identity_rules.Kind.OPENID, openid)]
    account += [Identity(identity_rules.Kind.UNIONID, unionid)] if unionid else []
    with one_transaction(Unavailable()) as write:
        for identity in account:
            whose = identities.owner_of(identity.kind, identity.value)
            if whose in all_ids:
                identities.release(write, identity, member_id=whose)
        for each in members.carrying(openid):
            # Who remains is told what they granted by the other one.
            instead = other if each == member_id else None
            members.change_in(write, each, _as_they_are, openid=instead, without_openid=True)
        audit.note_in(
            write,
            Entry(what="member.account_closed", about=f"member#{member_id}", by=SYSTEM, at=now),
        )


def erase_closed(member: Member, *, now: datetime) -> None:
    """The person closed the only WeChat account of theirs that we know: they are erased at once.

    Refuses: Unavailable — the member changed at this moment
    """
    _erase(member, Why.CLOSED, by=SYSTEM, now=now)


def block_minor(member_id: str, *, now: datetime) -> None:
    """Somebody turned out to be under 18: they are erased at once and cannot come in again.

    Only the keyed hash of their openid stays, which leads to the refusal.
    Refuses: NotFound; Unavailable — the member changed at this moment
    """
    _erase(members.get(member_id), Why.MINOR, by=SYSTEM, now=now)


def tell_member(fact: LeavingAsked) -> None:
    """The member is told until when they can change their mind, and in WeChat too if they granted it."""
    member = members.get(fact.member_id)
    if member.erases_at != fact.erases_at:
        return  # They have changed it since.
    at = in_beijing(fact.erases_at)
    notifications.tell(
        fact.member_id,
        fact,
        kind=Kind.PRIVACY,
        title=texts.ASKED_TITLE,
        text=texts.ASKED.format(erases_at=at),
        link=_PAGE,
    )
    outbound.enqueue(
        ServiceNotice(
            message_id=f"notice {fact.fact_id}",
            member_id=fact.member_id,
            openid=members.openid_of(fact.member_id),
            template=Template.LEAVING_ASKED,
            fields=filled(Template.LEAVING_ASKED, texts.NOTICE_SUBJECT, at, texts.NOTICE_HINT),
            page=_PAGE,
        )
    )


def _other_openid(member_ids: list[str], closed: str) -> str | None:
    """What else a person signs in with. A list may tell what was let go a moment ago: the row does not."""
    known_by = (each for member_id in member_ids for each in identities.of_member(member_id))
    for each in known_by:
        is_another = each.kind is identity_rules.Kind.OPENID and each.value != closed
        if is_another and identities.owner_of(each.kind, each.value) is not None:
            return each.value
    return None


def _as_they_are(member: Member) -> Member:
    return member


def _erase(member: Member, why: Why, *, by: str, now: datetime) -> None:
    if member.state is State.ERASED:
        return
    member_id = member.member_id
    fact = MemberErased(fact_id=f"{member_id}.erased", at=now, member_id=member_id)
    known_by = identities.of_member(member_id)
    with one_transaction(Unavailable()) as write:
        members.erase_in(
            write,
            member_id,
            lambda m: rules.gone(m, why, now=now),
            findable=why is Why.MINOR,
            fact=fact,
        )
        for identity in known_by:
            identities.release(write, identity, member_id=member_id)
        audit.note_in(
            write,
            Entry(what="member.erased", about=f"member#{member_id}", by=by, why=why, at=now),
        )
    agenda.strike(_due_id(member_id))


def _due_id(member_id: str) -> str:
    return f"{member_id}.leaving_due"
