"""What operators put before me."""

from __future__ import annotations

import msgspec

from chalicelib.http import Who
from community.commons.media import service as media
from community.forum.slots import rules
from community.forum.slots import service as slots
from community.forum.slots.rules import Kind, Slot
from mini_program_api.door import GuestCall, door


class PictureView(msgspec.Struct):
    """Addresses of a picture in three sizes."""

    small: str
    medium: str
    large: str


class EntryView(msgspec.Struct, kw_only=True):
    """Something in a slot: what it is, its picture in three sizes, the page that it leads to."""

    entry_id: str
    kind: Kind
    ref_id: str
    title: str
    picture: PictureView
    link: str


class SlotView(msgspec.Struct, kw_only=True):
    slot: Slot
    name: str
    items: list[EntryView]


class SlotsView(msgspec.Struct):
    items: list[SlotView]
    next_cursor: None = None


@door.route("GET", "/v1/slots", who=Who.GUEST, gives=SlotsView)
def list_slots(call: GuestCall[None, None]) -> SlotsView:
    """What stands in every slot for me now, in its order."""
    shown = slots.shown(call.caller, now=call.now)
    return SlotsView(
        [
            SlotView(slot=slot, name=rules.NAMES[slot], items=list(map(_view, entries)))
            for slot, entries in shown.items()
        ]
    )


def _view(entry: rules.Entry) -> EntryView:
    links = media.links(entry.picture_media_id)
    return EntryView(
        entry_id=entry.entry_id,
        kind=entry.kind,
        ref_id=entry.ref_id,
        title=entry.title,
        picture=PictureView(links.small, links.medium, links.large),
        link=entry.link,
    )
