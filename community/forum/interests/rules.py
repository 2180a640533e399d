"""Interests: what a post is about, and how much each thing that one does with it says."""

from __future__ import annotations

from collections.abc import Mapping

from community.facts import FeedEventsNoted
from community.forum.posts.rules import Post
from community.forum.reactions.rules import Kind
from community.people.tag_catalogue.rules import id_in

WEIGHT_OF_COMMENT = 3
WEIGHT_OF_POST = 5
WEIGHT_OF_CLICK = 1
WEIGHT_OF_DWELL = 2
DWELL_MS_MIN = 10_000
"""Who stays on a post in their feed for so long cares for it as much as who likes it."""
FEED_POSTS_MAX = 20
"""Of one batch of what somebody did with their feed, no more posts are looked at."""
WEIGHTS: Mapping[str, int] = {
    Kind.VIEW: 1,
    Kind.LIKE: 2,
    Kind.USEFUL: 2,
    Kind.FAVOURITE: 3,
    Kind.SHARE: 3,
}


def cared_for(fact: FeedEventsNoted) -> dict[str, int]:
    """The posts of a feed that somebody cared for, and how much; those the most who stayed the longest."""
    stayed = {p: ms for p, ms in fact.dwelled.items() if ms >= DWELL_MS_MIN}
    longest = sorted(stayed, key=lambda post_id: (-stayed[post_id], post_id))
    weights = dict.fromkeys(fact.clicked, WEIGHT_OF_CLICK) | dict.fromkeys(longest, WEIGHT_OF_DWELL)
    first = dict.fromkeys((*longest, *fact.clicked))
    return {post_id: weights[post_id] for post_id in list(first)[:FEED_POSTS_MAX]}


def tags_of(post: Post) -> tuple[str, ...]:
    """The tags that an interest in this post is an interest in: its board, model and topics."""
    model = (id_in("model", post.model),) if post.model else ()
    topics = (id_in("topic", topic) for topic in post.topics)
    return (id_in("board", post.board_id), *model, *topics)
