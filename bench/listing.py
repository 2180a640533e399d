"""Lists and counts: what they cost, and what a post that everybody likes asks of one partition."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import redirect_stdout
from datetime import UTC, datetime
from io import StringIO
from itertools import count
from typing import TYPE_CHECKING

from bench import acts
from bench.acts import BOARD, PAGE, POST, Cast
from bench.meter import Meter, Sum
from bench.operation import Budget, Operation, done, got
from bench.stage import Stage

if TYPE_CHECKING:
    from community.people.members.rules import Member

TOPIC, MODEL = "自驾露营", "帕萨特"
PINNED_ON, PINS = "new-car-shopping", 3
LIKES_A_SECOND = 167
"""10,000 a minute."""
WINDOW_S = 5
AT_ONCE = 100
BORN = datetime(2026, 11, 22, tzinfo=UTC)
_numbers = count(1)


def _hot(stage: Stage, after_s: int) -> Sum:
    stage.later(seconds=after_s)
    query = {"limit": str(PAGE), "sort": "hot"}
    return stage.cost(lambda: stage.call("GET", acts.POSTS, BOARD, query=query))


def _hot_made(stage: Stage, _cast: Cast) -> Sum:
    from community.forum.hot import service as hot

    stage.call("GET", acts.BOARDS)
    stage.later(minutes=11)
    stage.call("GET", acts.BOARDS)
    return stage.cost(lambda: hot.refresh(now=stage.now))


def _hot_page(stage: Stage, _cast: Cast) -> Sum:
    return _hot(stage, 10)


def _hot_page_again(stage: Stage, _cast: Cast) -> Sum:
    return _hot(stage, 1)


def _topic_page(stage: Stage, cast: Cast) -> Sum:
    stage.follow()
    for _ in range(PAGE):
        acts.post(stage, cast.author, topics=[TOPIC])
    _list(stage)
    return got(stage, cast, "/v1/topics/{topic}/posts", TOPIC, limit=PAGE)


def _favourite(stage: Stage, cast: Cast) -> Sum:
    return done(stage, cast, "PUT", "/v1/posts/{post_id}/favourite", cast.post_id)


def _favourites(stage: Stage, cast: Cast) -> Sum:
    for post_id in cast.post_ids:
        stage.later(seconds=1)
        stage.call("PUT", "/v1/posts/{post_id}/favourite", post_id, token=cast.reader)
    stage.follow()
    return got(stage, cast, "/v1/me/favourites", limit=PAGE)


def _history(stage: Stage, cast: Cast) -> Sum:
    for post_id in cast.post_ids:
        stage.later(seconds=1)
        stage.call("GET", POST, post_id, token=cast.reader)
    stage.follow()
    return got(stage, cast, "/v1/me/history", limit=PAGE)


def _my_posts(stage: Stage, cast: Cast) -> Sum:
    cost = stage.cost(
        lambda: stage.call("GET", "/v1/me/posts", token=cast.author, query={"limit": str(PAGE)})
    )
    return cost - cast.identity


def _hot_page_of_member(stage: Stage, cast: Cast) -> Sum:
    """With which of these I like; the list itself is in memory."""
    _hot_page(stage, cast)
    return done(stage, cast, "GET", acts.POSTS, BOARD, query={"limit": str(PAGE), "sort": "hot"})


def _featured(stage: Stage, cast: Cast) -> Sum:
    from community.forum.posts import curating

    stage.follow()
    for post_id in cast.post_ids:
        stage.later(seconds=1)
        curating.feature(post_id, on=True, by=acts.MODERATOR, now=stage.now)
    _list(stage)
    return _sorted(stage, cast, "featured")


def _unanswered(stage: Stage, cast: Cast) -> Sum:
    stage.follow()
    for _ in range(PAGE):
        acts.post(stage, cast.author, kind="question", model=MODEL)
    _list(stage)
    return _sorted(stage, cast, "unanswered")


def _model_page(stage: Stage, cast: Cast) -> Sum:
    return got(stage, cast, "/v1/models/{model}/posts", MODEL, limit=PAGE)


def _author_page(stage: Stage, cast: Cast) -> Sum:
    author_id = acts.member_id_of(stage, cast.author)
    return got(stage, cast, "/v1/members/{member_id}/posts", author_id, limit=PAGE)


def _my_comments(stage: Stage, cast: Cast) -> Sum:
    return got(stage, cast, "/v1/me/comments", limit=PAGE)


def _pinned(stage: Stage, cast: Cast) -> Sum:
    """Posts stand above the others that are older than the page; the cards are at hand."""
    from community.forum.posts import curating

    pinned = [acts.post(stage, cast.author, board=PINNED_ON) for _ in range(PINS)]
    for _ in range(PAGE):
        post_id = acts.post(stage, cast.author, board=PINNED_ON)
        stage.call("PUT", acts.LIKE, post_id, token=cast.reader)
    stage.follow()
    for post_id in pinned:
        stage.later(seconds=1)
        curating.pin(post_id, on=True, by=acts.MODERATOR, now=stage.now)
    stage.later(minutes=2)
    for _ in range(2):  # The boards and what is pinned there are read once a minute.
        cost = got(stage, cast, acts.POSTS, PINNED_ON, limit=PAGE)
    for post_id in pinned:
        stage.later(seconds=1)
        curating.pin(post_id, on=False, by=acts.MODERATOR, now=stage.now)
    return cost


def _useful(stage: Stage, cast: Cast) -> Sum:
    return done(stage, cast, "PUT", "/v1/posts/{post_id}/reactions/useful", _new(stage, cast))


def _share(stage: Stage, cast: Cast) -> Sum:
    return done(stage, cast, "PUT", "/v1/posts/{post_id}/reactions/share", _new(stage, cast))


def _new(stage: Stage, cast: Cast) -> str:
    post_id = acts.post(stage, cast.author)
    stage.follow()
    return post_id


def _list(stage: Stage) -> None:
    """Posts stand where they belong; what else follows is of no interest."""
    from community import facts
    from community.forum.lists import service as lists

    for fact in map(facts.read, stage.news):
        if isinstance(fact, facts.PostPublished | facts.PostEdited):
            lists.follow(fact)
    stage.news.clear()


def _sorted(stage: Stage, cast: Cast, sort: str) -> Sum:
    stage.call("GET", acts.BOARDS)
    return done(stage, cast, "GET", acts.POSTS, BOARD, query={"limit": str(PAGE), "sort": sort})


def _likes(stage: Stage, cast: Cast) -> Sum:
    """Of members who never opened the post before; what else follows from them is not in it."""
    from community import consequences
    from community.forum.reactions import service as reactions

    stage.made["loved"] = post_id = acts.post(stage, cast.author, audience={})
    stage.follow()
    for member in _members(AT_ONCE):
        reactions.like(member, post_id, now=stage.now)
    told, stage.news = stage.news, []
    return stage.cost(lambda: consequences.count(told))


def _recount(stage: Stage, _cast: Cast) -> Sum:
    from community.facts import RecountDue
    from community.forum.recount import service as recount

    fact = RecountDue(fact_id="r", at=stage.now, board_id=BOARD, post_id=stage.made["loved"])
    return stage.cost(lambda: recount.follow(fact))


def rush(stage: Stage, post_id: str, *, seconds: int) -> Meter:
    """Members like one post, as fast as 10,000 a minute, and everything follows from it.

    The counts queue brings what came in a window, a hundred at most at once; the clock stands still while
    a second's work is done, so a partition is asked for at least as much a second as it would be.
    """
    from community import consequences
    from community.forum.reactions import service as reactions

    stage.follow()
    waiting: list[str] = []
    stage.meter.uses.clear()
    stage.meter.is_counting = True
    with redirect_stdout(StringIO()):
        for second in range(seconds + WINDOW_S):
            stage.later(seconds=1)
            for member in _members(LIKES_A_SECOND if second < seconds else 0):
                reactions.like(member, post_id, now=stage.now)
            while stage.news:
                news, stage.news = stage.news, []
                waiting += [fact for fact in news if '"reacted.1"' in fact]
                for fact in news:
                    consequences.follow(fact)
            if second % WINDOW_S == WINDOW_S - 1:
                for at in range(0, len(waiting), AT_ONCE):
                    consequences.count(waiting[at : at + AT_ONCE])
                waiting = []
    stage.meter.is_counting = False
    return stage.meter


def _members(number: int) -> Iterator[Member]:
    from chalicelib import ids
    from tests.builders import an_owner

    for _ in range(number):
        yield an_owner(member_id=ids.new_id(BORN, f"liker {next(_numbers)}"))


OF_LISTS: tuple[Operation, ...] = (
    Operation("the hot list of a board is made anew", _hot_made, Sum(36.5, 25, 14)),
    Operation("hot page of 20, for guests", _hot_page, Sum(2.5, 0, 2), Budget(2.5, 0)),
    Operation("the same within five seconds", _hot_page_again, Sum(0, 0, 0), Budget(0, 0)),
    Operation("topic page of 20", _topic_page, Sum(11, 0, 3)),
    Operation("find a post useful", _useful, Sum(0.5, 1, 2), Budget(None, 1)),
    Operation("share a post", _share, Sum(0.5, 1, 2), Budget(None, 1)),
    Operation("keep a post", _favourite, Sum(0.5, 2, 2)),
    Operation("favourites page of 20", _favourites, Sum(12, 0, 3)),
    Operation("history page of 20", _history, Sum(12.5, 0, 4)),
    Operation("my posts, page of 20", _my_posts, Sum(21, 0, 4)),
    Operation("100 likes of one post are counted", _likes, Sum(111.5, 309, 24)),
    Operation("the counts of that post are looked at", _recount, Sum(107, 0, 9)),
)

OF_MORE_LISTS: tuple[Operation, ...] = (
    Operation("hot page of 20, in memory, for a member", _hot_page_of_member, Sum(0.5, 0, 1)),
    Operation("featured page of 20", _featured, Sum(12, 0, 3)),
    Operation("unanswered page of 20", _unanswered, Sum(11, 0, 3)),
    Operation("model page of 20", _model_page, Sum(11, 0, 3)),
    Operation("a member's posts, page of 20", _author_page, Sum(12, 0, 4)),
    Operation("board page of 20, all liked, and three pinned", _pinned, Sum(3.5, 0, 3)),
    Operation("my comments, page of 20", _my_comments, Sum(23.5, 0, 4)),
)
