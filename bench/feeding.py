"""Feeds: what a session of a member costs in units, page by page, and what its order takes of our own time."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from datetime import timedelta
from io import StringIO
from itertools import count, cycle

from moto import mock_aws

from bench import acts, entry
from bench.acts import PAGE, POSTS, Cast
from bench.canned import Canned
from bench.figures import Figure, Sample
from bench.meter import Sum
from bench.operation import Budget, Operation, done
from bench.stage import Stage, opened
from local import say

FEED, EVENTS = "/v1/feed", "/v1/feed/events"
MEMBER, FOLLOW, BLOCK = (
    "/v1/members/{member_id}",
    "/v1/follows/{kind}/{target_id}",
    "/v1/me/blocks/{member_id}",
)
SLOTS = "/v1/slots"
BOARDS = ("new-car-shopping", "car-care", "accessory-deals", "new-launches", "members-only")
ON_A_BOARD, AUTHORS, PAGES, BATCH = 30, 5, 5, 50
CANDIDATES, ROUNDS = 200, 40
USUAL_TITLE = "两万公里保养清单，照着做不花冤枉钱"
USUAL_TEXT = "机油机滤必换，空调滤芯自己换就行，变速箱油还早。附上我在三家店的报价对比。"
_numbers = count(1)


def _window(stage: Stage, cast: Cast) -> Sum:
    """What a container reads for everybody who comes within some seconds."""
    from community.forum.feed import service as feed

    _crowd(stage, cast)
    stage.later(seconds=30)
    return stage.cost(lambda: [feed._window(board, stage.now) for board in BOARDS])


def _first_page(stage: Stage, cast: Cast) -> Sum:
    return _pages(stage, cast, 1)[0]


def _further_page(stage: Stage, cast: Cast) -> Sum:
    return _pages(stage, cast, 2)[1]


def _session(stage: Stage, cast: Cast) -> Sum:
    """A page on average, of a session of five in a container that has nothing at hand."""
    window = _window(stage, cast)
    return _mean([window, *_pages(stage, cast, PAGES)], PAGES)


def _two_pages(stage: Stage, cast: Cast) -> Sum:
    """The same of two, where others were here before."""
    return _mean(_pages(stage, cast, 2), 2)


def _guest(stage: Stage, _cast: Cast) -> Sum:
    _warm(stage)
    return stage.cost(lambda: stage.call("GET", FEED, query={"limit": str(PAGE)}))


def _events(stage: Stage, cast: Cast) -> Sum:
    stage.later(seconds=1)
    of_page = cycle(cast.post_ids)
    body = {"events": [_event(stage, next(of_page)) for _ in range(BATCH)]}
    return done(stage, cast, "POST", EVENTS, body=body)


def _events_followed(stage: Stage, cast: Cast) -> Sum:
    stage.follow()
    _events(stage, cast)
    acts.warm_tags(stage)
    return stage.cost(stage.follow)


def _follow(stage: Stage, cast: Cast) -> Sum:
    somebody = _somebody(stage)
    return done(stage, cast, "PUT", FOLLOW, "member", somebody)


def _follower_counted(stage: Stage, cast: Cast) -> Sum:
    from community import facts
    from community.forum.follows import service as follows

    _follow(stage, cast)
    *_, fact = map(facts.read, stage.news)
    assert isinstance(fact, facts.Followed)
    return stage.cost(lambda: follows.follow_up(fact))


def _block(stage: Stage, cast: Cast) -> Sum:
    somebody = _somebody(stage)
    return done(stage, cast, "PUT", BLOCK, somebody)


def _member(stage: Stage, cast: Cast) -> Sum:
    return done(stage, cast, "GET", MEMBER, acts.member_id_of(stage, cast.author))


def _slots(stage: Stage, _cast: Cast) -> Sum:
    stage.later(minutes=2)
    return stage.cost(lambda: stage.call("GET", SLOTS))


OF_FEEDS: tuple[Operation, ...] = (
    Operation("the feed's window, every 20 s and container", _window, Sum(15, 0, 15)),
    Operation("my feed, first page of 20", _first_page, Sum(3, 4, 7)),
    Operation("my feed, a further page", _further_page, Sum(1, 0, 2)),
    Operation(
        "my feed, of five pages one, window included", _session, Sum(4, 0.8, 5), Budget(4, None)
    ),
    Operation("my feed, of two pages one", _two_pages, Sum(1.75, 2, 4), Budget(4, None)),
    Operation("the feed of guests, once a minute", _guest, Sum(0, 3, 1), Budget(4, None)),
    Operation("50 feed events, of 20 posts", _events, Sum(1, 5, 2)),
    Operation("interests follow from 50 feed events", _events_followed, Sum(11, 0, 22)),
    Operation("follow a member", _follow, Sum(2, 1, 3)),
    Operation("a follower is counted", _follower_counted, Sum(4, 4, 5)),
    Operation("block a member", _block, Sum(2, 1, 3)),
    Operation("a member as others see them", _member, Sum(2, 0, 3)),
    Operation("the slots, once a minute and container", _slots, Sum(1, 0, 1)),
)


def measured() -> list[Figure]:
    """What a feed's first page takes of our own time, and its order alone."""
    with say.step("Feeds"):
        return [_latency(), _ranking()]


