"""Front door: once a day the counts of a sample of posts are looked at, and repaired if they are wrong.

They are counted again from what is noted on each member's reaction and on each comment: see
docs/decisions/0017.
"""

from __future__ import annotations

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
from community.forum.reactions import service as reactions
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
    """A post's counts are what is noted of each member and comment; repaired, and told, where they were not.

    Refuses: Unavailable — somebody reacts at this moment
    """
    place = (fact.board_id, fact.post_id)
    # First what is shown: if it is still the same when it is repaired, nothing was counted meanwhile.
    card = posts.several_cards([place], as_they_are_now=True).get(fact.post_id)
    counted = reactions.counted(*place) if card else None
    if card is None or counted is None:
        logs.metric("recount_skipped")
        return
    counted["comments"] = comments.counted(fact.post_id)
    wrong = rules.differences(msgspec.structs.asdict(card.counts), counted)
    logs.metric("recounted")
    if not wrong:
        return
    try:
        posts.mend_counts(place, shown=card.counts, by=wrong)
    except Overtaken as overtaken:
        raise Unavailable from overtaken
    logs.metric("count_repaired", sum(map(abs, wrong.values())))
    logs.warning("a post's counts were wrong", post_id=fact.post_id, **wrong)


def _sample(board_id: str, day: str, now: datetime) -> list[tuple[str, str]]:
    before = rules.place_at_random(board_id, day, now=now)
    latest = pages.on_board(board_id, before=None, limit=rules.LATEST)
    older = pages.on_board(board_id, before=before, limit=rules.OLDER)
    return list(dict.fromkeys((board_id, post_id) for post_id in (*latest, *older)))
