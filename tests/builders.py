"""Members, drafts and applications for tests."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from community.commons.audience.rules import Identity, Tier
from community.forum.posts.rules import Draft
from community.people.applications.rules import Application
from community.people.certifications import steps
from community.people.certifications.rules import Certification, Kind
from community.people.certifications.rules import State as CertificationState
from community.people.members.rules import Member


def a_member(**fields: Any) -> Member:
    return Member(
        **{
            "member_id": "01J0000000000000000000MBR1",
            "nickname": "车友一",
            "joined_at": datetime(2026, 11, 1, tzinfo=UTC),
            **fields,
        }
    )


def an_owner(**fields: Any) -> Member:
    return a_member(**{"identity": Identity.OWNER, "badges": ("owner",), **fields})


def a_draft(**fields: Any) -> Draft:
    return Draft(
        **{"kind": "discussion", "title": "首保多少钱", "text": "4S 店首保大家花了多少？", **fields}
    )


def an_application(**fields: Any) -> Application:
    return Application(
        **{
            "kind": "owner",
            "vin": "LSVAA49J132000001",
            "plate_number": "沪A12345",
            "model": "Model X",
            **fields,
        }
    )


def a_certification(**fields: Any) -> Certification:
    """One that waits for its first card to be answered."""
    now = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
    return Certification(
        **{
            "certification_id": steps.new_certification_id("m", request_id="r1", now=now),
            "member_id": "m",
            "kind": Kind.OWNER,
            "vin": "LSVAA49J132000001",
            "plate_number": "沪A12345",
            "model": "Model X",
            "state": CertificationState.SUBMITTED,
            "cards": 1,
            "created_at": now,
            **fields,
        }
    )


__all__ = [
    "Identity",
    "Tier",
    "a_certification",
    "a_draft",
    "a_member",
    "an_application",
    "an_owner",
]
