"""Front door: tags that follow from facts by a rule.

A rule looks at what is true at this moment, not at what a fact says: told twice, late or out of order
it comes out the same. `RULES` tells which rules a fact is a reason to look at.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from chalicelib import ids
from community.facts import (
    CertificationDecided,
    CertificationEnded,
    ConsentGiven,
    ConsentWithdrawn,
    Fact,
    MemberJoined,
    MembersMerged,
    MembersUnmerged,
    MemberWoken,
    ProfileChanged,
)
from community.people.members import service as members
from community.people.members.rules import Member, State
from community.people.profiles import service as profiles
from community.people.tagging import rules
from community.people.tags import service as tags
from community.people.tags.fading import PUT
from community.people.vehicles import service as vehicles


class Rule(NamedTuple):
    """The families of tags that it is about, and which of them are true of a member since when."""

    about: tuple[str, ...]
    finds: Callable[[Member, datetime], Mapping[str, datetime]]


def _identity(member: Member, at: datetime) -> Mapping[str, datetime]:
    return rules.by_identity(member, at=at)


def _newcomer(_member: Member, at: datetime) -> Mapping[str, datetime]:
    return {rules.NEWCOMER: at}


def _profile(member: Member, _at: datetime) -> Mapping[str, datetime]:
    return rules.by_profile(profiles.of_member(member.member_id))


def _cars(member: Member, _at: datetime) -> Mapping[str, datetime]:
    held = [vehicle.holder for vehicle in vehicles.mine(member)]
    return rules.by_cars(
        {
            holder.model: ids.time_of(holder.certification_id)
            for holder in held
            if holder.member_id == member.member_id
        }
    )


IDENTITY = Rule(("identity",), _identity)
NEWCOMER = Rule((), _newcomer)
PROFILE = Rule(("city", "birthday", "household", "buys", "buys-model"), _profile)
CARS = Rule(("owns-model",), _cars)
OF_A_PERSON = (IDENTITY, PROFILE, CARS)

RULES: dict[type[Fact], tuple[Rule, ...]] = {
    MemberJoined: (IDENTITY, NEWCOMER),
    MemberWoken: (*OF_A_PERSON, NEWCOMER),
    CertificationDecided: (IDENTITY, CARS),
    CertificationEnded: (IDENTITY, CARS),
    ProfileChanged: (PROFILE,),
}


def follow(fact: Any) -> None:
    """A member's tags follow from what happened, by rule. Refuses: Unavailable"""
    _look(fact.member_id, RULES[type(fact)], fact)


def note_interests(fact: ProfileChanged) -> None:
    """Who names a topic as an interest, or a model that they drive, cares for it like who writes about it.

    Refuses: Unavailable
    """
    if {"interests", "accessories", "vehicles"} & {*fact.fields}:
        for tag_id, at in rules.cares_for(profiles.of_member(fact.member_id)).items():
            tags.note(fact.member_id, {tag_id: PUT}, at=at)


def follow_consent(fact: ConsentGiven | ConsentWithdrawn) -> None:
    """Without consent nothing is noted of a member, and what was noted goes. Refuses: Unavailable"""
    member = members.get(fact.member_id)
    if member.consent is None:
        tags.close(member.member_id)
    elif tags.reopen(member.member_id):
        _look(member.member_id, OF_A_PERSON, fact)


def follow_merge(fact: MembersMerged | MembersUnmerged) -> None:
    """What is true of one of two members may not be true of the one that they are, and the other way round.

    Refuses: Unavailable
    """
    for member_id in (fact.kept_id, fact.gone_id):
        _look(member_id, OF_A_PERSON, fact)


def _look(member_id: str, at_rules: tuple[Rule, ...], fact: Fact) -> None:
    def true_now() -> dict[str, datetime]:
        member = members.get(member_id)
        if member.state is State.DORMANT:
            return {}  # Nobody whom we have met: not one of those who come and go.
        found = (rule.finds(member, fact.at) for rule in at_rules)
        return {tag_id: at for each in found for tag_id, at in each.items()}

    about = {family for rule in at_rules for family in rule.about}
    tags.rule(member_id, true_now, about=about, now=fact.at)
