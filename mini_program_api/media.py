"""Uploading pictures and videos."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec

from chalicelib.storage import Ticket
from community.commons.media import service as media
from community.commons.media.rules import Purpose, TooManyUploads, UsedAlready
from community.people.members.rules import ConsentNeeded, check_consented
from mini_program_api.door import MemberCall, door


class Upload(msgspec.Struct):
    """What is to be uploaded, how large in bytes, and what for."""

    purpose: Purpose
    content_type: Annotated[str, msgspec.Meta(max_length=64)]
    bytes: int


class UploadView(msgspec.Struct, kw_only=True):
    """`upload` says where to: a multipart form of all fields and then `file`, before it expires."""

    media_id: str
    upload: Ticket
    expires_at: datetime


@door.route(
    "POST",
    "/v1/media",
    takes=Upload,
    gives=UploadView,
    status=201,
    refuses=(ConsentNeeded, TooManyUploads, UsedAlready),
)
def ask_for_upload(call: MemberCall[Upload, None]) -> UploadView:
    """Ask for leave to upload a picture or video; its id is what other calls take."""
    check_consented(call.caller)
    made, ticket = media.ticket(
        call.caller.member_id,
        call.body.purpose,
        content_type=call.body.content_type,
        size=call.body.bytes,
        request_id=call.request_id,
        now=call.now,
    )
    return UploadView(media_id=made.media_id, upload=ticket, expires_at=made.ticket_expires_at)
