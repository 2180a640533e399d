"""Front door: lists of posts that no board keeps.

A list is a row for each post that stands there; the cards are read where they are. So a page is a bounded
number of reads, whatever is posted, edited or deleted meanwhile, and goes on behind the last place that
it looked at: nothing is skipped, nothing comes twice, and what others may not see is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from chalicelib.errors import Unavailable
from chalicelib.lists import Page, PageQuery, cursor_after, place_of
from chalicelib.tables import Overtaken
from community.commons.agenda import service as agenda
from community.commons.audience.rules import unlock_for
from community.facts import (
    HistoryCleared,
    MemberErased,
    MembersMerged,
    MembersUnmerged,
    PostEdited,
    PostHeld,
    PostPublished,
    PostRemoved,
    Reacted,
)
from community.forum.authorship import service as authorship
from community.forum.authorship.rules import What
from community.forum.boards import rules as board_rules
from community.forum.boards import service as boards
from community.forum.comments import service as comments
from community.forum.lists import records, rules
from community.forum.lists.records import Listed
from community.forum.lists.rules import Mine, Place, Said
from community.forum.posts import service as posts
from community.forum.posts.rules import Card, State, is_erased
from community.forum.reactions import service as reactions
from community.forum.reactions.rules import Kind
from community.forum.ties import service as ties
from community.people.members.rules import Member

_TRIES_MAX = 5


def by_topic(viewer: Member | None, topic: str, query: PageQuery, *, now: datetime) -> Page[Card]:
    """Posts with a topic, latest first, on boards that the viewer may read."""
    return _listed(viewer, rules.topic(topic), query, now)


def by_model(viewer: Member | None, model: str, query: PageQuery, *, now: datetime) -> Page[Card]:
    """Posts about a car model, latest first, on boards that the viewer may read."""
    return _listed(viewer, rules.model(model), query, now)


def places(name: str, *, limit: int) -> list[Place]:
    """Where the latest cards of a list are (`rules.topic`, `rules.model`), for those who choose among them."""
    return records.page(name, before=None, limit=limit)


def featured(
    viewer: Member | None, board_id: str, query: PageQuery, *, now: datetime
) -> Page[Card]:
    """What staff found good on a board, latest first. Refuses: NoSuchBoard; BoardClosed"""
    board_rules.check_may_read(viewer, boards.get(board_id, now=now))
    return _listed(viewer, rules.featured(board_id), query, now)


def unanswered(
    viewer: Member | None, board_id: str, query: PageQuery, *, now: datetime
) -> Page[Card]:
    """A board's questions without an accepted answer, latest first. Refuses: NoSuchBoard; BoardClosed"""
    board_rules.check_may_read(viewer, boards.get(board_id, now=now))
    return _listed(viewer, rules.unanswered(board_id), query, now)


def by_author(
    viewer: Member | None, member_id: str, query: PageQuery, *, now: datetime
) -> Page[Card]:
    """What a member published, latest first, on boards that the viewer may read. Refuses: NoSuchMember"""
    of = f"author {member_id}"
    works = authorship.latest(
        ties.known(member_id).member_id,
        What.POST,
        before=place_of(query.cursor, of=of),
        limit=query.limit,
    )
    places = [(work.board_id or "", work.work_id) for work in works]
    cursor = _cursor([work.work_id for work in works], query, of)
    return Page(items=_shown(viewer, places, now), next_cursor=cursor)


def my_posts(member: Member, query: PageQuery) -> Page[Mine]:
    """What a member wrote, in whatever state, latest first, but for what was erased 30 days after its deletion."""
    of = f"posts of {member.member_id}"
    before = place_of(query.cursor, of=of)
    works = authorship.latest(member.member_id, What.POST, before=before, limit=query.limit)
    post_ids = [work.work_id for work in works]
    found = {post.post_id: post for post in posts.several(post_ids) if not is_erased(post)}
    cards = posts.several_cards([(post.board_id, post.post_id) for post in found.values()])
    mine = [rules.mine(found[each], cards.get(each)) for each in post_ids if each in found]
    return Page(items=mine, next_cursor=_cursor(post_ids, query, of))


def my_comments(member: Member, query: PageQuery, *, now: datetime) -> Page[Said]:
    """What a member said, latest first, and below which posts."""
    of = f"comments of {member.member_id}"
    before = place_of(query.cursor, of=of)
    works = authorship.latest(member.member_id, What.COMMENT, before=before, limit=query.limit)
    said = comments.several([(work.post_id or "", work.work_id) for work in works])
    there = [comment for comment in said if comment.state is not State.DELETED]
    latest_first = sorted(there, key=lambda comment: comment.comment_id, reverse=True)
    cursor = _cursor([work.work_id for work in works], query, of)
    shown = _shown(member, [(each.board_id, each.post_id) for each in latest_first], now)
    titles = {card.post_id: card.title for card in shown}
    items = [Said(comment, titles.get(comment.post_id)) for comment in latest_first]
    return Page(items=items, next_cursor=cursor)


