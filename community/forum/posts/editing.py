"""Front door: what authors do with their posts: edit, delete, restore."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from pynamodb.transactions import TransactWrite

from chalicelib.errors import Unavailable
from chalicelib.lists import Page, PageQuery, cursor_after, place_of
from chalicelib.tables import Overtaken, one_transaction
from community.commons.agenda import service as agenda
from community.forum.boards import rules as board_rules
from community.forum.boards import service as boards
from community.forum.posts import beside, changing, checking, drafting, happened, rules
from community.forum.posts import service as posts
from community.forum.posts.rules import Draft, Post, State, Version
from community.people.members.rules import Member

_TRIES_MAX = 5


def edit(author: Member, post_id: str, draft: Draft, *, now: datetime) -> Post:
    """Let a post say something else. What it said is kept for its author.

    Content safety looks at it again. Where it is not sure, on boards that are pre-moderated, and where a
    new member changes what others have been reading for a while, the post is held for a moderator.

    Refuses: NoSuchPost, NotYourPost; PostInReview, PostDeleted, TooManyEdits; PostChanged — edited
             elsewhere at this moment; Unavailable; and what `publish` refuses
    """
    draft = drafting.tidied(draft)
    post = posts.theirs(author, post_id)
    board = boards.get(post.board_id, now=now)
    board_rules.check_may_post(author, board)
    if post.edits and changing.says_already(post, posts.part_of(post), draft):
        return post  # By an earlier try of this very request.
    changing.check_may_edit(post, draft)
    checking.check_known(draft.mentions)
    checked = checking.screened(author, draft)
    waits = board_rules.waits_for_moderator(author, board, now)
    checked = checked and not waits and not changing.is_late_edit(author, post, now=now)
    for _ in range(_TRIES_MAX):
        try:
            with one_transaction() as write:
                edited = _write(write, author, draft, post, checked=checked, now=now)
        except (Overtaken, Unavailable):
            latest = posts.theirs(author, post_id)
            if latest.edits != post.edits:
                raise rules.PostChanged from None
            changing.check_may_edit(latest, draft)
            post = latest  # Others changed what is not the author's to say.
            continue
        with suppress(Unavailable):  # Its fact does so, too.
            posts.show(edited)
        return edited
    raise Unavailable


def edits(author: Member, post_id: str, query: PageQuery) -> Page[Version]:
    """What somebody's own post was before each time they changed it, latest first.

    Refuses: NoSuchPost, NotYourPost
    """
    posts.theirs(author, post_id)
    of = f"edits {post_id}"
    found = beside.versions(post_id, before=place_of(query.cursor, of=of), limit=query.limit)
    more = len(found) == query.limit
    return Page(
        items=[version for _, version in found],
        next_cursor=cursor_after(found[-1][0], of=of) if more else None,
    )


def delete(author: Member, post_id: str, *, now: datetime) -> None:
    """Nobody else sees it any more; for 30 days its author can take that back.

    Refuses: NoSuchPost, NotYourPost; Unavailable
    """

    def deleted(post: Post) -> Post | None:
        return None if post.state is State.DELETED else changing.deleted(post, now=now)

    def along(write: TransactWrite, post: Post) -> None:
        agenda.put_in(write, happened.erasure_of(post))

    posts.change(lambda: posts.theirs(author, post_id), deleted, now=now, along=along)


def restore(author: Member, post_id: str, *, now: datetime) -> Post:
    """Take a deletion back: the post is as it was before, or as a moderator decided meanwhile.

    Refuses: NoSuchPost — also after 30 days, or if a moderator removed it; NotYourPost; Unavailable
    """

    def restored(post: Post) -> Post | None:
        return changing.restored(post, now=now) if post.state is State.DELETED else None

    return posts.change(lambda: posts.theirs(author, post_id), restored, now=now)


def _write(
    write: TransactWrite,
    author: Member,
    draft: Draft,
    before: Post,
    *,
    checked: bool,
    now: datetime,
) -> Post:
    """Join a transaction: an author changes what their post says. What it said is kept.

    Refuses: NoSuchMedia, NotUploaded, NotAPicture, UsedAlready. Overtaken if it is not as it was read.
    """
    files = checking.take_files(write, author, draft, before.post_id, now=now)
    after = changing.edited(before, draft, files, checked=checked, now=now)
    posts.change_in(write, before, after, now=now)
    version = changing.version_of(before, posts.part_of(before), until=now)
    beside.put_version(write, before, version)
    if draft.part:
        beside.put_part(write, after.post_id, draft.part)
    elif before.part:
        beside.delete_part(write, after.post_id)
    return after
