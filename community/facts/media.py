"""What becomes of the pictures and videos of posts."""

from __future__ import annotations

from enum import StrEnum

from community.facts.fact import Fact
from community.facts.forum import CaseDecision


class MediaTaken(Fact, frozen=True, kw_only=True, tag="media_taken.1"):
    """A file was taken into use by a post: now it is made fit to be shown, and checked."""

    media_id: str
    member_id: str
    post_id: str


class MediaShaped(Fact, frozen=True, kw_only=True, tag="media_shaped.1"):
    """A picture is there in all sizes, without what a camera writes into it."""

    media_id: str
    member_id: str
    post_id: str


class Judgement(StrEnum):
    """What WeChat says of a picture; FAILED: it could not look at it."""

    PASS = "pass"  # noqa: S105 - a judgement, not a password
    REVIEW = "review"
    RISKY = "risky"
    FAILED = "failed"


class PictureJudged(Fact, frozen=True, kw_only=True, tag="picture_judged.1"):
    """WeChat was asked about a picture, for the first time or again, and answered."""

    media_id: str
    attempt: int
    judgement: Judgement


class PictureDue(Fact, frozen=True, kw_only=True, tag="picture_due.1"):
    """WeChat had its time to say something about a picture."""

    media_id: str


class MediaHeld(Fact, frozen=True, kw_only=True, tag="media_held.1"):
    """A moderator has to look at a picture or video before others may."""

    media_id: str
    member_id: str
    post_id: str


class MediaDecided(Fact, frozen=True, kw_only=True, tag="media_decided.1"):
    """A moderator looked at a held picture or video. The case's id is the media's id."""

    case_id: str
    post_id: str
    author_id: str
    decision: CaseDecision
    staff_id: str


class MediaChecked(Fact, frozen=True, kw_only=True, tag="media_checked.1"):
    """The last word: whether others may see a picture or video of a post."""

    media_id: str
    member_id: str
    post_id: str
    passed: bool