def _latency() -> Figure:
    from app import app
    from chalicelib.tables import connection

    client, canned = connection().client, Canned()
    in_memory = mock_aws()
    in_memory.start()
    with opened() as stage, redirect_stdout(StringIO()):
        cast = acts.prepare(stage)
        _crowd(stage, cast)
        _warm(stage)
        stage.meter.leave(client)
        asked = entry.event("GET", FEED, query={"limit": str(PAGE)}, token=cast.reader)
        with canned.learning(client):
            assert len(json.loads(app(asked, None)["body"])["items"]) == PAGE
        in_memory.stop()
        with canned.answering(client):
            took = _timed(lambda: app(asked, None))
    sample = Sample(took)
    what = "first page of a member's feed through the Lambda's entry, CPU"
    note = f"middle half {sample.spread}; DynamoDB's answers at hand, the boards' windows in memory"
    return Figure(0, what, sample.quiet, " ms", note=note)


def _ranking() -> Figure:
    from datetime import UTC, datetime

    from chalicelib import ids
    from community.commons.audience.rules import EVERYONE
    from community.forum.boards.rules import BOARDS_FROM_THE_START
    from community.forum.feed import rules
    from community.forum.posts.rules import Author, Card, Counts

    now = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
    boards = {board.board_id: board for board in BOARDS_FROM_THE_START}
    cards = [
        Card(
            post_id=ids.new_id(now - timedelta(minutes=number), f"post {number}"),
            board_id=BOARDS[number % len(BOARDS)],
            author=Author(f"author-{number % 60}", "车友", ()),
            kind="discussion",
            title=USUAL_TITLE,
            teaser=USUAL_TEXT,
            audience=EVERYONE,
            counts=Counts(likes=number % 7),
        )
        for number in range(CANDIDATES)
    ]
    reader = rules.Reader(authors=frozenset({"author-1", "author-2"}), cares={"car-care": 1.0})
    seeds = count(1)
    took = _timed(
        lambda: rules.ranked(cards, reader, led={}, boards=boards, now=now, seed=f"s{next(seeds)}")
    )
    sample = Sample(took)
    what = f"a feed's {CANDIDATES} candidates in order, CPU"
    return Figure(0, what, sample.quiet, " ms", note=f"middle half {sample.spread}")


def _timed(call: Callable[[], object]) -> list[float]:
    """CPU milliseconds of each call."""
    call()
    took = []
    for _ in range(ROUNDS):
        started = time.process_time()
        call()
        took.append((time.process_time() - started) * 1_000)
    return took


def _pages(stage: Stage, cast: Cast, number: int) -> list[Sum]:
    """A session, page by page."""
    _warm(stage)
    costs, cursor = [], None
    for _ in range(number):
        asked = {"limit": str(PAGE)} | ({"cursor": cursor} if cursor else {})
        replies: list[str | None] = []

        def call(asked: dict[str, str] = asked, replies: list[str | None] = replies) -> None:
            reply = stage.call("GET", FEED, token=cast.reader, query=asked)
            assert len(reply.json["items"]) == PAGE
            replies.append(reply.json["next_cursor"])

        costs.append(stage.cost(call) - cast.identity)
        (cursor,) = replies
    return costs


def _mean(costs: list[Sum], number: int) -> Sum:
    whole = sum(costs, Sum())
    return Sum(whole.reads / number, whole.writes / number, round(whole.calls / number))


def _warm(stage: Stage) -> None:
    """The container has boards, tags and windows at hand."""
    from community.forum.feed import service as feed

    stage.call("GET", acts.BOARDS)
    acts.warm_tags(stage)
    for board in BOARDS:
        feed._window(board, stage.now)


def _event(stage: Stage, post_id: str) -> dict[str, object]:
    at = stage.now.isoformat()
    return {"post_id": post_id, "kind": "dwelled", "at": at, "ms": 12_000}


def _somebody(stage: Stage) -> str:
    token = acts.signed_in(stage, f"somebody-{next(_numbers)}")
    stage.follow()
    return acts.member_id_of(stage, token)


def _crowd(stage: Stage, cast: Cast) -> None:
    """Full windows on all boards, and a reader who follows and cares for much and has seen much; once."""
    from community import facts
    from community.forum.feed import records
    from community.forum.hot import service as hot
    from community.forum.lists import service as lists

    if "crowd" in stage.made:
        return
    stage.made["crowd"] = True
    stage.follow()
    authors = [acts.owner(stage, f"author-{number}") for number in range(AUTHORS)]
    for number in range(ON_A_BOARD * len(BOARDS)):
        stage.later(seconds=1)
        draft = {
            "kind": "discussion",
            "title": USUAL_TITLE,
            "text": USUAL_TEXT,
            "topics": [f"自驾露营{number % 10}"],
        }
        board = BOARDS[number % len(BOARDS)]
        stage.call("POST", POSTS, board, token=authors[number % AUTHORS], body=draft)
    for text in stage.news:
        fact = facts.read(text)
        if isinstance(fact, facts.PostPublished):
            hot.follow(fact)
            lists.follow(fact)
    stage.news.clear()
    hot.refresh(now=stage.now)
    for number in range(20):
        stage.later(seconds=1)
        stage.call("PUT", FOLLOW, "topic", f"自驾露营{number}", token=cast.reader)
    for author in authors:
        member_id = acts.member_id_of(stage, author)
        stage.call("PUT", FOLLOW, "member", member_id, token=cast.reader)
    stage.follow()
    fact = facts.FeedEventsNoted(
        fact_id="seen-much", at=stage.now, member_id=cast.reader_id, seen=(), dwelled={}, clicked=()
    )
    records.note(cast.reader_id, [f"{number:026}" for number in range(500)], fact, now=stage.now)
    stage.follow()
