"""Front door: what is noted of members in a word. For staff and rules; members are not shown it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from pynamodb.transactions import TransactWrite

from chalicelib.wecom.contacts import ContactTag
from community.commons.audit import service as audit
from community.commons.audit.rules import Entry
from community.commons.staff import service as staff
from community.facts import MemberErased, MembersMerged, MembersUnmerged
from community.people.tag_catalogue import rules as catalogue_rules
from community.people.tag_catalogue import service as catalogue
from community.people.tag_catalogue.rules import Source, Tag
from community.people.tags import records, rules
from community.people.tags.fading import PUT, Sign
from community.people.tags.records import Found
from community.people.tags.rules import Held, Kept

Change = tuple[Found, Kept]


def of(member_id: str, *, now: datetime) -> list[Held]:
    """A member's tags that hold now, the strongest first, in one read."""
    kept = records.remaining(member_id).kept
    return rules.shown(kept, catalogue.everything(now=now), day=rules.day_of(now))


def put(member_id: str, tag_id: str, *, by: str, now: datetime) -> None:
    """A colleague says that a member has a tag. `by` is their userid.

    Refuses: NotStaff; NoSuchTag; NotByHand; TagsClosed
    """
    colleague = staff.colleague(by)
    entry = catalogue.get(tag_id, now=now)
    catalogue_rules.check_by_hand(entry)
    sign = _sign(tag_id, PUT, entry)

    def with_it(kept: Kept) -> Kept:
        rules.check_open(kept)
        return rules.with_signs(kept, [sign], day=rules.day_of(now))

    also = _written_down("tags.put", tag_id, about=member_id, by=colleague.userid, at=now)
    records.change(member_id, with_it, also=also)


def take_off(member_id: str, tag_id: str, *, by: str, now: datetime) -> None:
    """A colleague says that a member does not have a tag. New signs may bring it again.

    Refuses: NotStaff
    """
    colleague = staff.colleague(by)
    also = _written_down("tags.take_off", tag_id, about=member_id, by=colleague.userid, at=now)
    records.change(
        member_id, lambda kept: rules.without(kept, lambda each: each == tag_id), also=also
    )


def note(member_id: str, weights: Mapping[str, int], *, at: datetime) -> None:
    """What a member did at a time speaks for these tags, with weights from 1 to 9.

    Told twice, up to a fortnight late or out of order it comes out the same: of a day the heaviest
    counts. What the catalogue does not know is not noted.
    Refuses: Unavailable
    """
    entries = catalogue.everything(now=at)
    signs = [
        _sign(tag_id, weight, entry)
        for tag_id, weight in weights.items()
        if (entry := catalogue_rules.entry_of(tag_id, entries))
    ]
    if signs:
        with_them = partial(rules.with_signs, signs=signs, day=rules.day_of(at))
        records.change(member_id, with_them)


def rule(
    member_id: str,
    true_now: Callable[[], Mapping[str, datetime]],
    *,
    about: Collection[str],
    now: datetime,
) -> None:
    """Of the tags of some families (or with some ids), a member has those that are true, and no others.

    Shape: `true_now` says which, and since when; what it looks at is looked at after the tags, so that
           of two who do this at once the later one decides
    Refuses: Unavailable
    """
    entries = catalogue.everything(now=now)

    def ruled(kept: Kept) -> Kept:
        true = true_now()
        kept = rules.without(kept, lambda tag_id: _is_among(tag_id, about) and tag_id not in true)
        for tag_id, since in true.items():
            if entry := catalogue_rules.entry_of(tag_id, entries):
                kept = rules.with_signs(kept, [_sign(tag_id, PUT, entry)], day=rules.day_of(since))
        return kept

    records.change(member_id, ruled, as_it_is_now=True)


