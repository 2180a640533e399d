"""Front door: interests follow from reading, liking, commenting and posting.

Of a day the strongest thing counts, see `tags`: taking a like back takes nothing back. Who likes one
day and thinks better of it the next did care.
"""

from __future__ import annotations

from contextlib import suppress

from community.facts import CommentPublished, FeedEventsNoted, PostPublished, Reacted
from community.forum.interests import rules
from community.forum.posts import service as posts
from community.forum.posts.rules import NoSuchPost, Post
from community.people.tags import service as tags


def follow_reaction(fact: Reacted) -> None:
    """Who reads or likes a post cares for what it is about. Refuses: NoSuchPost; Unavailable"""
    weight = rules.WEIGHTS.get(fact.kind)
    if fact.on and weight:
        _note(fact.member_id, posts.about(fact.post_id), weight, fact)


def follow_comment(fact: CommentPublished) -> None:
    """Who comments on a post cares for what it is about. Refuses: NoSuchPost; Unavailable"""
    _note(fact.author_id, posts.about(fact.post_id), rules.WEIGHT_OF_COMMENT, fact)


def follow_post(fact: PostPublished) -> None:
    """Who writes a post cares for what it is about. Refuses: Unavailable"""
    _note(fact.author_id, posts.get(fact.post_id), rules.WEIGHT_OF_POST, fact)


def follow_feed(fact: FeedEventsNoted) -> None:
    """Who stays on a post in their feed, or opens it, cares for what it is about. Refuses: Unavailable"""
    weights: dict[str, int] = {}
    for post_id, weight in rules.cared_for(fact).items():
        with suppress(NoSuchPost):
            for tag in rules.tags_of(posts.about(post_id)):
                weights[tag] = max(weight, weights.get(tag, 0))
    tags.note(fact.member_id, weights, at=fact.at)


def _note(
    member_id: str, post: Post, weight: int, fact: Reacted | CommentPublished | PostPublished
) -> None:
    tags.note(member_id, dict.fromkeys(rules.tags_of(post), weight), at=fact.at)
