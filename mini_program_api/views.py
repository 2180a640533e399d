"""What members get to see of each other and of themselves."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from community.commons.audience.rules import Identity, Tier
from community.commons.media import service as media
from community.commons.media.rules import Purpose
from community.people.members.rules import Member, State, has_consented
from community.people.profiles import questions
from community.people.profiles.rules import (
    FIELDS,
    DrivenCar,
    Household,
    Intention,
    Profile,
    Source,
    has_aged,
)


class MemberView(msgspec.Struct, kw_only=True):
    """A member, as they see themselves. `phone` as it may be shown: 138******78.

    `has_consented`: whether they agreed to the privacy notice as it is now. `erases_at`: while they are
    leaving, until when they can change their mind.
    """

    member_id: str
    nickname: str
    identity: Identity
    tier: Tier
    badges: tuple[str, ...]
    joined_at: datetime
    state: State
    phone: str | None
    has_consented: bool
    erases_at: datetime | None


class ToldView(msgspec.Struct):
    """When something was told, by whom, and whether that is so long ago that it is asked again."""

    at: datetime
    source: Source
    aged: bool


class MeView(MemberView, kw_only=True):
    """A member with all that is known of them: what was not told is null; `told` has the dates.

    `avatar_url` shows the picture for an hour. `vehicles` are the cars that they say they drive; the certified
    ones are at `GET /v1/vehicles`. `completeness` is of 100.
    """

    bio: str | None
    avatar_media_id: str | None
    avatar_url: str | None
    city: str | None
    birthday: date | None
    household: Household | None
    interests: tuple[str, ...] | None
    vehicles: tuple[DrivenCar, ...] | None
    intentions: tuple[Intention, ...] | None
    accessories: tuple[str, ...] | None
    told: dict[str, ToldView]
    completeness: int


def member_view(member: Member) -> MemberView:
    return MemberView(
        member_id=member.member_id,
        nickname=member.nickname,
        identity=member.identity,
        tier=member.tier,
        badges=member.badges,
        joined_at=member.joined_at,
        state=member.state,
        phone=member.phone,
        has_consented=has_consented(member),
        erases_at=member.erases_at,
    )


def me_view(member: Member, profile: Profile, *, now: datetime) -> MeView:
    said = {field: told for field in FIELDS if (told := profile.said(field))}
    values = {field: told.value for field, told in said.items()}
    avatar = values.get("avatar_media_id")
    return MeView(
        **msgspec.structs.asdict(member_view(member)),
        bio=values.get("bio"),
        avatar_media_id=avatar,
        avatar_url=media.link(avatar, purpose=Purpose.AVATAR) if avatar else None,
        city=values.get("city"),
        birthday=values.get("birthday"),
        household=values.get("household"),
        interests=values.get("interests"),
        vehicles=values.get("vehicles"),
        intentions=values.get("intentions"),
        accessories=values.get("accessories"),
        told={
            field: ToldView(told.at, told.source, has_aged(field, told, now=now))
            for field, told in said.items()
        },
        completeness=questions.completeness(member, profile, now=now),
    )
