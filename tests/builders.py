"""Members, drafts and applications for tests."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from community.commons.audience.rules import Identity, Tier
from community.forum.posts.rules import Draft
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


__all__ = ["Identity", "Tier", "a_draft", "a_member", "an_owner"]
