"""Front door: a member's own data, to take along.

Asking is a fact, and the file is made after it, in the background; who keeps what about members is
told from above. The file goes to the bucket through the disk and its lists come page by page, so that
memory stays flat however much a member wrote. It is there for a day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from chalicelib import ids, logs, storage
from chalicelib.tables import Overtaken
from community.commons.media import service as media
from community.commons.notifications import service as notifications
from community.commons.notifications.rules import Kind
from community.facts import (
    ExportAsked,
    ExportDue,
    ExportFailed,
    ExportReady,
    MemberErased,
    MembersMerged,
    MembersUnmerged,
)
from community.people.exports import packing, records, rules, texts
from community.people.exports.packing import Picture
from community.people.exports.rules import Export, State
from community.people.members import service as members
from community.people.members.rules import Member, is_known

_PAGE = "pages/account/export"
_ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "video/mp4": "mp4"}


def ask(member: Member, *, request_id: str, now: datetime) -> Export:
    """A member wants a copy of everything that is kept about them.

    Refuses: MakingAlready — one at a time; TooManyExports
    """
    export = rules.new_export(member.member_id, request_id=request_id, now=now)
    asked = records.asked(member.member_id)
    if export.export_id in asked:
        return export  # By an earlier try of this very request.
    rules.check_may_ask(asked, records.find(asked[-1]) if asked else None, now)
    fact = ExportAsked(
        fact_id=f"{export.export_id}.asked",
        at=now,
        export_id=export.export_id,
        member_id=member.member_id,
    )
    due = ExportDue(
        fact_id=f"{export.export_id}.due", at=export.expires_at, export_id=export.export_id
    )
    try:
        records.add(export, asked, fact=fact, due=due)
    except Overtaken:
        if export.export_id not in records.asked(member.member_id):
            raise rules.MakingAlready from None
    return export


def look(member: Member, export_id: str, *, now: datetime) -> tuple[Export, str | None]:
    """How far an export is and, where it is ready, a fresh address of the file.

    Refuses: NoSuchExport
    """
    export = records.find(export_id) if ids.is_id(export_id) else None
    if export is None or members.get(export.member_id).member_id != member.member_id:
        raise rules.NoSuchExport
    export = rules.as_of(export, now)
    if export.state is not State.READY:
        return export, None
    url = storage.link(
        records.file_key(export_id),
        expires_s=rules.link_lives_s(export, now),
        filename=texts.FILE_NAME,
    )
    return export, url


def make(fact: ExportAsked, kept: Mapping[str, Callable[[str], Any]]) -> None:
    """Make the file of everything that `kept` gives for the member. Again and again in vain: it failed.

    Refuses: Unavailable — the fact comes again
    """
    try:
        tries = records.count_try(fact.export_id)
    except Overtaken:
        return
    member = members.get(fact.member_id)
    if tries > rules.TRIES_MAX or not is_known(member):
        _give_up(fact)
        return
    _put_file(fact, member.member_id, kept)
    ready = ExportReady(
        fact_id=f"{fact.export_id}.ready",
        at=fact.at,
        export_id=fact.export_id,
        member_id=member.member_id,
    )
    try:
        records.end(fact.export_id, State.READY, fact=ready)
    except Overtaken:
        # Its time was over, or its member gone, while it was made; or it was made twice at once.
        export = records.find(fact.export_id)
        if export is None or export.state is not State.READY:
            storage.delete(records.file_key(fact.export_id))


def tell_ready(fact: ExportReady) -> None:
    """The member is told that their data are there."""
    _tell(fact, title=texts.READY_TITLE, text=texts.READY)


def tell_failed(fact: ExportFailed) -> None:
    """The member is told to ask again."""
    _tell(fact, title=texts.FAILED_TITLE, text=texts.FAILED)


def expire(fact: ExportDue) -> None:
    """A day is over: the file is deleted, and every link to it is dead."""
    with suppress(Overtaken):
        records.expire(fact.export_id)
    storage.delete(records.file_key(fact.export_id))


def exported(member_id: str) -> Any:
    """When they asked for their data lately."""
    return [
        {"export_id": export_id, "asked_at": ids.time_of(export_id)}
        for export_id in records.asked(member_id)
    ]


def follow_merge(fact: MembersMerged) -> None:
    """Nothing moves: an export is found by the member who remains, and is gone in a day."""


def follow_unmerge(fact: MembersUnmerged) -> None:
    """Nothing has moved."""


def erase(fact: MemberErased) -> None:
    """The files are deleted, and that there were any is forgotten."""
    for export_id in records.asked(fact.member_id):
        records.forget(export_id)
        storage.delete(records.file_key(export_id))
    records.forget_desk(fact.member_id)


def _put_file(fact: ExportAsked, member_id: str, kept: Mapping[str, Callable[[str], Any]]) -> None:
    from tempfile import TemporaryFile

    with TemporaryFile() as file:
        told = _Kept(member_id, kept)
        packing.pack(file, told, _pictures(member_id), at=fact.at)
        logs.metric("export_bytes", file.tell(), unit="Bytes")
        file.seek(0)
        storage.put(records.file_key(fact.export_id), file, content_type="application/zip")


class _Kept(Mapping[str, Any]):
    """What each capability keeps, asked for when its turn comes."""

    def __init__(self, member_id: str, kept: Mapping[str, Callable[[str], Any]]) -> None:
        self._member_id, self._kept = member_id, kept

    def __getitem__(self, name: str) -> Any:
        return self._kept[name](self._member_id)

    def __iter__(self) -> Iterator[str]:
        return iter(self._kept)

    def __len__(self) -> int:
        return len(self._kept)


def _pictures(member_id: str) -> Iterator[Picture]:
    """The member's files, as many as there is room for."""
    room = rules.FILES_BYTES_MAX
    for file in media.exported(member_id):
        if file.bytes_max > room:
            continue
        key, content_type = file.kept_as
        # What was shaped may be larger than its upload was.
        body = storage.get(key, bytes_max=room + 1)
        if body is not None and len(body) <= room:
            room -= len(body)
            yield f"{file.media_id}.{_ENDINGS[content_type]}", body


def _give_up(fact: ExportAsked) -> None:
    logs.metric("export_given_up")
    failed = ExportFailed(
        fact_id=f"{fact.export_id}.failed",
        at=fact.at,
        export_id=fact.export_id,
        member_id=fact.member_id,
    )
    with suppress(Overtaken):
        records.end(fact.export_id, State.FAILED, fact=failed)
    storage.delete(records.file_key(fact.export_id))


def _tell(fact: ExportReady | ExportFailed, *, title: str, text: str) -> None:
    notifications.tell(fact.member_id, fact, kind=Kind.PRIVACY, title=title, text=text, link=_PAGE)
