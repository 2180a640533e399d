"""What a member is asked next, and how complete what they told is."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

import msgspec

from community.commons.audience.rules import Identity
from community.people.members.rules import Member, first_nickname
from community.people.profiles import texts
from community.people.profiles.rules import Profile, has_aged

NOT_ASKED_FOR = timedelta(days=7)
"""After the member skipped a question."""

WEIGHTS = {
    "nickname": 5,
    "avatar_media_id": 10,
    "bio": 5,
    "city": 15,
    "birthday": 10,
    "household": 10,
    "interests": 10,
    "vehicles": 10,
    "intentions": 15,
    "accessories": 10,
}
"""What each answer adds to the 100 of a complete profile."""

Askable = Literal[
    "nickname",
    "avatar_media_id",
    "bio",
    "city",
    "birthday",
    "household",
    "interests",
    "vehicles",
    "intentions",
    "accessories",
]

# Of an owner we know one car by its certification: what else they drive can wait.
_OF_OWNERS: tuple[Askable, ...] = (
    "accessories",
    "city",
    "interests",
    "birthday",
    "household",
    "vehicles",
    "nickname",
    "avatar_media_id",
    "intentions",
    "bio",
)
_OF_PROSPECTS: tuple[Askable, ...] = (
    "intentions",
    "city",
    "vehicles",
    "interests",
    "birthday",
    "household",
    "nickname",
    "avatar_media_id",
    "accessories",
    "bio",
)


class Answer(StrEnum):
    """How a question is answered: which control the mini program shows."""

    TEXT = "text"
    DATE = "date"
    CHOICES = "choices"
    PICTURE = "picture"
    HOUSEHOLD = "household"
    VEHICLES = "vehicles"
    INTENTIONS = "intentions"


_ANSWERS: dict[Askable, Answer] = {
    "nickname": Answer.TEXT,
    "avatar_media_id": Answer.PICTURE,
    "bio": Answer.TEXT,
    "city": Answer.TEXT,
    "birthday": Answer.DATE,
    "household": Answer.HOUSEHOLD,
    "interests": Answer.CHOICES,
    "vehicles": Answer.VEHICLES,
    "intentions": Answer.INTENTIONS,
    "accessories": Answer.CHOICES,
}


class Option(msgspec.Struct, frozen=True):
    """One of the answers to choose from."""

    id: str
    text: str


class Question(msgspec.Struct, frozen=True):
    """What is asked; the answer goes into `field` of `PUT /v1/me`."""

    field: Askable
    text: str
    kind: Answer
    options: tuple[Option, ...] | None


def completeness(member: Member, profile: Profile, *, now: datetime) -> int:
    """Of 100, how much of what makes a profile is known and has not aged."""
    return sum(w for field, w in WEIGHTS.items() if _is_known(field, member, profile, now))


def next_question(member: Member, profile: Profile, *, now: datetime) -> Question | None:
    """The question whose answer helps most; None when there is nothing to ask for now."""
    order = _OF_OWNERS if member.identity is Identity.OWNER else _OF_PROSPECTS
    for field in order:
        skipped_at = profile.skipped.get(field)
        is_skipped = skipped_at is not None and now - skipped_at < NOT_ASKED_FOR
        if not is_skipped and not _is_known(field, member, profile, now):
            return _question(field)
    return None


def _is_known(field: str, member: Member, profile: Profile, now: datetime) -> bool:
    if field == "nickname":
        return member.nickname != first_nickname(member.nickname_of or member.member_id)
    said = profile.said(field)
    return said is not None and not has_aged(field, said, now=now)


def _question(field: Askable) -> Question:
    options = texts.OPTIONS.get(field)
    return Question(
        field=field,
        text=texts.QUESTIONS[field],
        kind=_ANSWERS[field],
        options=tuple(Option(*each) for each in options.items()) if options else None,
    )
