"""Front door: members whom colleagues have as contacts in WeCom.

Whoever becomes a contact before they were in the mini program is a dormant member, whom their first
sign-in wakes: WeCom and WeChat call them by the same unionid.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Any

import msgspec

from chalicelib.errors import Unavailable
from chalicelib.tables import Overtaken, one_transaction
from chalicelib.wecom import contacts as wecom
from chalicelib.wecom.contacts import ExternalContact
from chalicelib.wecom.envelope import ContactChange
from chalicelib.wecom.refusals import NoSuchContact, RateLimited
from community import facts
from community.commons.audit.rules import SYSTEM
from community.people.contacts import records, rules
from community.people.contacts.rules import Contact, Deed
from community.people.identities import service as identities
from community.people.identities.rules import Identity, Kind
from community.people.members import service as members
from community.people.members.rules import Member, State, Touch, new_member
from community.people.merges import service as merges
from community.people.merges.rules import NotToBeMerged, Reason
from community.people.tags import service as tags
from community.people.touchpoints import rules as touchpoint_rules
from community.people.touchpoints.rules import CONTACT


def follow(change: ContactChange, *, now: datetime) -> None:
    """A colleague got to know somebody, changed what they note of them, or lost them.

    Refuses: NoSuchContact — lost again meanwhile; Unavailable — told again later it does no harm
    """
    deed = rules.DEEDS.get(change.kind)
    if deed is Deed.LOST:
        _lose(change, now=now)
    elif deed is not None:
        _get_to_know(change, _asked(change.external_userid), is_new=deed is Deed.ADDED, now=now)


def of_member(member_id: str) -> list[Contact]:
    """Which colleagues have, or had, a member as a contact."""
    return records.of_member(member_id)


def exported(member_id: str) -> Any:
    """Which colleagues have, or had, the member as a contact, since when, and by which code."""
    return msgspec.to_builtins(records.of_member(member_id))


def follow_merge(fact: facts.MembersMerged) -> None:
    """The contacts of the one who is gone are those of the one who stays. Refuses: Unavailable"""
    if members.get(fact.gone_id).member_id != fact.gone_id:
        records.move(fact.merge_id, source_id=fact.gone_id, target_id=fact.kept_id)


def follow_unmerge(fact: facts.MembersUnmerged) -> None:
    """What came by the merge goes back. Refuses: Unavailable"""
    if members.get(fact.gone_id).member_id == fact.gone_id:
        records.move_back(fact.merge_id, source_id=fact.kept_id, target_id=fact.gone_id)


def erase(fact: facts.MemberErased) -> None:
    """Nobody knows any longer who had the member as a contact."""
    records.delete_all(fact.member_id)


def _asked(external_userid: str) -> ExternalContact:
    try:
        return wecom.external_contact(external_userid)
    except RateLimited as limited:
        raise Unavailable from limited


def _get_to_know(
    change: ContactChange, contact: ExternalContact, *, is_new: bool, now: datetime
) -> None:
    states = (each.state for each in contact.follows if each.userid == change.userid)
    state = touchpoint_rules.claimed(change.state or next(states, None))
    member_id = _member_of(contact, Touch(state or CONTACT, change.created_at)).member_id
    fact = facts.ContactAdded(
        fact_id=f"{member_id}.contact.{change.userid}.{change.created_at.isoformat()}",
        at=change.created_at,
        member_id=member_id,
        staff_id=change.userid,
        touchpoint=state or CONTACT,
    )
    records.note(
        member_id,
        Contact(staff_id=change.userid, touchpoint=state, follows=True, at=change.created_at),
        external_userid=change.external_userid,
        fact=fact if is_new else None,
    )
    _follow_tags(member_id, contact, now=now)


def _lose(change: ContactChange, *, now: datetime) -> None:
    owner_id = identities.owner_of(Kind.EXTERNAL_USERID, change.external_userid)
    if owner_id is None:
        return  # Nobody whom we know.
    member_id = members.get(owner_id).member_id
    records.note(
        member_id,
        Contact(staff_id=change.userid, follows=False, at=change.created_at),
        external_userid=change.external_userid,
    )
    _follow_tags(member_id, now=now)


def _follow_tags(member_id: str, *asked: ExternalContact, now: datetime) -> None:
    """A member has the tags that colleagues gave them, whatever WeCom calls them there.

    `asked` is what WeCom has just told. Refuses: Unavailable
    """
    found = list(asked)
    known_by = identities.of_member(member_id)
    called = {each.value for each in known_by if each.kind is Kind.EXTERNAL_USERID}
    for external_userid in called - {contact.external_userid for contact in asked}:
        with suppress(NoSuchContact):
            found.append(_asked(external_userid))
    follows = [follow for contact in found for follow in contact.follows]
    tags.follow_wecom(member_id, [tag for follow in follows for tag in follow.tags], now=now)


def _member_of(contact: ExternalContact, touch: Touch) -> Member:
    """Who this is: known to WeCom, or to WeChat by the same unionid, or new.

    Refuses: Unavailable — somebody else finds out at this moment
    """
    known = _owner_of(Kind.EXTERNAL_USERID, contact.external_userid)
    namesake = _owner_of(Kind.UNIONID, contact.unionid) if contact.unionid else None
    if known and namesake and known.member_id != namesake.member_id:
        return _one_of(known, namesake, now=touch.at)
    member = known or namesake
    try:
        if member is None:
            return _new(contact, touch)
        if known is None or (namesake is None and contact.unionid):
            return _learn(member, contact)
    except Overtaken as overtaken:
        raise Unavailable from overtaken
    return member


def _one_of(known: Member, namesake: Member, *, now: datetime) -> Member:
    """Who was known to WeCom and to WeChat as two is one, unless one of them leaves."""
    with suppress(NotToBeMerged):
        merges.merge(known.member_id, namesake.member_id, reason=Reason.UNIONID, by=SYSTEM, now=now)
    return members.get(known.member_id)


def _new(contact: ExternalContact, touch: Touch) -> Member:
    name = identities.key_of(Kind.EXTERNAL_USERID, contact.external_userid)
    member = new_member(request_id=name, touch=touch, state=State.DORMANT)
    member = msgspec.structs.replace(member, has_unionid=contact.unionid is not None)
    fact = facts.MemberJoined(
        fact_id=f"{member.member_id}.joined",
        at=touch.at,
        member_id=member.member_id,
        touchpoint=touch.touchpoint,
    )
    members.add(member, known_by=_identities(contact), fact=fact)
    return member


def _learn(member: Member, contact: ExternalContact) -> Member:
    """From now on the member is known by all of these. Refuses: Overtaken"""
    has_unionid = member.has_unionid or contact.unionid is not None
    with one_transaction() as write:
        for identity in _identities(contact):
            identities.claim(write, identity, member_id=member.member_id)
        return members.change_in(
            write,
            member.member_id,
            lambda current: msgspec.structs.replace(current, has_unionid=has_unionid),
        )


def _identities(contact: ExternalContact) -> list[Identity]:
    known_by = [Identity(Kind.EXTERNAL_USERID, contact.external_userid)]
    if contact.unionid:
        known_by.append(Identity(Kind.UNIONID, contact.unionid))
    return known_by


def _owner_of(kind: Kind, value: str) -> Member | None:
    owner_id = identities.owner_of(kind, value)
    return members.get(owner_id) if owner_id else None
