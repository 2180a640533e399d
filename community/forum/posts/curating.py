"""Front door: what colleagues say of posts: worth reading, closed, pinned."""

from __future__ import annotations

from datetime import datetime

from pynamodb.transactions import TransactWrite

from community.commons.audit import service as audit
from community.commons.audit.rules import Entry
from community.commons.staff import service as staff
from community.forum.boards import service as boards
from community.forum.boards.changes import check_may_pin
from community.forum.boards.rules import Board
from community.forum.posts import rules
from community.forum.posts import service as posts
from community.forum.posts.rules import Post, State


def feature(post_id: str, *, on: bool, by: str, now: datetime) -> Post:
    """A colleague says that a post is worth reading, or takes that back. `by` is their userid.

    Refuses: NotStaff, NotAModerator; NoSuchPost; Unavailable
    """
    return _change_by_staff(post_id, "featured", on=on, by=by, now=now)


def close(post_id: str, *, on: bool, by: str, now: datetime) -> Post:
    """A colleague lets nobody comment on a post any more, or everybody again.

    Refuses: NotStaff, NotAModerator; NoSuchPost; Unavailable
    """
    return _change_by_staff(post_id, "closed", on=on, by=by, now=now)


def pin(post_id: str, *, on: bool, by: str, now: datetime) -> Board:
    """A colleague puts a post above all others of its board, or takes it from there.

    Refuses: NotStaff, NotAModerator; NoSuchPost; TooManyPinned; Unavailable
    """
    post = _published(post_id) if on else posts.get(post_id)
    change = boards.pin if on else boards.unpin
    return change(post.board_id, post_id, by=by, now=now)


def _change_by_staff(post_id: str, flag: str, *, on: bool, by: str, now: datetime) -> Post:
    colleague = staff.colleague(by)

    def changed(post: Post) -> Post | None:
        check_may_pin(colleague, boards.get(post.board_id, now=now))
        return None if getattr(post, flag) == on else rules.changed(post, **{flag: on})

    def along(write: TransactWrite, _after: Post) -> None:
        entry = Entry(
            what=f"posts.{flag}",
            about=f"post#{post_id}",
            by=colleague.userid,
            before={flag: not on},
            after={flag: on},
            at=now,
        )
        audit.note_in(write, entry)

    return posts.change(lambda: _published(post_id), changed, now=now, along=along)


def _published(post_id: str) -> Post:
    """Refuses: NoSuchPost"""
    post = posts.get(post_id)
    if post.state is not State.PUBLISHED:
        raise rules.NoSuchPost
    return post
