"""My unfinished posts, the same on all my devices."""

from __future__ import annotations

from typing import Annotated

import msgspec

from chalicelib.lists import Page, PageQuery
from community.forum.drafts import service as drafts
from community.forum.drafts.rules import (
    Body,
    DraftChanged,
    NoSuchDraft,
    SavedDraft,
    TooManyDrafts,
)
from mini_program_api.door import MemberCall, door

DRAFTS = "/v1/me/drafts"


class DraftChange(msgspec.Struct, frozen=True):
    """What a draft says now, and which version of it I changed."""

    version: Annotated[int, msgspec.Meta(ge=1)]
    body: Body


@door.route("GET", DRAFTS, asks=PageQuery, gives=Page[SavedDraft])
def list_drafts(call: MemberCall[None, PageQuery]) -> Page[SavedDraft]:
    """My drafts, the latest begun first."""
    return drafts.page(call.caller, call.query, now=call.now)


@door.route("POST", DRAFTS, takes=Body, gives=SavedDraft, status=201, refuses=(TooManyDrafts,))
def begin_draft(call: MemberCall[Body, None]) -> SavedDraft:
    """I begin a post; it is kept for 90 days after its last change."""
    return drafts.begin(call.caller, call.body, request_id=call.request_id, now=call.now)


@door.route("GET", DRAFTS + "/{draft_id}", gives=SavedDraft, refuses=(NoSuchDraft,))
def read_draft(call: MemberCall[None, None], draft_id: str) -> SavedDraft:
    """One of my drafts."""
    return drafts.get(call.caller, draft_id, now=call.now)


@door.route(
    "PUT",
    DRAFTS + "/{draft_id}",
    takes=DraftChange,
    gives=SavedDraft,
    refuses=(NoSuchDraft, DraftChanged),
)
def change_draft(call: MemberCall[DraftChange, None], draft_id: str) -> SavedDraft:
    """I go on with it. If another device did meanwhile, `current` in the answer is what that made of it."""
    return drafts.change(
        call.caller, draft_id, call.body.body, version=call.body.version, now=call.now
    )


@door.route("DELETE", DRAFTS + "/{draft_id}")
def delete_draft(call: MemberCall[None, None], draft_id: str) -> None:
    """I do not need it any more."""
    drafts.delete(call.caller, draft_id)
