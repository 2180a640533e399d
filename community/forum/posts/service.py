"""Front door: publishing posts, and what each person sees of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

import msgspec
from pynamodb.transactions import TransactWrite

from chalicelib.errors import Unavailable
from chalicelib.lists import Page, PageQuery, cursor_after, place_of
from chalicelib.tables import Overtaken
from chalicelib.wechat.client import Scene
from community import facts
from community.commons.safety import service as safety
from community.facts import (
    CaseDecided,
    CaseDecision,
    MemberErased,
    MembersMerged,
    MembersUnmerged,
    PostHeld,
    PostPublished,
    PostRemoved,
)
from community.forum.authorship import service as authorship
from community.forum.authorship.rules import What, Work
from community.forum.boards import rules as board_rules
from community.forum.boards import service as boards
from community.forum.posts import records, rules
from community.forum.posts.rules import Author, Card, Counts, Draft, Post, Sight, State
from community.people.members import service as members
from community.people.members.rules import Member


def publish(author: Member, board_id: str, draft: Draft, *, request_id: str, now: datetime) -> Post:
    """Put a post before the others, or hold it for a moderator where content safety is not sure.

    Refuses: NoSuchBoard; BoardNeedsOwner, MayNotPost; Invalid; ContentNotAllowed
    """
    post_id = rules.new_post_id(author, request_id=request_id, now=now)
    if earlier := records.find(post_id):
        return _listed(earlier)  # By an earlier try of this very request.
    board = boards.get(board_id, now=now)
    board_rules.check_may_post(author, board)
    draft = rules.tidied(draft)
    checked = safety.screen(
        rules.shown_of(draft),
        title=draft.title,
        openid=members.openid_here(author),
        scene=Scene.FORUM,
    )
    post = rules.new_post(draft, post_id=post_id, author=author, board_id=board_id, checked=checked)
    try:
        records.add(post, _fact_of(post, now))
    except Overtaken:
        post = records.get(post_id, as_it_is_now=True)  # A try at the same moment was first.
    return _listed(post)


def read(viewer: Member | None, post_id: str, *, now: datetime) -> Sight:
    """A post as this person may see it, with its counts.

    Refuses: NoSuchPost — also for a held post, unless it is the viewer's own
    """
    post = records.get(post_id)
    board = boards.get(post.board_id, now=now)
    if viewer is not None and rules.is_closed_to(viewer, post, board):
        post = _by_who_remains(post)
    rules.check_may_know(viewer, post)
    unlock = rules.unlock_of(viewer, post, board)
    return Sight(
        post=rules.locked(post) if unlock else post,
        counts=records.counts(post.board_id, post_id) or Counts(),
        unlock=unlock,
    )


def get(post_id: str) -> Post:
    """A post in whatever state, for those who decide about it. Refuses: NoSuchPost"""
    return records.get(post_id, as_it_is_now=True)


def about(post_id: str) -> Post:
    """A post in whatever state, for those who ask what it is about, a moment old. Refuses: NoSuchPost"""
    return records.get(post_id)


def open_to(viewer: Member | None, post_id: str, *, now: datetime) -> Post:
    """A published post whose text this person may read.

    Refuses: NoSuchPost; PostLocked — says what opens it
    """
    post = records.get(post_id)
    if post.state is not State.PUBLISHED:
        raise rules.NoSuchPost
    board = boards.get(post.board_id, now=now)
    if viewer is not None and rules.is_closed_to(viewer, post, board):
        post = _by_who_remains(post)
    if unlock := rules.unlock_of(viewer, post, board):
        raise rules.PostLocked(unlock=unlock)
    return post


def latest(viewer: Member | None, board_id: str, query: PageQuery, *, now: datetime) -> Page[Card]:
    """A board's posts, latest first. Refuses: NoSuchBoard; BoardClosed"""
    board = boards.get(board_id, now=now)
    board_rules.check_may_read(viewer, board)
    of = f"board {board_id}"
    found = records.cards(board_id, before=place_of(query.cursor, of=of), limit=query.limit)
    more = len(found) == query.limit
    return Page(items=found, next_cursor=cursor_after(found[-1].post_id, of=of) if more else None)


