"""Front door: unfinished posts, the same on all of a member's devices."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from chalicelib.lists import Page, PageQuery, cursor_after, place_of
from chalicelib.tables import Overtaken
from community.facts import MemberErased, MembersMerged, MembersUnmerged
from community.forum.drafts import records, rules
from community.forum.drafts.rules import Body, DraftChanged, NoSuchDraft, SavedDraft
from community.people.members.rules import Member


def page(member: Member, query: PageQuery, *, now: datetime) -> Page[SavedDraft]:
    """A member's drafts, the latest begun first."""
    of = f"drafts {member.member_id}"
    found, more = records.page(
        member.member_id, before=place_of(query.cursor, of=of), limit=query.limit, now=now
    )
    return Page(items=found, next_cursor=cursor_after(more, of=of) if more else None)


def begin(member: Member, body: Body, *, request_id: str, now: datetime) -> SavedDraft:
    """Keep a new draft. Who begins several at the same moment may have a few more than DRAFTS_MAX.

    Refuses: TooManyDrafts; TooLarge
    """
    draft = rules.new_draft(member, body, request_id=request_id, now=now)
    kept, _ = records.page(member.member_id, before=None, limit=rules.DRAFTS_MAX, now=now)
    for earlier in kept:
        if earlier.draft_id == draft.draft_id:
            return earlier  # By an earlier try of this very request.
    if len(kept) >= rules.DRAFTS_MAX:
        raise rules.TooManyDrafts
    try:
        records.add(member.member_id, draft)
    except Overtaken:
        return get(member, draft.draft_id, now=now)  # A try at the same moment was first.
    return draft


def get(member: Member, draft_id: str, *, now: datetime) -> SavedDraft:
    """Refuses: NoSuchDraft"""
    if draft := records.find(member.member_id, draft_id, now=now):
        return draft
    raise NoSuchDraft


def change(member: Member, draft_id: str, body: Body, *, version: int, now: datetime) -> SavedDraft:
    """Put another body in the place of the version that one knew.

    Refuses: NoSuchDraft; TooLarge; DraftChanged — with the draft as it is by now
    """
    before = get(member, draft_id, now=now)
    if before.version == version + 1 and before.body == body:
        return before  # By an earlier try of this very change.
    after = rules.changed(before, body, version=version, now=now)
    try:
        records.save(member.member_id, after)
    except Overtaken as overtaken:
        raise DraftChanged(current=get(member, draft_id, now=now)) from overtaken
    return after


def delete(member: Member, draft_id: str) -> None:
    """It is not needed any more; whoever is second changes nothing."""
    records.delete(member.member_id, draft_id)


def exported(member_id: str) -> Iterator[SavedDraft]:
    return records.all_of(member_id)


def follow_merge(fact: MembersMerged) -> None:
    """Drafts of either are theirs. Refuses: Unfinished, Unavailable"""
    records.move(fact.gone_id, to=fact.kept_id, merge_id=fact.merge_id)


def follow_unmerge(fact: MembersUnmerged) -> None:
    """What came by the merge goes back. Refuses: Unfinished, Unavailable"""
    records.move_back(fact.kept_id, to=fact.gone_id, merge_id=fact.merge_id)


def erase(fact: MemberErased) -> None:
    """Nothing is left of what they did not publish. Refuses: Unfinished"""
    records.forget(fact.member_id)
