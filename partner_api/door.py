"""The door itself, and what a call through it looks like. Every call is signed: docs/partner-signing.md."""

from __future__ import annotations

from typing import TypeVar

from chalicelib.http import Call, Door
from chalicelib.partners import Partner

Body = TypeVar("Body")

door = Door("partner_api")

PartnerCall = Call[Partner, Body, None]
