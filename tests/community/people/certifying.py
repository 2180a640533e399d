"""What people do who want to be certified, and those who decide; for every capability around cars."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from chalicelib import storage
from chalicelib.lists import PageQuery
from community.commons.agenda import service as agenda
from community.commons.media import service as media
from community.commons.media.rules import Purpose
from community.commons.notifications import service as notifications
from community.facts import CertificationDecision
from community.people.applications import service as applications
from community.people.archive import service as archive
from community.people.archive.rules import Row
from community.people.certifications import service as certifications
from community.people.certifications.rules import Certification, Reason
from community.people.phones import service as phones
from tests.builders import an_application
from tests.fakes.usual import a_licence_photo
from tests.world import Person, World

Submit = Callable[..., Certification]
Decide = Callable[..., Certification]
Upload = Callable[..., str]
Pass = Callable[[timedelta], None]
BindPhone = Callable[[Person, str], None]


@pytest.fixture
def li(world: World) -> Person:
    return world.joins("li")


@pytest.fixture
def wang(world: World) -> Person:
    return world.joins("wang")


@pytest.fixture
def submit(world: World) -> Submit:
    def submitted(who: Person, *, request_id: str | None = None, **fields: Any) -> Certification:
        return applications.submit(
            who.member,
            an_application(**fields),
            request_id=request_id or world.new_request_id(),
            now=world.now,
        )

    return submitted


@pytest.fixture
def decide(world: World) -> Decide:
    def decided(
        about: Certification,
        decision: CertificationDecision = CertificationDecision.APPROVE,
        by: str = "zhangsan",
        reason: Reason | None = None,
    ) -> Certification:
        return certifications.decide(
            about.certification_id, decision, by=by, reason=reason, now=world.now
        )

    return decided


@pytest.fixture
def upload(world: World) -> Upload:
    """Somebody uploads a photo; gives its media id."""

    def uploaded(who: Person, picture: bytes | None = None, **on_it: str) -> str:
        body = picture or a_licence_photo(**on_it)
        made, _ = media.ticket(
            who.member_id,
            Purpose.LICENCE,
            content_type="image/png",
            size=len(body),
            request_id=world.new_request_id(),
            now=world.now,
        )
        storage.put(made.key, body, content_type="image/png")
        return made.media_id

    return uploaded


@pytest.fixture
def time_passes(world: World) -> Pass:
    """What is due by then happens, and what follows from it."""

    def passes(by: timedelta) -> None:
        world.settle()
        world.now += by
        while agenda.let_happen(now=world.now):
            world.settle()

    return passes


@pytest.fixture
def bind_phone(world: World) -> BindPhone:
    def bound(who: Person, mobile: str) -> None:
        phones.bind(who.member, f"phone-of-{mobile}", now=world.now)

    return bound


def in_archive(world: World, **row: str) -> None:
    """The dealer's records know of somebody."""
    import_id = world.new_request_id()
    archive.take([(1, Row(**row))], import_id=import_id, now=world.now)


def told(who: Person) -> list[str]:
    """The titles in somebody's notification centre, newest first."""
    page, _, _ = notifications.page(who.member.member_id, PageQuery())
    return [each.title for each in page.items]
