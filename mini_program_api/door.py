"""The door itself, and what a call through it looks like."""

from __future__ import annotations

from typing import TypeVar

from chalicelib.http import Call, Door
from community.people.members.rules import Member

Body = TypeVar("Body")
Asked = TypeVar("Asked")

door = Door("mini_program_api")

MemberCall = Call[Member, Body, Asked]
"""Somebody who signed in."""
GuestCall = Call[Member | None, Body, Asked]
"""Somebody who signed in, or a guest."""
