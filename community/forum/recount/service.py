"""Front door: once a day the counts of a sample of posts are looked at, and repaired if they are wrong.

They are counted again from what is noted on each member's reaction and on each comment: see
docs/decisions/0017.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime

import msgspec

from chalicelib import logs
from chalicelib.errors import Unavailable
from chalicelib.tables import Overtaken
from community.commons.agenda import service as agenda
from community.facts import RecountDue
from community.forum.boards import service as boards
from community.forum.comments import service as comments
from community.forum.posts import pages
from community.forum.posts import service as posts
from community.forum.posts.rules import State
from community.forum.reactions import service as reactions
from community.forum.reactions.rules import COUNT_OF, Kind, Thing
from community.forum.recount import records, rules

# The minute tick asks; once a day is enough for each container to look.
_taken: str | None = None


def put_down(*, now: datetime) -> int:
    """Put the posts of this day's sample on the agenda, once. Gives how many these are."""
    global _taken
    day = rules.day_of(now)
    if day is None or day == _taken:
        return 0
    is_first, _taken = records.take(day, now=now), day
    if not is_first:
        return 0
    places = [
        place for board in boards.everything(now=now) for place in _sample(board.board_id, day, now)
    ]
    for board_id, post_id in places:
        agenda.put(
            RecountDue(
                fact_id=f"{post_id}.recount.{day}", at=now, board_id=board_id, post_id=post_id
            )
        )
    return len(places)


def follow(fact: RecountDue) -> None:
    """A post's counts, and likes of comments that are seen first, are what is noted of each member and comment.

    Repaired, and told, where they were not; so is what nobody counted because its fact was lost.

    Refuses: Unavailable — somebody reacts at this moment
    """
    post = Thing(fact.board_id, fact.post_id)
    if not _look_at_post(post, now=fact.at):
        logs.metric("recount_skipped")
        return
    logs.metric("recounted")
    for comment_id in sorted(comments.first_seen(fact.post_id, limit=rules.COMMENTS)):
        comment = Thing(fact.board_id, fact.post_id, comment_id)
        if not _look_at_comment(comment, now=fact.at):
            logs.metric("recount_skipped")


def _look_at_post(post: Thing, *, now: datetime) -> bool:
    """False if it cannot be looked at."""
    place = (post.board_id, post.post_id)
    # First what is shown: if it is still the same when it is repaired, nothing was counted meanwhile.
    card = posts.several_cards([place], as_they_are_now=True).get(post.post_id)
    looked = reactions.looked_at(post, now=now) if card else None
    if card is None or looked is None:
        return False
    if looked.lost:
        _count_lost(post, looked.lost)
        return _look_at_post(post, now=now)
    counted = {name: looked.counts[kind] for kind, name in COUNT_OF.items()}
    counted["comments"] = comments.counted(post.post_id)
    if wrong := rules.differences(msgspec.structs.asdict(card.counts), counted):
        with _unless_counted_now():
            posts.mend_counts(place, shown=card.counts, by=wrong)
        _tell_repaired(post, wrong)
    return True


def _look_at_comment(thing: Thing, *, now: datetime) -> bool:
    """False if it cannot be looked at."""
    assert thing.comment_id
    comment = comments.get(thing.post_id, thing.comment_id)
    looked = reactions.looked_at(thing, now=now) if comment.state is State.PUBLISHED else None
    if looked is None:
        return False
    if looked.lost:
        _count_lost(thing, looked.lost)
        return _look_at_comment(thing, now=now)
    likes = looked.counts[Kind.LIKE]
    if wrong := rules.differences({"likes": comment.likes}, {"likes": likes}):
        with _unless_counted_now():
            comments.mend_likes(comment, likes=likes)
        _tell_repaired(thing, wrong)
    return True


def _count_lost(thing: Thing, member_ids: Sequence[str]) -> None:
    """Refuses: Unavailable"""
    reactions.count_of(thing, member_ids)
    _tell_repaired(thing, {"lost": len(member_ids)})


def _tell_repaired(thing: Thing, by: Mapping[str, int]) -> None:
    logs.metric("count_repaired", sum(map(abs, by.values())))
    logs.warning("counts were wrong", post_id=thing.post_id, comment_id=thing.comment_id, **by)


@contextmanager
def _unless_counted_now() -> Iterator[None]:
    try:
        yield
    except Overtaken as overtaken:
        raise Unavailable from overtaken


def _sample(board_id: str, day: str, now: datetime) -> list[tuple[str, str]]:
    before = rules.place_at_random(board_id, day, now=now)
    latest = pages.on_board(board_id, before=None, limit=rules.LATEST)
    older = pages.on_board(board_id, before=before, limit=rules.OLDER)
    return list(dict.fromkeys((board_id, post_id) for post_id in (*latest, *older)))
