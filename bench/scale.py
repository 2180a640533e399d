"""Whether anything costs more when there is more: every operation, and lists in one huge partition.

It runs itself as a process, because a process keeps the DynamoDB that it first spoke to: once on the
emulator, which knows transactions, and once on dynalite, which can hold a million rows in a partition.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple
from functools import partial
from pathlib import Path
from typing import Any

import boto3
from moto import mock_aws

from bench import acts, big_store
from bench.acts import COMMENTS, NOTIFICATIONS, PAGE, POSTS, Cast
from bench.crowd import LONG_AGO, PLACE, STEP, Many, Rows
from bench.feeding import FEED, FOLLOW
from bench.figures import Figure
from bench.meter import Sum
from bench.operations import OPERATIONS
from bench.searching import SEARCH
from bench.stage import Stage, in_memory, make_tables, opened, table_of
from bench.talking import LIKE_COMMENT
from local import ports, say
from local.emulator import Emulator
from local.places import LOCAL, REPO

FEW, MANY, MOST = 1_000, 100_000, 1_000_000
GROWTH_MAX = 1.05
BOARDS = {FEW: "new-car-shopping", MANY: "accessory-deals", MOST: "new-launches"}
WORDS = {FEW: "电瓶", MANY: "天窗", MOST: "雨刮"}
TOPICS = {FEW: "自驾川西", MANY: "自驾滇藏", MOST: "自驾环湖"}
FAVOURITE = "/v1/posts/{post_id}/favourite"
BATCH_ROWS = 25
_LISTS = LOCAL / "bench" / "lists"
_ABOUT_ROWS = (
    *("chalicelib/**/*.py", "community/**/*.py", "bench/dynalite/*"),
    *("bench/acts.py", "bench/crowd.py", "bench/scale.py", "bench/stage.py"),
)

Costs = Mapping[str, Sum]


def measured() -> list[Figure]:
    """Figure 8: every operation, and the lists."""
    # Units are exact whatever else runs: all at once.
    with ThreadPoolExecutor() as at_once:
        operations = [at_once.submit(_operations_among, size) for size in (FEW, MANY)]
        lists = _lists_among_all()
        few, many = (each.result() for each in operations)
    return [
        _figure("any operation", "10^5 rows", few, many, "on the emulator"),
        _figure("any list", "10^5 in one partition", lists[FEW], lists[MANY], "on dynalite"),
        _figure("any list", "10^6 in one partition", lists[FEW], lists[MOST], "on dynalite"),
    ]


def _lists_among_all() -> dict[int, Costs]:
    folder = _filled_folder()
    with say.step(f"Lists of up to {MOST:,} rows"), big_store.serving(folder / "data") as url:
        return _in_process("lists", str(folder), AWS_ENDPOINT_URL_DYNAMODB=url)


def _operations_among(size: int) -> Costs:
    """On an emulator of their own: what they do is done for the first time, and only the rows differ."""
    what = f"Every operation among {size:,} rows"
    with tempfile.TemporaryDirectory() as state, say.step(what):
        emulator = Emulator(Path(state), ports.free(), tied=True)
        emulator.start()
        try:
            return _in_process("operations", str(size), AWS_ENDPOINT_URL=emulator.url)[size]
        finally:
            emulator.keeper.stop()


def _figure(what: str, at: str, few: Costs, many: Costs, where: str) -> Figure:
    growth, worst = max(
        (now / before, name)
        for name in few
        for now, before in zip(astuple(many[name]), astuple(few[name]), strict=True)
        if before
    )
    return Figure(
        8,
        f"{what}: units and calls at {at} ÷ at 10^3",
        growth,
        goal=GROWTH_MAX,
        limit="1.0",
        note=f"{where}; " + (f"“{worst}”" if growth > 1 else f"none of {len(few)} costs more"),
    )


def _in_process(*command: str, **environment: str) -> dict[int, Costs]:
    """What a process of this module says that things cost, by how much there was."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.scale", *command],
        cwd=REPO,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    told_costs = json.loads(done.stdout.splitlines()[-1])
    return {
        int(size): {name: Sum(*units) for name, units in costs.items()}
        for size, costs in told_costs.items()
    }


