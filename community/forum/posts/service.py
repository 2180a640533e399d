"""Front door: publishing posts, and what each person sees of them.

On it stand `editing`, what authors do with their posts, `curating`, what colleagues do, `pages`, how boards
list them, and `afterwards`, what follows from facts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Any

import msgspec
from pynamodb.transactions import TransactWrite

from chalicelib.errors import Unavailable, Unlock
from chalicelib.tables import Overtaken, one_transaction
from community.commons.agenda import service as agenda
from community.commons.media.rules import UsedAlready
from community.facts import (
    MemberErased,
    MembersMerged,
    MembersUnmerged,
    PostDue,
)
from community.forum.authorship import service as authorship
from community.forum.authorship.rules import What
from community.forum.boards import rules as board_rules
from community.forum.boards import service as boards
from community.forum.posts import (
    beside,
    checking,
    drafting,
    happened,
    listed,
    naming,
    records,
    rules,
    seeing,
)
from community.forum.posts.rules import (
    Card,
    Counts,
    Draft,
    PartDraft,
    PartSight,
    Post,
    Sight,
    State,
)
from community.people.members import service as members
from community.people.members.rules import Member

_TRIES_MAX = 5


def publish(author: Member, board_id: str, draft: Draft, *, request_id: str, now: datetime) -> Post:
    """Put a post before the others, or hold it for a moderator where content safety is not sure.

    An article may wait for its time first.

    Refuses: NoSuchBoard; BoardNeedsOwner, MayNotPost, BoardArchived; KindNotYours; Invalid;
             NoSuchMedia, NotUploaded, NotAPicture, UsedAlready; ContentNotAllowed
    """
    post_id = drafting.new_post_id(author, draft, request_id=request_id, now=now)
    if earlier := records.find(post_id):
        return _listed(earlier)  # By an earlier try of this very request.
    board = boards.get(board_id, now=now)
    board_rules.check_may_post(author, board)
    draft = drafting.tidied(draft)
    drafting.check_may_write(author, draft, now=now)
    checking.check_known(draft.mentions)
    checked = checking.screened(author, draft)
    checked = checked and not board_rules.waits_for_moderator(author, board, now)
    post = drafting.new_post(
        draft, post_id=post_id, author=author, board_id=board_id, checked=checked, now=now
    )
    try:
        _add(author, draft, post, now=now)
    except Overtaken:
        if found := records.find(post_id, as_it_is_now=True):
            return _listed(found)  # A try at the same moment was first.
        raise UsedAlready from None
    return _listed(post)


def read(viewer: Member | None, post_id: str, *, now: datetime) -> Sight:
    """A post as this person may see it, with its counts. Its part is read for those alone who may.

    Refuses: NoSuchPost — also for one that is not shown to others, unless it is the viewer's own
    """
    post = records.get(post_id)
    board = boards.get(post.board_id, now=now)
    if viewer is not None and seeing.is_closed_to(viewer, post, board):
        post = _by_who_remains(post)
    rules.check_may_know(viewer, post)
    unlock = seeing.unlock_of(viewer, post, board)
    part = _part(viewer, post, unlock) if post.part else None
    if unlock:
        post = seeing.locked(post)
    elif not rules.is_author(viewer, post):
        post = seeing.before_others(post)
    counts = listed.counts(post.board_id, post_id) or Counts()
    return Sight(post=post, counts=counts, unlock=unlock, part=part)


def part_of(post: Post) -> PartDraft | None:
    """The part of a post, for those who decide about it and for whoever wrote it."""
    return beside.part(post.post_id, as_it_is_now=True) if post.part else None


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
    if viewer is not None and seeing.is_closed_to(viewer, post, board):
        post = _by_who_remains(post)
    if unlock := seeing.unlock_of(viewer, post, board):
        raise rules.PostLocked(unlock=unlock)
    return post


def several(post_ids: Sequence[str], *, as_they_are_now: bool = False) -> list[Post]:
    """Those of these posts that are there, in whatever state, oldest first.

    Units: 0.5 RCU each 4 KB; twice that `as_they_are_now`
    """
    return records.several(post_ids, as_it_is_now=as_they_are_now)


def several_cards(
    places: Sequence[tuple[str, str]], *, as_they_are_now: bool = False
) -> dict[str, Card]:
    """The cards of these posts, by their ids, as far as others may see them.

    Shape: places are the board's and the post's id
    Units: 0.5 RCU each; twice that `as_they_are_now`
    """
    found = listed.several_cards(places, as_they_are_now=as_they_are_now)
    return {card.post_id: card for card in found}


def add_to_counts(write: TransactWrite, post: tuple[str, str], by: Mapping[str, int]) -> None:
    """Join a counter's transaction: the thing counted and the counts on the card change together.

    Shape: `post` is the board's and the post's id; `by` has the names of counts
    """
    board_id, post_id = post
    listed.add_to_counts(write, board_id, post_id, by=by)


def mend_counts(post: tuple[str, str], *, shown: Counts, by: Mapping[str, int]) -> None:
    """Put counts right that were found to be wrong. Refuses: Overtaken — they are not those that were shown"""
    board_id, post_id = post
    listed.mend_counts(board_id, post_id, shown=shown, by=by)


def accept(write: TransactWrite, post: Post, comment_id: str | None, *, now: datetime) -> Post:
    """Join a transaction: a question has this answer, or none. Overtaken if the post is not as it was read.

    Shape: `post` as `get` gave it
    """
    after = rules.changed(post, accepted=comment_id)
    change_in(write, post, after, now=now)
    return after


def change_in(write: TransactWrite, before: Post, after: Post, *, now: datetime) -> None:
    """Join a transaction: a post is otherwise. Overtaken if it is not as it was read any more."""
    records.change_in(write, before, after, happened.fact_of(after, now, before=before))


def exported(member_id: str) -> Iterator[Any]:
    """Every post that they wrote, with its part and what it was before, page by page."""
    for works in authorship.pages(member_id, What.POST):
        for post in records.several([work.work_id for work in works]):
            kept = {"part": part_of(post), "edits": beside.every_version(post)}
            yield msgspec.to_builtins(post) | kept


def follow_merge(fact: MembersMerged) -> None:
    """Posts and cards of the one who is gone name the one who remains."""
    authorship.follow_merge(What.POST, fact, renamed=partial(naming.give, at=fact.at))


def follow_unmerge(fact: MembersUnmerged) -> None:
    """What came by the merge goes back."""
    authorship.follow_unmerge(What.POST, fact, renamed=partial(naming.give, at=fact.at))


def erase(fact: MemberErased) -> None:
    """What others read of them stays; nobody can tell who it was."""
    authorship.erase(What.POST, fact, renamed=partial(naming.give, at=fact.at))


def theirs(member: Member, post_id: str) -> Post:
    """Somebody's own post, as it is this moment. Refuses: NoSuchPost, NotYourPost"""
    post = records.get(post_id, as_it_is_now=True)
    is_author = rules.is_author(member, post)
    rules.check_theirs(member, post if is_author else _by_who_remains(post))
    return post


