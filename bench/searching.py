"""Finding posts: what a search and an index cost in units, and what a search takes of our own time."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import redirect_stdout
from datetime import timedelta
from io import StringIO
from itertools import count
from random import Random

from moto import mock_aws

from bench import acts, entry
from bench.acts import BOARD, PAGE, Cast
from bench.canned import Canned
from bench.figures import Figure, Sample
from bench.meter import Sum
from bench.operation import Operation, done
from bench.stage import Stage, opened
from local import say

SEARCH, SUGGESTIONS = "/v1/search", "/v1/search/suggestions"
ASKED = "刹车异响"
BEHIND = 230
"""Older posts with the same words: more than are looked at."""
ROUNDS, CALLS_A_ROUND = 15, 10
A_POST = (
    "两万公里的朗逸，最近低速踩刹车的时候前轮有异响，像金属摩擦的声音，雨天更明显。去4S店检查，师傅说"
    "刹车片还剩一半，刹车盘有一点沟槽，建议打磨或者更换，报价一千二。我自己在网上查了一下，同款刹车盘"
    "加刹车片一套才六百多，小区门口的修理厂工时费一百五。想问问大家有没有遇到过同样的情况？换完之后还响吗？"
    "另外变速箱油该不该一起换，手册上写的是六万公里，可是师傅说城市里堵车多要提前。轮胎也有点偏磨，"
    "四轮定位做过一次，方向盘还是有一点往右跑偏。机油用的是5W-30全合成，一次保养四百左右，不知道算不算贵。"
)
_numbers = count(1)


def _searched(stage: Stage, cast: Cast, **query: str) -> Sum:
    _warm(stage)
    asked = {"q": ASKED, "limit": str(PAGE), **query}
    return done(stage, cast, "GET", SEARCH, query=asked)


def _search(stage: Stage, cast: Cast) -> Sum:
    _crowd(stage, cast)
    return _searched(stage, cast)


def _search_of_guests(stage: Stage, _cast: Cast) -> Sum:
    _warm(stage)
    asked = {"q": ASKED, "limit": str(PAGE)}
    return stage.cost(lambda: stage.call("GET", SEARCH, query=asked))


def _search_latest(stage: Stage, cast: Cast) -> Sum:
    return _searched(stage, cast, sort="latest")


def _search_rare(stage: Stage, cast: Cast) -> Sum:
    """Nothing has all words: every post with the rare one is held against the common one."""
    return _searched(stage, cast, q="刹车凯美瑞")


def _search_one(stage: Stage, cast: Cast) -> Sum:
    return _searched(stage, cast, q="刹车")


def _search_three(stage: Stage, cast: Cast) -> Sum:
    return _searched(stage, cast, q="低速刹车异响")


def _suggest(stage: Stage, _cast: Cast) -> Sum:
    return stage.cost(lambda: stage.call("GET", SUGGESTIONS, query={"q": "刹车"}))


def _indexed(stage: Stage, cast: Cast, text: str) -> Sum:
    return stage.cost(_renewing(stage, _post(stage, cast, text)))


def _index(stage: Stage, cast: Cast) -> Sum:
    return _indexed(stage, cast, A_POST[:300])


def _index_longest(stage: Stage, cast: Cast) -> Sum:
    letters = Random(1).sample(range(0x4E00, 0x9FA5), 1_000)
    return _indexed(stage, cast, "".join(map(chr, letters)))


def _index_again(stage: Stage, cast: Cast) -> Sum:
    post_id = _post(stage, cast, A_POST)
    _renewing(stage, post_id)()
    return stage.cost(_renewing(stage, post_id))


def _renewing(stage: Stage, post_id: str) -> Callable[[], None]:
    from community.forum.search import service as search

    return lambda: search.renew(post_id, anew=False, now=stage.now)


def _post(stage: Stage, cast: Cast, text: str) -> str:
    """A post that is not indexed yet."""
    post_id = acts.post(stage, cast.author, text=text, audience={})
    stage.news.clear()
    return post_id


def _warm(stage: Stage) -> None:
    """The container has the boards and the sample at hand."""
    stage.call("GET", acts.BOARDS)
    stage.call("GET", SEARCH, query={"q": "天窗"})


def _crowd(stage: Stage, cast: Cast) -> None:
    """A page of posts with the words, and behind them more than are looked at."""
    from chalicelib import ids
    from community.forum.search.index import records
    from community.forum.search.index.rules import Posting
    from community.forum.search.words import splitter

    for _ in range(PAGE):
        acts.post(stage, cast.author, text=ASKED, audience={})
    stage.follow()
    posting = Posting(0, 1, 400, "discussion", BOARD, 0)
    postings = dict.fromkeys(splitter.asked(ASKED), posting)
    for number in range(BEHIND):
        at = stage.now - timedelta(days=1 + number)
        records.write(ids.new_id(at, f"old {next(_numbers)}"), postings, [])


OF_SEARCH: tuple[Operation, ...] = (
    Operation("search for two common words, page of 20", _search, Sum(14.5, 0, 4)),
    Operation("the same, for guests", _search_of_guests, Sum(14, 0, 3)),
    Operation("the same, latest first", _search_latest, Sum(14.5, 0, 4)),
    Operation("search for a common and an unknown word", _search_rare, Sum(13, 0, 4)),
    Operation("search for one word, page of 20", _search_one, Sum(12.5, 0, 3)),
    Operation("search for three words", _search_three, Sum(15, 0, 5)),
    Operation("suggestions", _suggest, Sum(0.5, 0, 1)),
    Operation("a post of 300 characters is indexed", _index, Sum(2.5, 64, 8)),
    Operation("the post with the most words is indexed", _index_longest, Sum(2.5, 104, 10)),
    Operation("it is indexed again, unchanged", _index_again, Sum(2.5, 0, 3)),
)


def measured() -> list[Figure]:
    """What a search takes of our own time, and splitting a text."""
    from app import app
    from chalicelib.tables import connection

    client, canned = connection().client, Canned()
    in_memory = mock_aws()
    in_memory.start()
    with say.step("Searches"), opened() as stage, redirect_stdout(StringIO()):
        cast = acts.prepare(stage)
        _crowd(stage, cast)
        _warm(stage)
        stage.meter.leave(client)
        asked = entry.event("GET", SEARCH, query={"q": ASKED, "limit": str(PAGE)})
        with canned.learning(client):
            app(asked, None)
        in_memory.stop()
        with canned.answering(client):
            ms = _timed(lambda: app(asked, None))
    sample = Sample(ms)
    return [
        Figure(
            0,
            "search for two common words through the Lambda's entry, page of 20, CPU",
            sample.quiet,
            " ms",
            note=f"middle half {sample.spread}; DynamoDB's answers at hand: 400 postings, 20 cards",
        ),
        _splitting(),
    ]


def _splitting() -> Figure:
    from community.forum.search.words import splitter

    text = (A_POST * 4)[:1_000]
    sample = Sample(_timed(lambda: splitter.words(text)))
    return Figure(
        0,
        "a text of 1,000 characters split into words, CPU",
        sample.quiet,
        " ms",
        note="rjieba at hand",
    )


def _timed(call: Callable[[], object]) -> list[float]:
    call()
    rounds = []
    for _ in range(ROUNDS):
        start = time.process_time()
        for _ in range(CALLS_A_ROUND):
            call()
        rounds.append((time.process_time() - start) * 1000 / CALLS_A_ROUND)
    return rounds