def _operations(size: int) -> dict[int, Costs]:
    """What every operation costs among so many rows."""
    with opened() as stage:
        cast = acts.prepare(stage)
        for many in _crowd(stage.rows(), cast, size):
            _put(stage, many)
        return {size: {each.name: each.do(stage, cast) for each in OPERATIONS}}


def _crowd(rows: Rows, cast: Cast, count: int) -> list[Many]:
    """So many rows around the cast: in their lists, and beside them."""
    like = partial(Many.like, rows, count=count // 5)
    return [
        like("forum", pk=f"board#{acts.BOARD}"),
        like("forum", pk="post#", sk="post"),
        like("platform", pk=f"notifications#{cast.reader_id}", sk="n#"),
        like("platform", pk="inbox#"),
        like("people", pk="member#", change={"gsi1pk": f"openid#{PLACE}"}),
    ]


def _put(stage: Stage, many: Many) -> None:
    table, items = table_of(many.district), list(many.items())
    for start in range(0, len(items), BATCH_ROWS):
        batch = [{"PutRequest": {"Item": item}} for item in items[start : start + BATCH_ROWS]]
        answer = stage.meter.shadow.batch_write_item(RequestItems={table: batch})
        assert not answer["UnprocessedItems"]


def _filled_folder() -> Path:
    """A dynalite's data with the lists in it, and who reads them; made again when the code changed."""
    big_store.install()
    digest = hashlib.sha256()
    for path in sorted(path for pattern in _ABOUT_ROWS for path in REPO.glob(pattern)):
        digest.update(path.read_bytes())
    folder = _LISTS / digest.hexdigest()[:16]
    if not (folder / "plan.json").exists():
        shutil.rmtree(_LISTS, ignore_errors=True)
        folder.mkdir(parents=True)
        with say.step(f"Fill lists with up to {MOST:,} rows"):
            _fill(folder)
    return folder


def _fill(folder: Path) -> None:
    plan: dict[int, dict[str, str]] = {}
    lists: list[Many] = []
    with in_memory() as stage:
        cast = acts.prepare(stage)
        for size, post_id in zip(BOARDS, cast.post_ids, strict=False):
            plan[size] = {"token": acts.owner(stage, f"reader-of-{size}"), "post_id": post_id}
            plan[size]["author_id"] = _begin_lists(stage, size, **plan[size])
        rows = stage.rows()
        for size, about in plan.items():
            reader_id = acts.member_id_of(stage, about["token"])
            lists += _lists_of(rows, size, reader_id, about["author_id"], about["post_id"])
    data = folder / "data"
    with big_store.serving(data) as url:
        make_tables(boto3.client("dynamodb", endpoint_url=url))
    big_store.fill(data, rows, lists)
    (folder / "plan.json").write_text(json.dumps(plan))


def _begin_lists(stage: Stage, size: int, token: str, post_id: str) -> str:
    """The first row of every list: a featured post with a topic, which a reader, who follows that topic,
    read, likes and keeps; a liked comment; something to be told. Gives who wrote the post."""
    from community.forum.hot import service as hot
    from community.forum.posts import curating

    author = acts.owner(stage, f"author-of-{size}")
    new_id = acts.post(stage, author, board=BOARDS[size], topics=[TOPICS[size]])
    curating.feature(new_id, on=True, by=acts.MODERATOR, now=stage.now)
    stage.call("PUT", FAVOURITE, new_id, token=token)
    stage.call("PUT", acts.LIKE, new_id, token=token)
    stage.call("GET", acts.POST, new_id, token=token)
    stage.call("PUT", FOLLOW, "topic", TOPICS[size], token=token)
    acts.tell(stage, acts.member_id_of(stage, token))
    stage.follow()
    said = stage.call("POST", COMMENTS, post_id, token=token, body={"text": acts.COMMENT}).json
    stage.follow()
    stage.call("PUT", LIKE_COMMENT, post_id, said["comment_id"], token=token)
    stage.follow()
    hot.refresh(now=stage.now)
    return acts.member_id_of(stage, author)


def _lists_of(rows: Rows, size: int, reader_id: str, author_id: str, post_id: str) -> list[Many]:
    """A board by one author; a reader who read, likes and keeps all of it; a post's comments.

    Posts have the same ids on all lists, so that their cards are found. Featured, unanswered and model
    pages are read as that of a topic is.
    """
    like, board_id = partial(Many.like, rows, count=size), BOARDS[size]
    forum = partial(like, "forum")
    return [
        forum(pk=f"board#{board_id}"),
        forum(pk=f"reactions#{reader_id}#{board_id}"),
        forum(pk=f"history#{reader_id}"),
        forum(pk=f"author#{author_id}", sk="post#"),
        forum(pk=f"list#topic#{TOPICS[size]}"),
        forum(pk="heat#", change={"gsi1pk": f"hot#{board_id}"}),
        forum(pk=f"post#{post_id}", sk="comment#"),
        forum(pk=f"term#=board:{board_id}", change={"pk": f"term#{WORDS[size]}"}),
        like("platform", pk=f"notifications#{reader_id}", sk="n#"),
    ]


def _lists(folder: Path) -> dict[int, Costs]:
    """What a page of each list costs, by how long the lists are."""
    plan = json.loads((folder / "plan.json").read_text())
    with mock_aws(), opened(empty=False) as stage:
        stage.later(days=1)
        stage.call("GET", "/v1/boards")  # They stay in memory for a minute.
        stage.call("GET", SEARCH, query={"q": "一"})  # So does what all posts are like.
        return {int(size): _pages(stage, int(size), **who) for size, who in plan.items()}


def _pages(stage: Stage, size: int, *, token: str, post_id: str, author_id: str) -> Costs:
    from chalicelib import ids
    from community.forum.feed import service as feed
    from community.forum.hot import service as hot

    before_all = {"up_to": ids.new_id(LONG_AGO - STEP, "crowd")}
    page, board_id = {"limit": str(PAGE)}, BOARDS[size]
    stage.later(seconds=90)  # Of what containers keep for some seconds nothing is at hand.
    stage.call("GET", "/v1/boards", token=token)

    def cost(method: str, route: str, *path: str, **more: Any) -> Sum:
        return stage.cost(lambda: stage.call(method, route, *path, token=token, **more))

    def got(route: str, *path: str, **query: str) -> Sum:
        return cost("GET", route, *path, query=page | query)

    costs = {
        "board page of 20, all liked": got(POSTS, board_id),
        "topic page of 20": got("/v1/topics/{topic}/posts", TOPICS[size]),
        "a member's posts, page of 20": got("/v1/members/{member_id}/posts", author_id),
        "favourites page of 20": got("/v1/me/favourites"),
        "history page of 20": got("/v1/me/history"),
        "page of 20 comments": got(COMMENTS, post_id),
        "page of 20 comments, the most liked": got(COMMENTS, post_id, sort="likes"),
        "notifications page of 20": got(NOTIFICATIONS),
        "search for a word, the best": got(SEARCH, q=WORDS[size]),
        "search for a word, the latest": got(SEARCH, q=WORDS[size], sort="latest"),
        "the hot list is made anew": stage.cost(lambda: hot._refresh(board_id, stage.now)),
        "hot page of 20": got(POSTS, board_id, sort="hot"),
        "the feed's window of a board": stage.cost(lambda: feed._window(board_id, stage.now)),
        "mark read, all left unread": cost("POST", f"{NOTIFICATIONS}/read", body=before_all),
    }
    stage.call("GET", FEED, token=token, query=page)  # The other boards' windows are at hand now.
    return costs | {"feed page of 20": got(FEED)}


if __name__ == "__main__":
    measure, about = sys.argv[1:]
    by_size = _operations(int(about)) if measure == "operations" else _lists(Path(about))
    units = {
        size: {name: astuple(cost) for name, cost in costs.items()}
        for size, costs in by_size.items()
    }
    print(json.dumps(units))
