"""What members, platforms and staff do, each with its budget: one table.

Everything goes through the Lambda's entry, or through the consequence that a queue would run. What it
costs to know who calls has a line of its own and is taken off all the others.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import NamedTuple

from bench import letters
from bench.acts import (
    BOARD,
    COMMENT,
    COMMENTS,
    LIKE,
    MODERATOR,
    NOTIFICATIONS,
    PAGE,
    POST,
    POSTS,
    Cast,
    callback,
    post,
    push,
    signed_in,
    tell,
)
from bench.meter import Sum
from bench.stage import DOUBTFUL, Stage

_numbers = count(1)


class Budget(NamedTuple):
    """At most so many units; None where nothing is said."""

    reads: float | None
    writes: float | None

    def allows(self, cost: Sum) -> bool:
        pairs = ((cost.reads, self.reads), (cost.writes, self.writes))
        return all(most is None or units <= most for units, most in pairs)


@dataclass(frozen=True)
class Operation:
    """Something that happens. `costs` is what it costs today: a change has to be meant."""

    name: str
    do: Callable[[Stage, Cast], Sum]
    costs: Sum
    budget: Budget | None = None


def _identity(_stage: Stage, cast: Cast) -> Sum:
    return cast.identity


def _sign_in(stage: Stage, _cast: Cast) -> Sum:
    return stage.cost(lambda: signed_in(stage, "reader"))


def _join(stage: Stage, _cast: Cast) -> Sum:
    return stage.cost(lambda: signed_in(stage, f"new-{next(_numbers)}"))


def _boards(stage: Stage, _cast: Cast) -> Sum:
    stage.later(minutes=2)
    return stage.cost(lambda: stage.call("GET", "/v1/boards"))


def _board_page(stage: Stage, cast: Cast) -> Sum:
    return _got(stage, cast, POSTS, BOARD, limit=PAGE)


def _board_page_for_guests(stage: Stage, _cast: Cast) -> Sum:
    return stage.cost(lambda: stage.call("GET", POSTS, BOARD, query={"limit": str(PAGE)}))


def _read_post(stage: Stage, cast: Cast) -> Sum:
    return _got(stage, cast, POST, cast.post_id)


def _read_comments(stage: Stage, cast: Cast) -> Sum:
    return _got(stage, cast, COMMENTS, cast.post_id, limit=PAGE)


def _read_post_and_comments(stage: Stage, cast: Cast) -> Sum:
    return _read_post(stage, cast) + _read_comments(stage, cast)


def _read_new_post(stage: Stage, cast: Cast) -> Sum:
    post_id = post(stage, cast.author)
    stage.follow()
    return _got(stage, cast, POST, post_id)


def _view_counted(stage: Stage, cast: Cast) -> Sum:
    _read_new_post(stage, cast)
    return stage.cost(stage.follow)


def _publish(stage: Stage, cast: Cast) -> Sum:
    stage.follow()
    return stage.cost(lambda: post(stage, cast.author)) - cast.identity


def _publish_with_key(stage: Stage, cast: Cast) -> Sum:
    key = f"key-{next(_numbers)}"
    return stage.cost(lambda: post(stage, cast.author, key=key)) - cast.identity


def _publish_again(stage: Stage, cast: Cast) -> Sum:
    key = f"key-{next(_numbers)}"
    post(stage, cast.author, key=key)
    return stage.cost(lambda: post(stage, cast.author, key=key)) - cast.identity


def _publish_followed(stage: Stage, cast: Cast) -> Sum:
    stage.follow()
    post(stage, cast.author)
    return stage.cost(stage.follow)


def _comment(stage: Stage, cast: Cast) -> Sum:
    stage.follow()
    return _done(stage, cast, "POST", COMMENTS, cast.post_id, body={"text": COMMENT})


def _comment_counted(stage: Stage, cast: Cast) -> Sum:
    _comment(stage, cast)
    return stage.cost(stage.follow)


def _unlike(stage: Stage, cast: Cast) -> Sum:
    stage.follow()
    stage.later(seconds=1)
    return _done(stage, cast, "DELETE", LIKE, cast.post_id)


def _like(stage: Stage, cast: Cast) -> Sum:
    _unlike(stage, cast)
    stage.follow()
    stage.later(seconds=1)
    return _done(stage, cast, "PUT", LIKE, cast.post_id)


def _like_again(stage: Stage, cast: Cast) -> Sum:
    return _done(stage, cast, "PUT", LIKE, cast.post_id)


def _like_counted(stage: Stage, cast: Cast) -> Sum:
    _like(stage, cast)
    return stage.cost(stage.follow)


def _told(stage: Stage, cast: Cast) -> Sum:
    return stage.cost(lambda: tell(stage, cast.reader_id))


def _notifications(stage: Stage, cast: Cast) -> Sum:
    return _got(stage, cast, NOTIFICATIONS, limit=PAGE)


def _unread(stage: Stage, cast: Cast) -> Sum:
    return _got(stage, cast, NOTIFICATIONS, limit=1)


def _mark_read(stage: Stage, cast: Cast) -> Sum:
    tell(stage, cast.reader_id)
    newest = stage.call("GET", NOTIFICATIONS, token=cast.reader).json["items"][0]
    up_to = {"up_to": newest["notification_id"]}
    return _done(stage, cast, "POST", f"{NOTIFICATIONS}/read", body=up_to)


def _decide(stage: Stage, cast: Cast) -> Sum:
    from community.facts import CaseDecision
    from community.forum.moderation import service as moderation

    post_id = post(stage, cast.author, text=DOUBTFUL)
    stage.follow()
    return stage.cost(
        lambda: moderation.decide(post_id, CaseDecision.PASS, by=MODERATOR, now=stage.now)
    )


def _press(stage: Stage, cast: Cast) -> Sum:
    post_id = post(stage, cast.author, text=DOUBTFUL)
    stage.follow()
    pushed = letters.card_press(f"case-{post_id}", "moderation.pass", now=stage.now)
    return stage.cost(lambda: push(stage, pushed))


def _callback(stage: Stage, _cast: Cast) -> Sum:
    return stage.cost(lambda: callback(stage))


def _callback_repeated(stage: Stage, _cast: Cast) -> Sum:
    pushed = callback(stage)
    return stage.cost(lambda: push(stage, pushed))


def _certifications(stage: Stage, cast: Cast) -> Sum:
    return _got(stage, cast, "/v1/certifications", limit=PAGE)


def _sweep(stage: Stage, _cast: Cast) -> Sum:
    from chalicelib import inbox

    stage.later(minutes=2)
    return stage.cost(lambda: inbox.sweep(now=stage.now))


def _got(stage: Stage, cast: Cast, route: str, *path: str, limit: int | None = None) -> Sum:
    query = {"limit": str(limit)} if limit else None
    return _done(stage, cast, "GET", route, *path, query=query)


def _done(stage: Stage, cast: Cast, method: str, route: str, *path: str, **more: object) -> Sum:
    """What a call of the reader costs, beside knowing who calls."""
    cost = stage.cost(lambda: stage.call(method, route, *path, token=cast.reader, **more))
    return cost - cast.identity


OPERATIONS: tuple[Operation, ...] = (
    Operation("know who calls", _identity, Sum(0.5, 0, 1), Budget(0.5, 0)),
    Operation("sign in, known member", _sign_in, Sum(0.5, 0, 1), Budget(0.5, 1)),
    Operation("sign in, new member", _join, Sum(0.5, 5, 2)),
    Operation("the boards, once a minute and container", _boards, Sum(0.5, 0, 1)),
    Operation("board page of 20, all liked", _board_page, Sum(2, 0, 2), Budget(2, 0)),
    Operation("board page of 20, for guests", _board_page_for_guests, Sum(1.5, 0, 1), Budget(2, 0)),
    Operation("read a 3 KB post", _read_post, Sum(1.5, 0, 3)),
    Operation("page of 20 comments", _read_comments, Sum(1.5, 0, 2)),
    Operation("a 3 KB post with 20 comments", _read_post_and_comments, Sum(3, 0, 5), Budget(3, 0)),
    Operation("read it for the first time", _read_new_post, Sum(1.5, 1, 4)),
    Operation("a view is counted", _view_counted, Sum(1, 4, 2)),
    Operation("publish a 3 KB post", _publish, Sum(1.5, 5, 4), Budget(None, 5)),
    Operation("publish it with an Idempotency-Key", _publish_with_key, Sum(1.5, 6, 5)),
    Operation("publish it with the same key again", _publish_again, Sum(1.5, 2, 4)),
    Operation("what follows from a new post", _publish_followed, Sum(1.5, 0, 2)),
    Operation("comment", _comment, Sum(3.5, 1, 5)),
    Operation("a comment is counted", _comment_counted, Sum(1, 4, 2)),
    Operation("like", _like, Sum(0.5, 1, 2), Budget(None, 1)),
    Operation("like again", _like_again, Sum(0.5, 1, 2), Budget(None, 1)),
    Operation("unlike", _unlike, Sum(1, 1, 3), Budget(None, 1)),
    Operation("a like is counted", _like_counted, Sum(1, 4, 2)),
    Operation("a member is told something", _told, Sum(0, 4, 1)),
    Operation("notifications page of 20", _notifications, Sum(1, 0, 1), Budget(1, 0)),
    Operation("unread count", _unread, Sum(0.5, 0, 1), Budget(0.5, 0)),
    Operation("mark all read", _mark_read, Sum(2, 1, 3)),
    Operation("decide about a held post", _decide, Sum(1.5, 1, 3)),
    Operation("decide by pressing a card", _press, Sum(1.5, 5, 5)),
    Operation("a callback taken in and worked", _callback, Sum(1.5, 4, 4)),
    Operation("the same callback again", _callback_repeated, Sum(1, 1, 2)),
    Operation("my certifications", _certifications, Sum(0.5, 0, 1)),
    Operation("the sweep of the inbox finds one left", _sweep, Sum(0.5, 3, 2)),
)
