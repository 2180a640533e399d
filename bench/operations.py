"""What members, platforms and staff do, each with its budget: one table.

Everything goes through the Lambda's entry, or through the consequence that a queue would run. What it
costs to know who calls has a line of its own and is taken off all the others.
"""

from __future__ import annotations

from itertools import count

from bench import acts, letters
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
from bench.feeding import OF_FEEDS
from bench.listing import OF_LISTS, OF_MORE_LISTS
from bench.meter import Sum
from bench.operation import Budget, Operation, done, got
from bench.people import OF_PEOPLE
from bench.posting import OF_POSTS
from bench.searching import OF_SEARCH
from bench.stage import DOUBTFUL, Stage
from bench.talking import OF_COMMENTS
from bench.telling import OF_TELLING

_numbers = count(1)


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
    return got(stage, cast, POSTS, BOARD, limit=PAGE)


def _board_page_for_guests(stage: Stage, _cast: Cast) -> Sum:
    return stage.cost(lambda: stage.call("GET", POSTS, BOARD, query={"limit": str(PAGE)}))


def _read_post(stage: Stage, cast: Cast) -> Sum:
    return got(stage, cast, POST, cast.post_id)


def _read_comments(stage: Stage, cast: Cast) -> Sum:
    return got(stage, cast, COMMENTS, cast.post_id, limit=PAGE)


def _read_post_and_comments(stage: Stage, cast: Cast) -> Sum:
    return _read_post(stage, cast) + _read_comments(stage, cast)


def _read_new_post(stage: Stage, cast: Cast) -> Sum:
    post_id = post(stage, cast.author)
    stage.follow()
    return got(stage, cast, POST, post_id)


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
    return done(stage, cast, "POST", COMMENTS, cast.post_id, body={"text": COMMENT})


def _comment_counted(stage: Stage, cast: Cast) -> Sum:
    _comment(stage, cast)
    return stage.cost(stage.follow)


def _unlike(stage: Stage, cast: Cast) -> Sum:
    stage.follow()
    stage.later(seconds=1)
    return done(stage, cast, "DELETE", LIKE, cast.post_id)


def _like(stage: Stage, cast: Cast) -> Sum:
    _unlike(stage, cast)
    stage.follow()
    stage.later(seconds=1)
    return done(stage, cast, "PUT", LIKE, cast.post_id)


def _like_again(stage: Stage, cast: Cast) -> Sum:
    return done(stage, cast, "PUT", LIKE, cast.post_id)


def _like_counted(stage: Stage, cast: Cast) -> Sum:
    _like(stage, cast)
    return stage.cost(stage.follow)


def _told(stage: Stage, cast: Cast) -> Sum:
    return stage.cost(lambda: tell(stage, cast.reader_id))


def _notifications(stage: Stage, cast: Cast) -> Sum:
    return got(stage, cast, NOTIFICATIONS, limit=PAGE)


def _unread(stage: Stage, cast: Cast) -> Sum:
    return got(stage, cast, NOTIFICATIONS, limit=1)


def _mark_read(stage: Stage, cast: Cast) -> Sum:
    tell(stage, cast.reader_id)
    newest = stage.call("GET", NOTIFICATIONS, token=cast.reader).json["items"][0]
    up_to = {"up_to": newest["notification_id"]}
    return done(stage, cast, "POST", f"{NOTIFICATIONS}/read", body=up_to)


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
    return got(stage, cast, "/v1/certifications", limit=PAGE)


def _tags(stage: Stage, cast: Cast) -> Sum:
    from community.people.tags import service as tags

    acts.warm_tags(stage)
    return stage.cost(lambda: tags.of(cast.reader_id, now=stage.now))


def _interest(stage: Stage, cast: Cast) -> Sum:
    """The like of a post with a topic that the reader did not care for yet."""
    post_id = post(stage, cast.author, topics=(f"话题{next(_numbers)}",))
    stage.follow()
    return _interest_in(stage, cast, post_id)


def _interest_again(stage: Stage, cast: Cast) -> Sum:
    return _interest_in(stage, cast, cast.post_id)


