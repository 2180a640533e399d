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
    AnswerAccepted,
    Blocked,
    BoardRoleChanged,
    BylinesDue,
    CaseDecided,
    CaseDecision,
    CaseOpened,
    CommentHeld,
    CommentPublished,
    CommentRemoved,
    FeedEventsNoted,
    Followed,
    HistoryCleared,
    PostDue,
    PostEdited,
    PostErasureDue,
    PostHeld,
    PostPublished,
    PostRemoved,
    PostScheduled,
    Reacted,
    RecountDue,
    Voted,
)
from community.facts.media import (
    Judgement,
    MediaChecked,
    MediaDecided,
    MediaHeld,
    MediaShaped,
    MediaTaken,
    PictureDue,
    PictureJudged,
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
    StandingSaid,
)
from community.facts.notifications import GroupLinesDue, NoticeDue, NotificationRaised

__all__ = [
    "AnswerAccepted",
    "AnyFact",
    "ArchiveUpdated",
    "Blocked",
    "BoardRoleChanged",
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
    "CommentRemoved",
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
    "FeedEventsNoted",
    "Followed",
    "GroupLinesDue",
    "HistoryCleared",
    "Judgement",
    "LeavingAsked",
    "LeavingDue",
    "LicencePhotoDue",
    "MediaChecked",
    "MediaDecided",
    "MediaDue",
    "MediaHeld",
    "MediaShaped",
    "MediaTaken",
    "MemberErased",
    "MemberJoined",
    "MemberSeen",
    "MemberWoken",
    "MembersMerged",
    "MembersUnmerged",
    "NoticeDue",
    "NotificationRaised",
    "PhoneBound",
    "PictureDue",
    "PictureJudged",
    "PostDue",
    "PostEdited",
    "PostErasureDue",
    "PostHeld",
    "PostPublished",
    "PostRemoved",
    "PostScheduled",
    "ProfileChanged",
    "Reacted",
    "RecountDue",
    "SamePersonSaid",
    "StandingSaid",
    "TransferAsked",
    "TransferDue",
    "TransferRefused",
    "Voted",
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
    | StandingSaid
    | CoDriverAdded
    | CoDriverRemoved
    | MediaDue
    | MediaTaken
    | MediaShaped
    | PictureJudged
    | PictureDue
    | MediaHeld
    | MediaDecided
    | MediaChecked
    | PostPublished
    | PostEdited
    | PostHeld
    | PostRemoved
    | PostScheduled
    | PostDue
    | PostErasureDue
    | CommentPublished
    | CommentHeld
    | CommentRemoved
    | AnswerAccepted
    | Voted
    | BylinesDue
    | BoardRoleChanged
    | CaseOpened
    | CaseDecided
    | Reacted
    | RecountDue
    | HistoryCleared
    | Followed
    | Blocked
    | FeedEventsNoted
    | NotificationRaised
    | GroupLinesDue
    | NoticeDue
)


def written(fact: Fact) -> str:
    """The text of a fact, as a row carries it."""
    return msgspec.json.encode(fact).decode()


def read(text: str) -> AnyFact:
    """The fact that a text tells."""
    fact: AnyFact = msgspec.json.decode(text, type=AnyFact)
    return fact
