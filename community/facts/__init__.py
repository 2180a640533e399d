"""Everything that happens in the community: past tense, frozen, versioned.

A fact names who and what by id and says nothing personal: it travels through streams and queues. Its
`fact_id` is made from what it is about, so the same thing happening once is one fact, however often it
is told. A changed shape gets a new version in the tag and keeps the old class until none is under way.
"""

from __future__ import annotations

import msgspec

from community.facts.cars import (
    CertificationDecided,
    CertificationDecision,
    CertificationDue,
    CertificationEnd,
    CertificationEnded,
    CertificationSubmitted,
    CoDriverAdded,
    CoDriverRemoved,
    LicencePhotoDue,
    SamePersonSaid,
    TransferAsked,
    TransferDue,
    TransferRefused,
)
from community.facts.fact import Fact
from community.facts.forum import (
    BylinesDue,
    CaseDecided,
    CaseDecision,
    CaseOpened,
    CommentHeld,
    CommentPublished,
    PostHeld,
    PostPublished,
    PostRemoved,
    Reacted,
)
from community.facts.members import (
    ArchiveUpdated,
    ConsentGiven,
    ConsentWithdrawn,
    ContactAdded,
    DataTakenBack,
    Datum,
    ExportAsked,
    ExportDue,
    ExportFailed,
    ExportReady,
    LeavingAsked,
    LeavingDue,
    MediaDue,
    MemberErased,
    MemberJoined,
    MemberSeen,
    MembersMerged,
    MembersUnmerged,
    MemberWoken,
    PhoneBound,
    ProfileChanged,
)

__all__ = [
    "AnyFact",
    "ArchiveUpdated",
    "BylinesDue",
    "CaseDecided",
    "CaseDecision",
    "CaseOpened",
    "CertificationDecided",
    "CertificationDecision",
    "CertificationDue",
    "CertificationEnd",
    "CertificationEnded",
    "CertificationSubmitted",
    "CoDriverAdded",
    "CoDriverRemoved",
    "CommentHeld",
    "CommentPublished",
    "ConsentGiven",
    "ConsentWithdrawn",
    "ContactAdded",
    "DataTakenBack",
    "Datum",
    "ExportAsked",
    "ExportDue",
    "ExportFailed",
    "ExportReady",
    "Fact",
    "LeavingAsked",
    "LeavingDue",
    "LicencePhotoDue",
    "MediaDue",
    "MemberErased",
    "MemberJoined",
    "MemberSeen",
    "MemberWoken",
    "MembersMerged",
    "MembersUnmerged",
    "PhoneBound",
    "PostHeld",
    "PostPublished",
    "PostRemoved",
    "ProfileChanged",
    "Reacted",
    "SamePersonSaid",
    "TransferAsked",
    "TransferDue",
    "TransferRefused",
    "read",
    "written",
]

AnyFact = (
    MemberJoined
    | MemberSeen
    | ContactAdded
    | ProfileChanged
    | PhoneBound
    | MembersMerged
    | MembersUnmerged
    | MemberWoken
    | ArchiveUpdated
    | ConsentGiven
    | ConsentWithdrawn
    | DataTakenBack
    | ExportAsked
    | ExportReady
    | ExportFailed
    | ExportDue
    | LeavingAsked
    | LeavingDue
    | MemberErased
    | CertificationSubmitted
    | CertificationDecided
    | CertificationEnded
    | CertificationDue
    | LicencePhotoDue
    | TransferAsked
    | TransferDue
    | TransferRefused
    | SamePersonSaid
    | CoDriverAdded
    | CoDriverRemoved
    | MediaDue
    | PostPublished
    | PostHeld
    | PostRemoved
    | CommentPublished
    | CommentHeld
    | BylinesDue
    | CaseOpened
    | CaseDecided
    | Reacted
)


def written(fact: Fact) -> str:
    """The text of a fact, as a row carries it."""
    return msgspec.json.encode(fact).decode()


def read(text: str) -> AnyFact:
    """The fact that a text tells."""
    fact: AnyFact = msgspec.json.decode(text, type=AnyFact)
    return fact