def follow_wecom(member_id: str, tags: Sequence[ContactTag], *, now: datetime) -> None:
    """A member has the tags that colleagues gave them in WeCom, and no others from there.

    Those of the company come into the catalogue by themselves; a colleague's own only if they are there.
    Refuses: Unavailable
    """
    known = catalogue_rules.wecom_tags(catalogue.everything(now=now).values())
    names = [(tag.group, tag.name) for tag in tags]
    ours = [name for name, tag in zip(names, tags, strict=True) if tag.tag_id or name in known]
    hold = {entry.tag_id: now for entry in catalogue.with_wecom_tags(ours, now=now)}
    entries = catalogue.everything(now=now).values()
    from_there = {entry.tag_id for entry in entries if entry.source is Source.WECOM}
    rule(member_id, lambda: hold, about=from_there, now=now)


def close(member_id: str) -> None:
    """All tags of a member go, and nothing is noted until they are opened again. Refuses: Unavailable"""
    _change_whole_person(member_id, rules.closed)


def reopen(member_id: str) -> bool:
    """Tags of this member may be noted again; gives whether they might not. Refuses: Unavailable"""
    was_closed = records.find(member_id, as_it_is_now=True).kept.is_closed
    if was_closed:
        _change_whole_person(member_id, rules.reopened)
    return was_closed


def exported(member_id: str) -> list[dict[str, Any]]:
    """All that is noted of a member, for their own eyes."""
    kept = records.remaining(member_id, as_it_is_now=True).kept
    return rules.told(kept, catalogue.as_it_is_now())


def follow_merge(fact: MembersMerged) -> None:
    """Two are one person: what was noted of the gone one counts for the kept one. Refuses: Unavailable"""

    def joined() -> list[Change]:
        gone = records.find(fact.gone_id, as_it_is_now=True)
        if gone.kept.merged_into or fact.merge_id in gone.kept.undone:
            return []
        layers = rules.layers_of(fact.gone_id, gone.kept)
        sent_off = (gone, rules.sent_off(gone.kept, merged_into=fact.kept_id))
        upwards = _upwards(fact.kept_id)
        return [sent_off, *((above, rules.joined_by(above.kept, layers)) for above in upwards)]

    records.change_all(joined)


def follow_unmerge(fact: MembersUnmerged) -> None:
    """They are two again: what came from the gone one is theirs. Refuses: Unavailable"""

    def parted() -> list[Change]:
        gone = records.find(fact.gone_id, as_it_is_now=True)
        if fact.merge_id in gone.kept.undone:
            return []
        layers = rules.layers_of(fact.gone_id, gone.kept)
        sent_back = (gone, rules.sent_back(gone.kept, fact.merge_id))
        upwards = _upwards(fact.kept_id)
        return [sent_back, *((above, rules.left_by(above.kept, layers)) for above in upwards)]

    records.change_all(parted)


def erase(fact: MemberErased) -> None:
    """Nothing is left of what was noted, and nothing will be noted. Refuses: Unavailable"""
    close(fact.member_id)


def _change_whole_person(member_id: str, changed: Callable[[Kept], Kept]) -> None:
    """The tags of a member and of all who were merged into them."""

    def all_changed() -> list[Change]:
        found = records.find(member_id, as_it_is_now=True)
        others = (records.find(gone_id, as_it_is_now=True) for gone_id in found.kept.joined)
        return [(each, changed(each.kept)) for each in (found, *others)]

    records.change_all(all_changed)


def _upwards(member_id: str) -> list[Found]:
    """A member and, where they were merged themselves before this was told, those they went into."""
    found = [records.find(member_id, as_it_is_now=True)]
    while (above := found[-1].kept.merged_into) and len(found) < records.MERGES_FOLLOWED_MAX:
        found.append(records.find(above, as_it_is_now=True))
    return found


def _sign(tag_id: str, weight: int, entry: Tag) -> Sign:
    return Sign(tag_id, weight, entry.half_life_days or 0, entry.lifetime_days or 0)


def _is_among(tag_id: str, about: Collection[str]) -> bool:
    return tag_id in about or tag_id.partition(":")[0] in about


def _written_down(
    what: str, tag_id: str, *, about: str, by: str, at: datetime
) -> Callable[[TransactWrite], None]:
    entry = Entry(what=f"{what} {tag_id}", about=f"member#{about}", by=by, at=at)
    return lambda write: audit.note_in(write, entry)
