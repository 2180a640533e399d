"""What follows from what happened: one table.

Each consequence may be told of its fact twice, late and out of order, and changes nothing the second
time. None speaks to the outside: that goes through `outbound`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from chalicelib import logs
from chalicelib.errors import Refusal, Unavailable
from community import belongings, facts
from community.commons.media import service as media
from community.facts import (
    BylinesDue,
    CaseDecided,
    CaseOpened,
    CertificationDecided,
    CertificationDue,
    CertificationEnded,
    CertificationSubmitted,
    CoDriverAdded,
    CoDriverRemoved,
    CommentHeld,
    CommentPublished,
    ConsentGiven,
    ConsentWithdrawn,
    ContactAdded,
    DataTakenBack,
    ExportAsked,
    ExportDue,
    ExportFailed,
    ExportReady,
    Fact,
    LeavingAsked,
    LeavingDue,
    LicencePhotoDue,
    MediaDue,
    MemberErased,
    MemberJoined,
    MemberSeen,
    MembersMerged,
    MembersUnmerged,
    MemberWoken,
    PostHeld,
    PostPublished,
    ProfileChanged,
    Reacted,
    SamePersonSaid,
    TransferAsked,
    TransferDue,
    TransferRefused,
)
from community.forum.bylines import service as bylines
from community.forum.comments import service as comments
from community.forum.interests import service as interests
from community.forum.moderation import service as moderation
from community.forum.posts import service as posts
from community.forum.reactions import service as reactions
from community.people.archive import service as archive
from community.people.certifications import afterwards as certification_afterwards
from community.people.certifications import service as certifications
from community.people.certifications import telling as certification_telling
from community.people.exports import service as exports
from community.people.leaving import service as leaving
from community.people.members import service as members
from community.people.phones import service as phones
from community.people.profiles import service as profiles
from community.people.standing import service as standing
from community.people.tagging import service as tagging
from community.people.touchpoints import service as touchpoints
from community.people.transfers import service as transfers
from community.people.vehicles import service as vehicles

_NAMES = ("member_id", "author_id", "holder_id")

CONSEQUENCES: dict[type[Fact], tuple[Callable[[Any], None], ...]] = {
    MemberJoined: (touchpoints.note_joined, tagging.follow),
    MemberSeen: (touchpoints.note_seen,),
    MemberWoken: (touchpoints.note_woken, profiles.prefill, tagging.follow),
    ContactAdded: (touchpoints.note_contact,),
    ProfileChanged: (
        profiles.drop_old_avatars,
        tagging.follow,
        tagging.note_interests,
        bylines.follow_nickname,
    ),
    ConsentWithdrawn: (
        profiles.forget_all,
        archive.forget_taken_back,
        phones.forget_taken_back,
        certification_afterwards.forget_taken_back,
        tagging.follow_consent,
    ),
    DataTakenBack: (
        profiles.forget_taken_back,
        archive.forget_taken_back,
        phones.forget_taken_back,
        certification_afterwards.forget_taken_back,
    ),
    MembersMerged: (belongings.follow, tagging.follow_merge, bylines.follow_merge),
    MembersUnmerged: (belongings.follow, tagging.follow_merge, bylines.follow_merge),
    CertificationSubmitted: (certification_telling.ask_moderators,),
    CertificationDecided: (
        standing.follow,
        certification_afterwards.wake_owner,
        certification_telling.tell_member,
        certification_telling.tell_moderators,
        tagging.follow,
        bylines.follow,
    ),
    CertificationEnded: (
        standing.follow,
        certification_afterwards.clear_seats,
        certification_telling.tell_ended,
        tagging.follow,
        bylines.follow,
    ),
    CertificationDue: (certifications.expire,),
    LicencePhotoDue: (certification_afterwards.forget_photos,),
    TransferAsked: (transfers.ask_holder, transfers.tell_others),
    TransferRefused: (certification_telling.ask_moderators, transfers.tell_refused),
    TransferDue: (transfers.settle,),
    SamePersonSaid: (transfers.ask_whether_same,),
    CoDriverAdded: (standing.follow, vehicles.tell_holder, bylines.follow),
    CoDriverRemoved: (standing.follow, vehicles.tell_driver, bylines.follow),
    ConsentGiven: (tagging.follow_consent,),
    ExportAsked: (belongings.make_export,),
    ExportReady: (exports.tell_ready,),
    ExportFailed: (exports.tell_failed,),
    ExportDue: (exports.expire,),
    LeavingAsked: (leaving.tell_member, certification_afterwards.forget_taken_back),
    LeavingDue: (leaving.erase_due,),
    MemberErased: (belongings.erase,),
    MediaDue: (media.forget_unused,),
    PostPublished: (posts.list_card, posts.note_author, interests.follow_post),
    PostHeld: (posts.note_author, moderation.open_case),
    CommentPublished: (comments.count, comments.note_author, interests.follow_comment),
    CommentHeld: (comments.note_author, moderation.open_case),
    BylinesDue: (bylines.go_on,),
    CaseOpened: (moderation.ask_moderators,),
    CaseDecided: (
        posts.apply_decision,
        comments.apply_decision,
        moderation.tell_author,
        moderation.tell_moderators,
    ),
    Reacted: (reactions.count, interests.follow_reaction),
}


def follow(text: str) -> None:
    """Do everything that follows from a fact. What is refused keeps nothing else from following.

    Refuses: Unavailable — the fact comes again
    """
    fact = _of_who_remains(facts.read(text))
    for consequence in CONSEQUENCES.get(type(fact), ()):
        try:
            consequence(fact)
        except Unavailable:
            raise
        except Refusal as refusal:
            logs.warning("a consequence was refused", fact=fact.fact_id, code=refusal.code)
    logs.metric("fact_followed", fact=type(fact).__name__)


def _of_who_remains(fact: Fact) -> Fact:
    """The fact, about the members who remain where it names such as were merged into others."""
    named = {name: getattr(fact, name) for name in _NAMES if hasattr(fact, name)}
    remaining = {name: members.remaining(member_id) for name, member_id in named.items()}
    return msgspec.structs.replace(fact, **remaining) if remaining != named else fact
