"""What a one-time message can be about, and how many may be granted at once."""

from __future__ import annotations

from enum import StrEnum

TIMES_MAX = 20


class Template(StrEnum):
    CERTIFICATION_DECIDED = "certification_decided"
    TRANSFER_ASKED = "transfer_asked"
    POST_DECIDED = "post_decided"
    LEAVING_ASKED = "leaving_asked"
