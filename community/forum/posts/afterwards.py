"""What follows for posts from what happened to them, and to what they are made of."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from pynamodb.transactions import TransactWrite

from community.commons.audit.rules import SYSTEM
from community.commons.media import service as media
from community.facts import (
    CaseDecided,
    MediaChecked,
    PostDue,
    PostEdited,
    PostErasureDue,
    PostHeld,
    PostPublished,
    PostRemoved,
    PostScheduled,
)
from community.forum.authorship import service as authorship
from community.forum.authorship.rules import What, Work
from community.forum.boards import service as boards
from community.forum.posts import beside, changing, naming, rules
from community.forum.posts import service as posts
from community.forum.posts.rules import Post, State
from community.people.members import service as members


def follow(fact: PostPublished | PostEdited | PostHeld | PostRemoved) -> None:
    """What its board shows of a post is in line with it as it is now. Refuses: Unavailable"""
    post = posts.get(fact.post_id)
    posts.show(post)
    if post.state is not State.PUBLISHED:
        boards.unpin(post.board_id, post.post_id, by=SYSTEM, now=fact.at)


def note_author(fact: PostPublished | PostHeld | PostScheduled) -> None:
    """A post is found by who wrote it, whoever that is by now, and names them so. Refuses: Unavailable"""
    post = posts.get(fact.post_id)
    if post.author == rules.ERASED:
        return
    work = Work(What.POST, post.post_id, board_id=post.board_id)
    give = partial(naming.give, at=fact.at)
    author = authorship.note(post.author.member_id, work, renamed=give)
    if author and rules.author_of(author) != post.author:
        naming.name_anew(post.post_id)


def name_anew(post_ids: Sequence[str], author_id: str) -> None:
    """Posts and cards of a member call them as they are called by now. Refuses: Unavailable"""
    found = posts.several(post_ids, as_they_are_now=True)
    # In this order: who read the posts later knows the member better.
    author = members.alone(author_id) if found else None
    for post in found:
        if author and rules.author_of(author) != post.author:
            naming.name_anew(post.post_id)


def apply_decision(fact: CaseDecided) -> None:
    """A held post is published or removed, as a moderator decided. Refuses: Unavailable"""
    if fact.comment_id is not None:
        return
    posts.change(
        lambda: posts.get(fact.post_id),
        lambda post: changing.decided(post, fact.case_id, fact.decision, now=fact.at),
        now=fact.at,
    )


def note_media(fact: MediaChecked) -> None:
    """A picture or video of a post has passed its check or not. Refuses: Unavailable"""
    posts.change(
        lambda: posts.get(fact.post_id),
        lambda post: changing.with_checked(post, fact.media_id, passed=fact.passed),
        now=fact.at,
    )


def publish_due(fact: PostDue) -> None:
    """The time of a scheduled post has come. Refuses: Unavailable"""

    def published(post: Post) -> Post | None:
        if post.state is not State.SCHEDULED or not changing.is_due(post, now=fact.at):
            return None
        return changing.released(post, now=fact.at)

    posts.change(lambda: posts.get(fact.post_id), published, now=fact.at)


def erase_due(fact: PostErasureDue) -> None:
    """Nothing is kept of a post that was deleted 30 days ago, and not restored. Refuses: Unavailable"""
    post = posts.get(fact.post_id)
    if post.state is not State.DELETED or not changing.is_erasable(post, now=fact.at):
        return
    for media_id in beside.forget_versions(post):
        media.delete(media_id)

    def erased(post: Post) -> Post | None:
        is_due = post.state is State.DELETED and changing.is_erasable(post, now=fact.at)
        return changing.erased(post) if is_due and post.title else None

    def along(write: TransactWrite, post: Post) -> None:
        beside.delete_part(write, post.post_id)

    posts.change(lambda: posts.get(fact.post_id), erased, now=fact.at, along=along)
