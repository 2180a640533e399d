"""What I agreed to, my data to take along, and leaving for good."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

import msgspec

from community.people.consents import service as consents
from community.people.consents.rules import (
    VERSION_CHARS_MAX,
    Consent,
    NoSuchNotice,
    NoticeOutdated,
)
from community.people.exports import service as exports
from community.people.exports.rules import MakingAlready, NoSuchExport, State, TooManyExports
from community.people.leaving import service as leaving
from community.people.leaving.rules import GoneAlready
from community.people.members import rules as member_rules
from mini_program_api.door import MemberCall, door
from mini_program_api.views import MemberView, member_view


class Answer(msgspec.Struct):
    """Whether I agree to a version of the privacy notice."""

    version: Annotated[str, msgspec.Meta(min_length=1, max_length=VERSION_CHARS_MAX)]
    agreed: bool


class ConsentView(msgspec.Struct, kw_only=True):
    """My last answer; `current_version` is the notice as it is now: without it, ask me again."""

    version: str | None
    agreed: bool
    at: datetime | None
    current_version: str
    effective_on: date


class ExportAskedView(msgspec.Struct):
    export_id: str


class ExportView(msgspec.Struct, kw_only=True):
    """While it is `ready`, `url` is a fresh link to the file, to be opened at once."""

    export_id: str
    state: State
    url: str | None
    expires_at: datetime


class Goodbye(msgspec.Struct):
    """Typed by the person, so that nobody leaves by a slip."""

    confirm: Literal["注销"]


class LeavingView(msgspec.Struct):
    """Until `erases_at` I can change my mind."""

    erases_at: datetime


@door.route("GET", "/v1/me/consent", gives=ConsentView)
def my_consent(call: MemberCall[None, None]) -> ConsentView:
    """What I answered to the privacy notice, and which one it is now."""
    return _consent_view(consents.latest(call.caller))


@door.route(
    "PUT",
    "/v1/me/consent",
    takes=Answer,
    gives=ConsentView,
    refuses=(NoSuchNotice, NoticeOutdated),
)
def change_consent(call: MemberCall[Answer, None]) -> ConsentView:
    """I agree to the privacy notice; or not any longer: then my profile and phone number are erased."""
    answer = consents.answer(call.caller, call.body.version, agreed=call.body.agreed, now=call.now)
    return _consent_view(answer)


@door.route(
    "POST",
    "/v1/me/export",
    gives=ExportAskedView,
    status=202,
    refuses=(MakingAlready, TooManyExports),
)
def ask_for_my_data(call: MemberCall[None, None]) -> ExportAskedView:
    """I want a file with everything that is kept about me; I am told when it is there."""
    export = exports.ask(call.caller, request_id=call.request_id, now=call.now)
    return ExportAskedView(export.export_id)


@door.route("GET", "/v1/me/exports/{export_id}", gives=ExportView, refuses=(NoSuchExport,))
def my_export(call: MemberCall[None, None], export_id: str) -> ExportView:
    """How far it is, and where the file is."""
    export, url = exports.look(call.caller, export_id, now=call.now)
    return ExportView(
        export_id=export_id, state=export.state, url=url, expires_at=export.expires_at
    )


@door.route(
    "DELETE", "/v1/me", takes=Goodbye, gives=LeavingView, status=202, refuses=(GoneAlready,)
)
def leave(call: MemberCall[Goodbye, None]) -> LeavingView:
    """I want to leave for good: in seven days everything personal of me is erased."""
    return LeavingView(leaving.ask(call.caller, now=call.now))


@door.route("POST", "/v1/me/stay", gives=MemberView, refuses=(GoneAlready,))
def stay(call: MemberCall[None, None]) -> MemberView:
    """I changed my mind and stay."""
    return member_view(leaving.stay(call.caller, now=call.now))


def _consent_view(consent: Consent | None) -> ConsentView:
    notice = member_rules.NOTICES[-1]
    return ConsentView(
        version=consent.version if consent else None,
        agreed=consent is not None and consent.agreed,
        at=consent.at if consent else None,
        current_version=notice.version,
        effective_on=notice.effective_on,
    )
