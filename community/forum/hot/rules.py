"""How hot a post is, and how the hot posts of a board are kept."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import msgspec

from chalicelib import ids
from chalicelib.errors import FieldError, Invalid
from community.forum.posts.rules import Card, Counts

PAGE = 20
POSTS_MAX = 100
"""So many of a board are listed as hot: nobody goes on further."""
KEPT = timedelta(hours=1)
"""Who began to read a list can go on with that very list for so long."""
REMADE_AFTER = timedelta(minutes=10)
"""A list in which nothing moved is made anew: views, names and badges on its cards have changed."""
TIMES_TEN_S = 45_000
"""A post has to have ten times the points of one that is half a day younger."""


class Listed(msgspec.Struct, frozen=True):
    """The hot list of a board as it is now.

    `order` is what it was made of. `changed`: posts that were edited or taken away since lists were made that
    somebody may still be reading, and when the last of these was made; they are looked at each by each.
    """

    version: str
    posts: int
    made_at: datetime
    order: str
    changed: dict[str, datetime] = {}


def points(counts: Counts) -> int:
    """What others think of a post.

    A like costs a tap. To find something useful is said of fewer and of better posts, a comment takes a
    minute, and who keeps or shares a post puts it before others with their name.
    """
    return (
        counts.likes
        + 2 * counts.useful
        + 2 * counts.comments
        + 3 * counts.favourites
        + 3 * counts.shares
    )


def score(card: Card) -> float:
    """How hot a post is: log10(points) + age of its birth in units of 12.5 hours.

    It never changes by time alone, so nothing has to be counted anew as posts grow old: the younger ones
    begin higher. Reddit's ranking, without votes against a post, which we do not have.
    Source: https://github.com/reddit-archive/reddit/blob/master/r2/r2/lib/db/_sorts.pyx
    """
    born_s = ids.time_of(card.post_id).replace(tzinfo=UTC).timestamp()
    return math.log10(max(1, points(card.counts))) + born_s / TIMES_TEN_S


def place_of(card: Card) -> str:
    """Where a post stands among those of its board: as text it sorts by its score, then by its age."""
    return f"{score(card):014.7f}#{card.post_id}"


def is_as_before(listed: Listed | None, order: str, now: datetime) -> bool:
    return (
        listed is not None
        and listed.order == order
        and listed.made_at not in listed.changed.values()
        and timedelta() <= now - listed.made_at < REMADE_AFTER
    )


def with_change(listed: Listed, post_id: str) -> Listed:
    """A post is not any longer as the list and those before it show it."""
    changed = {**listed.changed, post_id: listed.made_at}
    return msgspec.structs.replace(listed, changed=changed)


def next_list(
    before: Listed | None, order: str, *, version: str, posts: int, now: datetime
) -> Listed:
    """A list that takes the place of another. Lists that show what changed otherwise die with time."""
    since = now - KEPT
    changed = {post: at for post, at in (before.changed if before else {}).items() if at > since}
    return Listed(version, posts, now, order, changed)


class Reading(msgspec.Struct, frozen=True):
    """Somebody reads a list of so many posts, from a position on."""

    version: str
    posts: int
    start: int = 0

    @property
    def place(self) -> str:
        return f"{self.version}#{self.posts}#{self.start}"

    def after(self, count: int) -> Reading | None:
        """What is left behind so many more; None if nothing is."""
        start = self.start + count
        return Reading(self.version, self.posts, start) if start < self.posts else None


def reading(place: str | None, listed: Listed | None) -> Reading | None:
    """From where somebody reads on who comes with a place in a list, or with none."""
    if place is not None:
        version, posts, start = place.split("#")
        return Reading(version, int(posts), int(start))
    return Reading(listed.version, listed.posts) if listed else None


def check_all_there(reading: Reading, found: int, limit: int, *, now: datetime) -> None:
    """Refuses: Invalid — the list that somebody reads is not kept any longer, even if it is still there"""
    is_old = reading.start and ids.time_of(reading.version) <= now - KEPT
    if is_old or found < min(limit, reading.posts - reading.start):
        raise Invalid(errors=[FieldError("cursor", "榜单已更新，请从第一页重新加载")])
