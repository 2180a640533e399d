"""People who apply, and moderators who decide."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from community.facts import CertificationDecision
from community.people.certifications import service as certifications
from community.people.certifications.rules import Certification
from tests.community.people.certifications.test_rules import an_application
from tests.world import Person, World

Submit = Callable[..., Certification]
Decide = Callable[..., Certification]


@pytest.fixture
def li(world: World) -> Person:
    return world.joins("li")


@pytest.fixture
def wang(world: World) -> Person:
    return world.joins("wang")


@pytest.fixture
def submit(world: World) -> Submit:
    def submitted(who: Person, *, request_id: str | None = None, **fields: Any) -> Certification:
        return certifications.submit(
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
    ) -> Certification:
        return certifications.decide(about.certification_id, decision, by=by, now=world.now)

    return decided
