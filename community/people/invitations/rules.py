"""How long an invitation is good for, and what it says."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import msgspec

from community.commons.codes.rules import TYPED_CHARS_MAX

VALID_FOR = timedelta(days=7)

InvitationCode = Annotated[str, msgspec.Meta(min_length=1, max_length=TYPED_CHARS_MAX)]


class Invitation(msgspec.Struct, frozen=True):
    """An advisor vouches for whoever holds the code."""

    code: str
    advisor_id: str
    advisor_name: str
