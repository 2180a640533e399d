"""What happens to members: who they are, what they tell of themselves, that they leave."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from community.facts.fact import Fact


class MemberJoined(Fact, frozen=True, kw_only=True, tag="member_joined.1"):
    """`touchpoint` is where they were recruited; who is in the archive joins without having been here."""

    member_id: str
    touchpoint: str


class MemberSeen(Fact, frozen=True, kw_only=True, tag="member_seen.1"):
    """A member was here, for the first time on a day or from a touchpoint."""

    member_id: str
    touchpoint: str | None = None


class ContactAdded(Fact, frozen=True, kw_only=True, tag="contact_added.1"):
    """A colleague got to know a member in WeCom, by the live code that is the touchpoint."""

    member_id: str
    staff_id: str
    touchpoint: str


class ProfileChanged(Fact, frozen=True, kw_only=True, tag="profile_changed.1"):
    """`fields` are the names of what changed, never the values."""

    member_id: str
    fields: tuple[str, ...]


class PhoneBound(Fact, frozen=True, kw_only=True, tag="phone_bound.1"):
    member_id: str


class MembersMerged(Fact, frozen=True, kw_only=True, tag="members_merged.1"):
    """Two turned out to be one person: the kept id goes on, the gone one resolves to it."""

    merge_id: str
    kept_id: str
    gone_id: str


class MembersUnmerged(Fact, frozen=True, kw_only=True, tag="members_unmerged.1"):
    """A merge was a mistake: what came from the gone id goes back to it."""

    merge_id: str
    kept_id: str
    gone_id: str


class MemberWoken(Fact, frozen=True, kw_only=True, tag="member_woken.1"):
    """Somebody of whom only others had told us is here now."""

    member_id: str


class ArchiveUpdated(Fact, frozen=True, kw_only=True, tag="archive_updated.1"):
    """Rows of the dealer's records were taken in: how many brought somebody or something new."""

    import_id: str
    added: int
    refreshed: int
    unchanged: int
    rejected: int


class ConsentGiven(Fact, frozen=True, kw_only=True, tag="consent_given.1"):
    member_id: str
    version: str


class ConsentWithdrawn(Fact, frozen=True, kw_only=True, tag="consent_withdrawn.1"):
    member_id: str


class Datum(StrEnum):
    """Something personal that a member let us have, as far as they can take it back."""

    NAME = "name"
    AVATAR = "avatar"
    PHONE = "phone"
    LICENCE = "licence"
    """Plate and photo of an application that is not decided."""


class DataTakenBack(Fact, frozen=True, kw_only=True, tag="data_taken_back.1"):
    """A member took something back in WeChat, or WeChat had to clean it."""

    member_id: str
    data: tuple[Datum, ...]


class ExportAsked(Fact, frozen=True, kw_only=True, tag="export_asked.1"):
    export_id: str
    member_id: str


class ExportReady(Fact, frozen=True, kw_only=True, tag="export_ready.1"):
    export_id: str
    member_id: str


class ExportFailed(Fact, frozen=True, kw_only=True, tag="export_failed.1"):
    """It could not be made, again and again."""

    export_id: str
    member_id: str


class ExportDue(Fact, frozen=True, kw_only=True, tag="export_due.1"):
    """An export has been there long enough."""

    export_id: str


class StandingSaid(Fact, frozen=True, kw_only=True, tag="standing_said.1"):
    """An operator said what a member is to the brand, or took that back: see `standing`."""

    member_id: str


class LeavingAsked(Fact, frozen=True, kw_only=True, tag="leaving_asked.1"):
    """A member wants to leave and can still change their mind."""

    member_id: str
    erases_at: datetime


class LeavingDue(Fact, frozen=True, kw_only=True, tag="leaving_due.1"):
    """The time to change one's mind is over."""

    member_id: str


class MemberErased(Fact, frozen=True, kw_only=True, tag="member_erased.1"):
    """From now on nobody can tell who this was; what they wrote stays without a name."""

    member_id: str


class MediaDue(Fact, frozen=True, kw_only=True, tag="media_due.1"):
    """A file was asked for a day ago: if it is not used, it is deleted. `purpose` is the prefix of its key."""

    media_id: str
    purpose: str
