"""A member's tags: what holds, how many there may be, and what becomes of them when members are merged."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

import msgspec

from chalicelib.errors import Conflict
from community.commons.dates import BEIJING
from community.people.tag_catalogue.rules import Source, Tag, entry_of, name_of
from community.people.tags import fading
from community.people.tags.fading import FORTNIGHT, Noted, Sign

MEMBER_TAGS_MAX = 200
UNDONE_MAX = 5

_EPOCH = date(1970, 1, 1)


class TagsClosed(Conflict):
    code = "tags_closed"
    text = "该会员已撤回授权或已注销，不能打标签"


class Layer(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was noted of one person. `begins`: the first day of the two fortnights, see `fading`."""

    begins: int = 0
    tags: tuple[Noted, ...] = ()


class Kept(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All tags of a member, as one row keeps them.

    `joined`: those of members who turned out to be the same person, apart, so that they can go back;
    these have theirs still, beside `merged_into`. `undone`: merges that were taken back. While closed,
    nothing is noted.
    """

    own: Layer = Layer()
    joined: dict[str, Layer] = {}
    merged_into: str | None = None
    undone: tuple[str, ...] = ()
    is_closed: bool = False


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """A tag that a member has, as staff see it."""

    tag_id: str
    name: str
    group: str
    source: Source
    strength: float
    noted_on: date


NOTHING = Kept()


def day_of(at: datetime) -> int:
    """The day as China counts it, by its number."""
    return (at.astimezone(BEIJING).date() - _EPOCH).days


def read(text: str) -> Kept:
    return msgspec.json.decode(text, type=Kept)


def written(kept: Kept) -> str:
    return msgspec.json.encode(kept).decode()


def ids_held(text: str, now: datetime) -> tuple[str, ...]:
    """The tags that a member has now, out of the text of their row."""
    day = day_of(now)
    layers = _layers(read(text))
    return tuple(sorted({n.tag_id for layer in layers for n in layer.tags if fading.holds(n, day)}))


def shown(kept: Kept, catalogue: Mapping[str, Tag], *, day: int) -> list[Held]:
    """The tags that a member has on a day, the strongest first."""
    found = [
        Held(
            tag_id=tag_id,
            name=name_of(tag_id, entry),
            group=entry.group,
            source=entry.source,
            strength=round(strength, 2),
            noted_on=_EPOCH + timedelta(days=noted.day),
        )
        for tag_id, (strength, noted) in _held(kept, day).items()
        if (entry := entry_of(tag_id, catalogue))
    ]
    return sorted(found, key=lambda held: (-held.strength, held.tag_id))


def told(kept: Kept, catalogue: Mapping[str, Tag]) -> list[dict[str, Any]]:
    """Everything that is kept of a member's tags, faded or not, in the member's own words.

    A tag that two brought along who are one is told as the stronger of them.
    """

    def of(noted: Noted, strength: float) -> dict[str, Any]:
        entry = entry_of(noted.tag_id, catalogue)
        return {
            "tag_id": noted.tag_id,
            "name": name_of(noted.tag_id, entry) if entry else None,
            "group": entry.group if entry else None,
            "meaning": entry.meaning if entry else None,
            "strength": round(strength, 2),
            "noted_on": (_EPOCH + timedelta(days=noted.day)).isoformat(),
        }

    found: dict[str, tuple[float, int, Noted]] = {}
    for layer in _layers(kept):
        for noted in layer.tags:
            strength = fading.strength(noted, noted.day, begins=layer.begins)
            before = found.get(noted.tag_id)
            if before is None or (strength, noted.day) > before[:2]:
                found[noted.tag_id] = (strength, noted.day, noted)
    return [of(noted, strength) for strength, _, noted in found.values()]


def with_signs(kept: Kept, signs: Iterable[Sign], *, day: int) -> Kept:
    """The member's tags after what was seen on a day."""
    if kept.is_closed:
        return kept
    own = _rolled(kept.own, to=fading.begin_of(day))
    tags = {noted.tag_id: noted for noted in own.tags}
    for sign in signs:
        if day >= own.begins or not sign.half_life:
            before = tags.get(sign.tag_id)
            tags[sign.tag_id] = fading.signed(before, sign, day=day, begins=own.begins)
    if tuple(tags.values()) == own.tags:
        return kept
    ordered = tuple(tags[tag_id] for tag_id in sorted(tags))
    joined = {who: _rolled(layer, to=own.begins) for who, layer in kept.joined.items()}
    own = Layer(own.begins, ordered)
    return _bounded(msgspec.structs.replace(kept, own=own, joined=joined))


def without(kept: Kept, goes: Callable[[str], bool]) -> Kept:
    """The member's tags without those that go, whoever brought them."""
    return _each_layer(kept, lambda noted: not goes(noted.tag_id))


def closed(kept: Kept) -> Kept:
    """Nothing is noted any more, and nothing is left of what was. Who was joined is still known."""
    joined = dict.fromkeys(kept.joined, Layer())
    return msgspec.structs.replace(kept, own=Layer(), joined=joined, is_closed=True)


def reopened(kept: Kept) -> Kept:
    return msgspec.structs.replace(kept, is_closed=False)


def check_open(kept: Kept) -> None:
    """Refuses: TagsClosed"""
    if kept.is_closed:
        raise TagsClosed


def layers_of(member_id: str, kept: Kept) -> dict[str, Layer]:
    """What somebody brings along who turns out to be somebody else."""
    return {**kept.joined, member_id: kept.own}


def joined_by(kept: Kept, layers: Mapping[str, Layer]) -> Kept:
    """The member's tags with those of somebody who is the same person."""
    if kept.is_closed:
        layers = dict.fromkeys(layers, Layer())
    return _bounded(msgspec.structs.replace(kept, joined={**kept.joined, **layers}))


def left_by(kept: Kept, layers: Iterable[str]) -> Kept:
    """The member's tags without those that somebody had brought along."""
    gone = set(layers)
    joined = {who: layer for who, layer in kept.joined.items() if who not in gone}
    return msgspec.structs.replace(kept, joined=joined)


def sent_off(kept: Kept, *, merged_into: str) -> Kept:
    return msgspec.structs.replace(kept, merged_into=merged_into)


def sent_back(kept: Kept, merge_id: str) -> Kept:
    """On their own again. It is remembered, in case the merge is told only now."""
    undone = (*kept.undone, merge_id)[-UNDONE_MAX:]
    return msgspec.structs.replace(kept, merged_into=None, undone=undone)


def _held(kept: Kept, day: int) -> dict[str, tuple[float, Noted]]:
    """What a member has on a day, with its strength; of what two were noted with, the stronger."""
    found: dict[str, tuple[float, Noted]] = {}
    for layer in _layers(kept):
        for noted in layer.tags:
            if fading.holds(noted, day):
                strength = fading.strength(noted, day, begins=layer.begins)
                if noted.tag_id not in found or strength > found[noted.tag_id][0]:
                    found[noted.tag_id] = (strength, noted)
    return found


def _rolled(layer: Layer, *, to: int) -> Layer:
    """The layer as its two fortnights begin later, without what is over by then."""
    while layer.begins < to and layer.tags:
        begins = layer.begins + FORTNIGHT
        tags = (fading.folded(noted, begins=layer.begins) for noted in layer.tags)
        layer = Layer(begins, tuple(n for n in tags if not fading.is_over(n, begins=begins)))
    return layer if layer.begins >= to else Layer(to)


def _bounded(kept: Kept) -> Kept:
    """The weakest fall out: by how strong they are on the day of the newest sign."""
    every = [noted for layer in _layers(kept) for noted in layer.tags]
    if len({noted.tag_id for noted in every}) <= MEMBER_TAGS_MAX:
        return kept
    newest = max(noted.day for noted in every)
    best: dict[str, float] = {}
    for layer in _layers(kept):
        for noted in layer.tags:
            strength = fading.strength(noted, newest, begins=layer.begins)
            best[noted.tag_id] = max(strength, best.get(noted.tag_id, 0))
    stay = set(sorted(best, key=lambda tag_id: (-best[tag_id], tag_id))[:MEMBER_TAGS_MAX])
    return _each_layer(kept, lambda noted: noted.tag_id in stay)


def _each_layer(kept: Kept, stays: Callable[[Noted], bool]) -> Kept:
    def cut(layer: Layer) -> Layer:
        return Layer(layer.begins, tuple(noted for noted in layer.tags if stays(noted)))

    joined = {who: cut(layer) for who, layer in kept.joined.items()}
    return msgspec.structs.replace(kept, own=cut(kept.own), joined=joined)


def _layers(kept: Kept) -> Iterator[Layer]:
    yield kept.own
    yield from kept.joined.values()
