"""What a member may change about themselves, with the bounds of each field, and what of it is news."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import UNSET, Meta, UnsetType

from chalicelib import ids
from chalicelib.errors import FieldError, Invalid
from community.commons.dates import BEIJING
from community.commons.words import visible
from community.people.members.rules import Member, Nickname, first_nickname
from community.people.profiles.rules import (
    FIELDS,
    DrivenCar,
    Household,
    Intention,
    Profile,
    Said,
    has_aged,
)

BIO_CHARS_MAX = 200
CITY_CHARS_MAX = 20
WORDS_MAX = 12
WORD_CHARS_MAX = 16
INTENTIONS_MAX = 3
VEHICLES_MAX = 5
YEARS_MAX = 120

Bio = Annotated[str, Meta(min_length=1, max_length=BIO_CHARS_MAX)]
City = Annotated[str, Meta(min_length=1, max_length=CITY_CHARS_MAX)]
MediaId = Annotated[str, Meta(min_length=1, max_length=64)]
Word = Annotated[str, Meta(min_length=1, max_length=WORD_CHARS_MAX)]
"""The id of an offered answer (see `texts.OPTIONS`), or a word of one's own."""
Words = Annotated[tuple[Word, ...], Meta(max_length=WORDS_MAX)]
Intentions = Annotated[tuple[Intention, ...], Meta(max_length=INTENTIONS_MAX)]
Vehicles = Annotated[tuple[DrivenCar, ...], Meta(max_length=VEHICLES_MAX)]

Car = TypeVar("Car", Intention, DrivenCar)


class Changes(msgspec.Struct, frozen=True, kw_only=True):
    """What a member changes about themselves: what is not named stays, null takes it back.

    `vehicles`: what they say they drive, certified or not; to certify a car is `POST /v1/certifications`.
    """

    nickname: Nickname | UnsetType | None = UNSET
    bio: Bio | UnsetType | None = UNSET
    avatar_media_id: MediaId | UnsetType | None = UNSET
    city: City | UnsetType | None = UNSET
    birthday: date | UnsetType | None = UNSET
    household: Household | UnsetType | None = UNSET
    interests: Words | UnsetType | None = UNSET
    vehicles: Vehicles | UnsetType | None = UNSET
    intentions: Intentions | UnsetType | None = UNSET
    accessories: Words | UnsetType | None = UNSET


class News(msgspec.Struct, frozen=True):
    """What of the changes is new to us. `nickname`: the new one."""

    nickname: str | None
    said: dict[str, Said[Any]]

    @property
    def fields(self) -> tuple[str, ...]:
        return (*(["nickname"] if self.nickname else []), *self.said)

    @property
    def words(self) -> dict[str, str]:
        """What others get to read."""
        bio = self.said["bio"].value if "bio" in self.said else None
        return {f: text for f, text in (("nickname", self.nickname), ("bio", bio)) if text}

    @property
    def avatar_media_id(self) -> str | None:
        said = self.said.get("avatar_media_id")
        return said.value if said else None


def is_personal(changes: Changes) -> bool:
    """Whether it says anything; to take something back says nothing."""
    return any(value not in (UNSET, None) for value in msgspec.structs.astuple(changes))


def tidied(changes: Changes, *, now: datetime) -> Changes:
    """The changes as they are meant. Refuses: Invalid, naming every wrong field"""
    tidy = msgspec.structs.replace(
        changes,
        nickname=_one_line(changes.nickname),
        bio=_as_seen(changes.bio),
        city=_one_line(changes.city),
        interests=_once_each(changes.interests),
        accessories=_once_each(changes.accessories),
        vehicles=_tidied_cars(changes.vehicles),
        intentions=_tidied_cars(changes.intentions),
    )
    if errors := list(_wrong_in(tidy, now)):
        raise Invalid("填写的内容有误，请检查后重试", errors=errors)
    return tidy


