"""What follows from what happened: one table.

Each consequence may be told of its fact twice, late and out of order, and changes nothing the second
time. None speaks to the outside: that goes through `outbound`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from chalicelib import logs
from chalicelib.errors import Refusal, Unavailable
from community import belongings, facts
from community.commons.media import service as media
from community.commons.outbound import service as outbound
from community.facts import (
    AnswerAccepted,
    Blocked,
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
    CommentRemoved,
    ConsentGiven,
    ConsentWithdrawn,
    ContactAdded,
    DataTakenBack,
    ExportAsked,
    ExportDue,
    ExportFailed,
    ExportReady,
    Fact,
    FeedEventsNoted,
    Followed,
    GroupLinesDue,
    HistoryCleared,
    LeavingAsked,
    LeavingDue,
    LicencePhotoDue,
    MediaChecked,
    MediaDecided,
    MediaDue,
    MediaHeld,
    MediaShaped,
    MediaTaken,
    MemberErased,
    MemberJoined,
    MemberSeen,
    MembersMerged,
    MembersUnmerged,
    MemberWoken,
    NoticeDue,
    NotificationRaised,
    PictureDue,
    PictureJudged,
    PostDue,
    PostEdited,
    PostErasureDue,
    PostHeld,
    PostPublished,
    PostRemoved,
    PostScheduled,
    ProfileChanged,
    Reacted,
    RecountDue,
    SamePersonSaid,
    StandingSaid,
    TransferAsked,
    TransferDue,
    TransferRefused,
    Voted,
)
from community.forum.answers import service as answers
from community.forum.blocks import service as blocks
from community.forum.bylines import service as bylines
from community.forum.comments import service as comments
from community.forum.feed import service as feed
from community.forum.follows import service as follows
from community.forum.hot import service as hot
from community.forum.interests import service as interests
from community.forum.lists import service as lists
from community.forum.moderation import service as moderation
from community.forum.pictures import service as pictures
from community.forum.posts import afterwards as post_afterwards
from community.forum.reactions import service as reactions
from community.forum.recount import service as recount
from community.forum.search import service as search
from community.forum.telling import growing as telling_growing
from community.forum.telling import service as telling
from community.forum.votes import service as votes
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

_NAMES = ("member_id", "author_id", "holder_id", "target_id")

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
        telling.follow_nickname,
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
    StandingSaid: (standing.follow, bylines.follow),
    CoDriverAdded: (standing.follow, vehicles.tell_holder, bylines.follow),
    CoDriverRemoved: (standing.follow, vehicles.tell_driver, bylines.follow),
    ConsentGiven: (tagging.follow_consent,),
    ExportAsked: (belongings.make_export,),
    ExportReady: (exports.tell_ready,),
    ExportFailed: (exports.tell_failed,),
    ExportDue: (exports.expire,),
    LeavingAsked: (leaving.tell_member, certification_afterwards.forget_taken_back),
    LeavingDue: (leaving.erase_due,),
    MemberErased: (belongings.erase, hot.erase),
    MediaDue: (media.forget_unused,),
    MediaTaken: (media.have_shaped,),
    MediaShaped: (pictures.ask,),
    PictureJudged: (media.follow_judgement, pictures.ask_again),
    PictureDue: (media.hold_unanswered,),
    MediaHeld: (moderation.open_media_case,),
    MediaChecked: (post_afterwards.note_media, telling.follow_check),
    MediaDecided: (media.follow_decision, moderation.tell_moderators),
    PostPublished: (
        post_afterwards.follow,
        post_afterwards.note_author,
        lists.follow,
        hot.follow,
        search.follow_post,
        interests.follow_post,
        telling.follow_post,
    ),
    PostEdited: (
        post_afterwards.follow,
        lists.follow,
        hot.follow,
        search.follow_post,
        telling.follow_post,
    ),
    PostHeld: (
        post_afterwards.follow,
        post_afterwards.note_author,
        lists.follow,
        hot.follow,
        search.follow_post,
        moderation.open_case,
    ),
    PostRemoved: (post_afterwards.follow, lists.follow, hot.follow, search.follow_post),
    PostScheduled: (post_afterwards.note_author,),
    PostDue: (post_afterwards.publish_due,),
    PostErasureDue: (post_afterwards.erase_due,),
    CommentPublished: (
        comments.count,
        comments.note_author,
        hot.follow,
        interests.follow_comment,
        telling.follow_comment,
    ),
    CommentRemoved: (comments.count, hot.follow, answers.follow_removal),
    CommentHeld: (comments.note_author, moderation.open_case),
    AnswerAccepted: (telling.follow_acceptance,),
    Followed: (follows.follow_up, telling_growing.follow_follow),
    NotificationRaised: (telling_growing.say_raised,),
    NoticeDue: (outbound.send_waited,),
    GroupLinesDue: (outbound.tell_group,),
    Blocked: (blocks.follow_up,),
    FeedEventsNoted: (interests.follow_feed, feed.measure),
    Voted: (votes.count,),
    BylinesDue: (bylines.go_on,),
    CaseOpened: (moderation.ask_moderators,),
    CaseDecided: (
        post_afterwards.apply_decision,
        comments.apply_decision,
        moderation.tell_author,
        moderation.tell_moderators,
    ),
    Reacted: (lists.note_view, interests.follow_reaction),
    RecountDue: (recount.follow,),
    HistoryCleared: (lists.clear,),
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


def counted_with(text: str) -> str:
    """Which reactions are counted together: those to one post, or to comments below it."""
    return _reaction(text).post_id


def count(texts: Sequence[str]) -> None:
    """What many members did with one post is counted at once, and so is how hot it is; its author is told.

    Refuses: Unavailable — the facts come again
    """
    told = [_reaction(text) for text in texts]
    reactions.count_all(told)
    hot.follow_counts({(fact.board_id, fact.post_id) for fact in told if fact.comment_id is None})
    telling_growing.follow_reactions(told)


def _reaction(text: str) -> Reacted:
    fact = facts.read(text)
    assert isinstance(fact, Reacted)
    return fact


def _of_who_remains(fact: Fact) -> Fact:
    """The fact, about the members who remain where it names such as were merged into others."""
    named = {name: getattr(fact, name) for name in _NAMES if hasattr(fact, name)}
    remaining = {name: members.remaining(member_id) for name, member_id in named.items()}
    return msgspec.structs.replace(fact, **remaining) if remaining != named else fact