def favourites(member: Member, query: PageQuery, *, now: datetime) -> Page[Card]:
    """What a member keeps, the latest first, as far as they may still see it."""
    page = reactions.favourites(member, query)
    return Page(items=_shown(member, page.items, now), next_cursor=page.next_cursor)


def history(member: Member, query: PageQuery, *, now: datetime) -> Page[Card]:
    """What a member read in 90 days, the latest first, as far as they may still see it."""
    of = f"history {member.member_id}"
    before = place_of(query.cursor, of=of)
    found = records.history(member.member_id, before=before, limit=query.limit, now=now)
    cursor = _cursor([when for when, _ in found], query, of)
    return Page(items=_shown(member, [place for _, place in found], now), next_cursor=cursor)


def clear_history(member: Member, *, request_id: str, now: datetime) -> None:
    """Nothing that they read up to now is shown any longer, from this moment on; it is deleted later."""
    fact = HistoryCleared(
        fact_id=f"{member.member_id}.cleared.{request_id}", at=now, member_id=member.member_id
    )
    records.clear(fact, now=now)


def clear(fact: HistoryCleared) -> None:
    """What a member wants to be forgotten is deleted, and stands there again when they read it again.

    What is left of much goes on in the next minute. Refuses: Unavailable
    """
    found = records.read_until(fact.member_id, at=fact.at)
    for when, place in found:
        read_at = records.time_of(when)
        reactions.forget_view(fact.member_id, place, read_at=read_at, now=fact.at)
        records.delete_read(fact.member_id, when, place)
    if len(found) == records.AT_ONCE_MAX:
        agenda.put(fact)


def note_view(fact: Reacted) -> None:
    """What a member read stands in their history, once, where they read it last."""
    if fact.kind == Kind.VIEW and fact.on:
        records.note_read(fact.member_id, (fact.board_id, fact.post_id), at=fact.at)


def follow(fact: PostPublished | PostEdited | PostHeld | PostRemoved) -> None:
    """A post stands on the lists on which it belongs as it is now. Refuses: Unavailable"""
    for _ in range(_TRIES_MAX):
        before = records.listed(fact.post_id)
        # In this order: who reads the post later knows better.
        post = posts.get(fact.post_id)
        after = Listed(rules.lists_of(post), post.revision)
        if before.revision >= after.revision or (before == Listed() and not _may_change(after)):
            return
        with suppress(Overtaken, Unavailable):
            records.bring((post.board_id, post.post_id), before, after)
            return
    raise Unavailable


def exported(member_id: str) -> Any:
    """What they read in 90 days, but for what they cleared."""
    return [
        {"read_at": when, "board_id": board_id, "post_id": post_id}
        for when, (board_id, post_id) in records.all_read(member_id)
    ]


def follow_merge(fact: MembersMerged) -> None:
    """What either read, they read. Refuses: Unfinished, Unavailable"""
    records.move(fact.gone_id, to=fact.kept_id, merge_id=fact.merge_id)


def follow_unmerge(fact: MembersUnmerged) -> None:
    """What came by the merge goes back. Refuses: Unfinished, Unavailable"""
    records.move_back(fact.kept_id, to=fact.gone_id, merge_id=fact.merge_id)


def erase(fact: MemberErased) -> None:
    """Nobody knows what they read. Refuses: Unfinished"""
    records.forget(fact.member_id)


def _may_change(listed: Listed) -> bool:
    """A post of its first version that stands nowhere needs no row: nobody knows of another."""
    return bool(listed.names) or listed.revision > 0


def _listed(viewer: Member | None, name: str, query: PageQuery, now: datetime) -> Page[Card]:
    of = f"list {name}"
    places = records.page(name, before=place_of(query.cursor, of=of), limit=query.limit)
    cursor = _cursor([post_id for _, post_id in places], query, of)
    return Page(items=_shown(viewer, places, now), next_cursor=cursor)


def _shown(viewer: Member | None, places: Sequence[Place], now: datetime) -> list[Card]:
    """The cards of these posts, in this order, without those that the viewer may not see."""
    readable = {
        board.board_id
        for board in boards.everything(now=now)
        if unlock_for(viewer, board.read) is None
    }
    cards = posts.several_cards([place for place in places if place[0] in readable])
    return [cards[post_id] for _, post_id in places if post_id in cards]


def _cursor(places: Sequence[str], query: PageQuery, of: str) -> str | None:
    return cursor_after(places[-1], of=of) if len(places) == query.limit else None