def _interest_in(stage: Stage, cast: Cast, post_id: str) -> Sum:
    from community.facts import Reacted
    from community.forum.interests import service as interests

    acts.warm_tags(stage)
    fact = Reacted(
        fact_id=f"liked-{next(_numbers)}",
        at=stage.now,
        member_id=cast.reader_id,
        board_id=BOARD,
        post_id=post_id,
        kind="like",
    )
    return stage.cost(lambda: interests.follow_reaction(fact))


def _sweep(stage: Stage, _cast: Cast) -> Sum:
    from chalicelib import inbox

    stage.later(minutes=2)
    return stage.cost(lambda: inbox.sweep(now=stage.now))


OPERATIONS: tuple[Operation, ...] = (
    Operation("know who calls", _identity, Sum(0.5, 0, 1), Budget(0.5, 0)),
    Operation("sign in, known member", _sign_in, Sum(0.5, 0, 1), Budget(0.5, 1)),
    Operation("sign in, new member", _join, Sum(0.5, 8, 2)),
    Operation("the boards, once a minute and container", _boards, Sum(0.5, 0, 1)),
    Operation("board page of 20, all liked", _board_page, Sum(2, 0, 2), Budget(2, 0)),
    Operation("board page of 20, for guests", _board_page_for_guests, Sum(1.5, 0, 1), Budget(2, 0)),
    Operation("read a 3 KB post", _read_post, Sum(1.5, 0, 3)),
    Operation("page of 20 comments", _read_comments, Sum(1.5, 0, 2)),
    Operation("a 3 KB post with 20 comments", _read_post_and_comments, Sum(3, 0, 5), Budget(3, 0)),
    Operation("read it for the first time", _read_new_post, Sum(1.5, 1, 4)),
    Operation("a view is counted", _view_counted, Sum(4.5, 7, 9)),
    Operation("publish a 3 KB post", _publish, Sum(1.5, 5, 4), Budget(None, 5)),
    Operation("publish it with an Idempotency-Key", _publish_with_key, Sum(1.5, 6, 5)),
    Operation("publish it with the same key again", _publish_again, Sum(1.5, 2, 4)),
    Operation("what follows from a new post", _publish_followed, Sum(13, 9, 20)),
    Operation("comment", _comment, Sum(3.5, 1, 5)),
    Operation("a comment is counted", _comment_counted, Sum(11.5, 13, 19)),
    Operation("like", _like, Sum(0.5, 1, 2), Budget(None, 1)),
    Operation("like again", _like_again, Sum(0.5, 1, 2), Budget(None, 1)),
    Operation("unlike", _unlike, Sum(1, 1, 3), Budget(None, 1)),
    Operation("a like is counted", _like_counted, Sum(17.5, 14, 22)),
    Operation("a member is told something", _told, Sum(0, 4, 1)),
    Operation("notifications page of 20", _notifications, Sum(1, 0, 1), Budget(1, 0)),
    Operation("unread count", _unread, Sum(0.5, 0, 1), Budget(0.5, 0)),
    Operation("mark all read", _mark_read, Sum(2, 1, 3)),
    Operation("decide about a held post", _decide, Sum(1.5, 4, 3)),
    Operation("decide by pressing a card", _press, Sum(1.5, 8, 5)),
    Operation("a callback taken in and worked", _callback, Sum(1.5, 4, 4)),
    Operation("the same callback again", _callback_repeated, Sum(1, 1, 2)),
    Operation("my certifications", _certifications, Sum(0.5, 0, 1)),
    Operation("a member's tags, 30 of them", _tags, Sum(0.5, 0, 1)),
    Operation("an interest is noted", _interest, Sum(1, 2, 3)),
    Operation("an interest is noted again", _interest_again, Sum(1, 0, 2)),
    *OF_PEOPLE,
    *OF_LISTS,
    *OF_SEARCH,
    *OF_FEEDS,
    *OF_TELLING,
    *OF_POSTS,
    *OF_COMMENTS,
    *OF_MORE_LISTS,
    Operation("the sweep of the inbox finds one left", _sweep, Sum(0.5, 3, 2)),
)