def change(
    read: Callable[[], Post],
    wanted: Callable[[Post], Post | None],
    *,
    now: datetime,
    along: Callable[[TransactWrite, Post], None] | None = None,
) -> Post:
    """The post after a change, on top of whatever else changed meanwhile; None: it stays as it is.

    `along` joins the transaction, told the post after the change. Refuses: Unavailable
    """
    for _ in range(_TRIES_MAX):
        post = read()
        after = wanted(post)
        if after is None:
            return post
        fact = happened.fact_of(after, now, before=post)
        try:
            if along is None:
                records.change(post, after, fact)
            else:
                with one_transaction() as write:
                    records.change_in(write, post, after, fact)
                    along(write, after)
        except (Overtaken, Unavailable):
            continue
        with suppress(Unavailable):  # Its fact does so, too.
            show(after)
        return after
    raise Unavailable


def show(post: Post) -> None:
    try:
        listed.bring_card(post)
    except Overtaken as overtaken:
        raise Unavailable from overtaken  # It changed at this moment.


def _by_who_remains(post: Post) -> Post:
    """The post, if its author was merged into somebody a moment ago, as that one's."""
    author_id = members.remaining(post.author.member_id)
    return msgspec.structs.replace(post, author=rules.by_author(post.author, author_id))


def _add(author: Member, draft: Draft, post: Post, *, now: datetime) -> None:
    """Refuses: Overtaken; NoSuchMedia, NotUploaded, NotAPicture, UsedAlready; Unavailable"""
    fact = happened.fact_of(post, now)
    assert fact
    if not (draft.pictures or draft.video or draft.part or post.publish_at):
        records.add(post, fact)  # Half of what a transaction costs.
        return
    with one_transaction() as write:
        records.add_in(write, post, fact)
        if draft.part:
            beside.put_part(write, post.post_id, draft.part)
        if post.publish_at:
            due = PostDue(fact_id=f"{post.post_id}.due", at=post.publish_at, post_id=post.post_id)
            agenda.put_in(write, due)
        checking.take_files(write, author, draft, post.post_id, now=now)


def _part(viewer: Member | None, post: Post, unlock: Unlock | None) -> PartSight | None:
    assert post.part
    unlock = seeing.unlock_of_part(viewer, post, post.part.audience) or unlock
    part = None if unlock else beside.part(post.post_id) or part_of(post)
    if part:  # It may be another by now than the post that was read before it.
        unlock = seeing.unlock_of_part(viewer, post, part.audience)
    return PartSight(
        chars=post.part.chars, text=part.text if part and not unlock else None, unlock=unlock
    )


def _listed(post: Post) -> Post:
    if post.state is State.PUBLISHED:
        listed.list_card(post)
    return post