def news(member: Member, profile: Profile, changes: Changes, *, now: datetime) -> News:
    """What of the changes differs from what is known. The same again is news only once it has aged."""
    nickname = member.nickname
    if changes.nickname is not UNSET:
        nickname = changes.nickname or first_nickname(member.member_id)
    return News(
        nickname=nickname if nickname != member.nickname else None,
        said=_said_anew(profile, changes, now),
    )


def _said_anew(profile: Profile, changes: Changes, now: datetime) -> dict[str, Said[Any]]:
    news = {}
    for field in FIELDS:
        value, before = getattr(changes, field), profile.said(field)
        if value is UNSET or (value is None and before is None):
            continue
        if before is None or before.value != value or has_aged(field, before, now=now):
            news[field] = Said(at=now, value=value)
    return news


def _wrong_in(changes: Changes, now: datetime) -> Iterable[FieldError]:
    told = {
        field: value
        for field, value in msgspec.structs.asdict(changes).items()
        if value is not UNSET
    }
    for field, is_right, sentence in (
        ("nickname", bool, "请填写昵称"),
        ("bio", bool, "请填写简介，或留空"),
        ("avatar_media_id", ids.is_id, "没有找到这张图片，请重新上传"),
        ("city", _is_place, "请填写城市名称，例如：上海"),
        ("birthday", lambda born: 0 <= _years(born, now) <= YEARS_MAX, "请填写真实的出生日期"),
        ("interests", all, "请选择或填写文字"),
        ("accessories", all, "请选择或填写文字"),
    ):
        if told.get(field) is not None and not is_right(told[field]):
            yield FieldError(field, sentence)
    home = told.get("household")
    if home is not None and home.children >= home.size:
        yield FieldError("household.children", "孩子人数应少于家庭总人数")
    for number, car in enumerate(told.get("vehicles") or ()):
        yield from _wrong_in_vehicle(car, f"vehicles[{number}]", now)
    for number, intention in enumerate(told.get("intentions") or ()):
        yield from _wrong_in_intention(intention, f"intentions[{number}]")


def _wrong_in_vehicle(car: DrivenCar, where: str, now: datetime) -> Iterable[FieldError]:
    if not car.model:
        yield FieldError(f"{where}.model", "请填写您现在开的车型")
    if car.bought_year is not None and car.bought_year > now.astimezone(BEIJING).year:
        yield FieldError(f"{where}.bought_year", "购买年份不能晚于今年")


def _wrong_in_intention(intention: Intention, where: str) -> Iterable[FieldError]:
    if not intention.model:
        yield FieldError(f"{where}.model", "请填写意向车型")
    low, high = intention.budget_fen_min, intention.budget_fen_max
    if low is not None and high is not None and low > high:
        yield FieldError(f"{where}.budget_fen_max", "预算上限不能低于下限")


def _years(born: date, now: datetime) -> int:
    """How old somebody is in Beijing; below 0 before they are born."""
    today = now.astimezone(BEIJING).date()
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _is_place(city: str) -> bool:
    return any(letter.isalpha() for letter in city) and all(
        letter.isalpha() or letter in " ·-'’" for letter in city
    )


def _one_line(text: str | UnsetType | None) -> str | UnsetType | None:
    return " ".join(visible(text).split()) if isinstance(text, str) else text


def _as_seen(text: str | UnsetType | None) -> str | UnsetType | None:
    return visible(text) if isinstance(text, str) else text


def _once_each(words: tuple[str, ...] | UnsetType | None) -> tuple[str, ...] | UnsetType | None:
    if not isinstance(words, tuple):
        return words
    return tuple(dict.fromkeys(" ".join(visible(word).split()) for word in words))


def _tidied_cars(
    cars: tuple[Car, ...] | UnsetType | None,
) -> tuple[Car, ...] | UnsetType | None:
    if not isinstance(cars, tuple):
        return cars
    return tuple(msgspec.structs.replace(car, model=_one_line(car.model)) for car in cars)
