"""The dealer's records, told by their system as they change."""

from __future__ import annotations

from typing import Annotated

import msgspec

from chalicelib.http import Who
from community.people.archive import service as archive
from community.people.archive.rules import ROWS_MAX, Outcome, Row
from partner_api.door import PartnerCall, door


class Rows(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """Lines about people and their cars; a line needs a mobile number or a VIN."""

    rows: Annotated[list[Row], msgspec.Meta(min_length=1, max_length=ROWS_MAX)]


@door.route("POST", "/v1/partner/archive", who=Who.PARTNER, takes=Rows, gives=Outcome)
def take_archive(call: PartnerCall[Rows]) -> Outcome:
    """Take in rows of the dealer's records. What is rejected is named by its place, from 0."""
    import_id = f"{call.caller.partner_id}.{call.request_id}"
    return archive.take(list(enumerate(call.body.rows)), import_id=import_id, now=call.now)
