"""Interests: what a post is about, and how much each thing that one does with it says."""

from __future__ import annotations

from collections.abc import Mapping

from community.forum.posts.rules import Post
from community.forum.reactions.rules import Kind
from community.people.tag_catalogue.rules import id_in

WEIGHT_OF_COMMENT = 3
WEIGHT_OF_POST = 5
WEIGHTS: Mapping[str, int] = {Kind.VIEW: 1, Kind.LIKE: 2}


def tags_of(post: Post) -> tuple[str, ...]:
    """The tags that an interest in this post is an interest in: its board, model and topics."""
    model = (id_in("model", post.model),) if post.model else ()
    topics = (id_in("topic", topic) for topic in post.topics)
    return (id_in("board", post.board_id), *model, *topics)