def add_to_counts(write: TransactWrite, post: tuple[str, str], by: Mapping[str, int]) -> None:
    """Join a counter's transaction: the thing counted and the counts on the card change together.

    Shape: `post` is the board's and the post's id; `by` has the names of counts
    """
    board_id, post_id = post
    records.add_to_counts(write, board_id, post_id, by=by)


def list_card(fact: PostPublished) -> None:
    """A published post is on its board, also if the publisher crashed half-way. Refuses: Unavailable"""
    post = records.get(fact.post_id, as_it_is_now=True)
    if records.counts(post.board_id, post.post_id) is not None:
        return
    try:
        records.list_card_as_it_is(post)
    except Overtaken as overtaken:
        if records.counts(post.board_id, post.post_id) is None:
            raise Unavailable from overtaken  # Its author changed at this moment.


def note_author(fact: PostPublished | PostHeld) -> None:
    """A post is found by who wrote it, whoever that is by now, and names them so. Refuses: Unavailable"""
    post = records.get(fact.post_id, as_it_is_now=True)
    if post.author == rules.ERASED:
        return
    work = Work(What.POST, post.post_id)
    author = authorship.note(post.author.member_id, work, renamed=_rename_author)
    if author and rules.author_of(author) != post.author:
        _name_anew(post.post_id)


def name_anew(post_ids: Sequence[str], author_id: str) -> None:
    """Posts and cards of a member call them as they are called by now. Refuses: Unavailable"""
    found = records.several(post_ids, as_it_is_now=True)
    # In this order: who read the posts later knows the member better.
    author = members.alone(author_id) if found else None
    for post in found:
        if author and rules.author_of(author) != post.author:
            _name_anew(post.post_id)


def as_called_by_now(author: Author) -> Author:
    """The same author, as their own row says this moment; who has none, nobody, stays so."""
    member = members.alone(author.member_id)
    return rules.author_of(member) if member else author


def apply_decision(fact: CaseDecided) -> None:
    """A held post is published or removed, as a moderator decided. Refuses: Unavailable"""
    if fact.comment_id is not None:
        return
    post = records.get(fact.post_id, as_it_is_now=True)
    state = State.PUBLISHED if fact.decision is CaseDecision.PASS else State.REMOVED
    decided = rules.in_state(post, state)
    try:
        records.save_state(decided, _fact_of(decided, fact.at))
    except Overtaken as overtaken:
        if records.get(fact.post_id, as_it_is_now=True).state is State.HELD:
            raise Unavailable from overtaken  # Its author changed at this moment.


def exported(member_id: str) -> Iterator[Post]:
    """Every post that they wrote, page by page."""
    for works in authorship.pages(member_id, What.POST):
        yield from records.several([work.work_id for work in works])


def follow_merge(fact: MembersMerged) -> None:
    """Posts and cards of the one who is gone name the one who remains."""
    authorship.follow_merge(What.POST, fact, renamed=_rename_author)


def follow_unmerge(fact: MembersUnmerged) -> None:
    """What came by the merge goes back."""
    authorship.follow_unmerge(What.POST, fact, renamed=_rename_author)


def erase(fact: MemberErased) -> None:
    """What they wrote stays; nobody can tell who it was."""
    authorship.erase(What.POST, fact, renamed=_rename_author)


def _rename_author(write: TransactWrite, work: Work, author_id: str | None) -> None:
    records.rename_author(write, work.work_id, lambda author: rules.by_author(author, author_id))


def _name_anew(post_id: str) -> None:
    authorship.name_anew(lambda write: records.rename_author(write, post_id, as_called_by_now))


def _by_who_remains(post: Post) -> Post:
    """The post, if its author was merged into somebody a moment ago, as that one's."""
    author_id = members.remaining(post.author.member_id)
    return msgspec.structs.replace(post, author=rules.by_author(post.author, author_id))


def _listed(post: Post) -> Post:
    if post.state is State.PUBLISHED:
        records.list_card(post)
    return post


def _fact_of(post: Post, now: datetime) -> facts.Fact:
    kind = {State.PUBLISHED: PostPublished, State.HELD: PostHeld, State.REMOVED: PostRemoved}
    return kind[post.state](
        fact_id=f"{post.post_id}.{post.state.value}",
        at=now,
        post_id=post.post_id,
        author_id=post.author.member_id,
    )
