"""Finding posts by Chinese words: what is found, in which order, and what never is."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest

from local import stages
from local.places import REPO
from local.players import Colleague, Phone, awaited
from local.stack import Stack
from tests.journeys.circle import joined, owner_joined, walked
from tests.journeys.conftest import Control, a_post
from tests.journeys.forum import member_id, refusal

_numbers = count(1)
Rebuilding = Callable[[], subprocess.Popen[str]]

OWNERS = {"identity": ["owner"]}
MODEL = "领航者 X9"
"""Nobody else in these tests drives one: so a search finds ours only."""
SECRET, PART = "翡翠湖畔老陈", "白杨树下小院"
REINDEX = """
import sys
from pathlib import Path
from local import reindex, say
reindex.environment_of_stage = lambda stage: {}
reindex.FOLDER, reindex.TOLD_EVERY_S = Path(sys.argv[1]), 0
say.run(reindex.main)
"""
"""The command, into a stack of the tests; it tells of every page that it has read."""


class Written(NamedTuple):
    """Who writes and reads, and the posts that are there."""

    lin: Phone
    bei: Phone
    heading: str
    text: str
    oil: str
    teased: str
    parted: str
    closed: str
    told_at: str


@pytest.fixture(scope="module")
def written(stack: Stack, http: httpx.Client) -> Written:
    lin, bei = owner_joined(stack, http, "林工"), joined(stack, http, "贝贝")
    text = "上周做了保养，路上底盘有点异响，师傅说不要紧。"
    posts = (
        ("new-car-shopping", a_post(title="开了一年的感受", text=text)),
        ("car-care", a_post(kind="question", title="变速箱异响怎么查", text="早上第一脚会响。")),
        ("car-care", a_post(title="机油怎么选", text="全合成的好。", topics=["领航者保养日记"])),
        ("car-care", a_post(title="砍价的故事", text=f"找{SECRET}。", audience=OWNERS)),
        ("car-care", a_post(title="自驾路线", part={"audience": OWNERS, "text": f"住{PART}。"})),
        ("members-only", a_post(title="车主聚会", text="下周见。", topics=["领航者内部聚会"])),
    )
    made = [
        lin.did("POST", f"/v1/boards/{board}/posts", post | {"model": MODEL})
        for board, post in posts
    ]
    ids = [post["post_id"] for post in made]
    stack.wait_until_idle()
    text_id, heading, oil, teased, parted, closed = ids
    return Written(lin, bei, heading, text_id, oil, teased, parted, closed, made[2]["created_at"])


@pytest.fixture
def word() -> str:
    """A word that nobody has written yet."""
    return f"zx{next(_numbers)}wq"


def found(phone: Phone, q: str, **more: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = phone.did("GET", "/v1/search", q=q, **more)["items"]
    return items


def ids_found(phone: Phone, q: str, **more: Any) -> list[str]:
    return [each["post"]["post_id"] for each in found(phone, q, **more)]


def publishes(phone: Phone, **fields: Any) -> str:
    post = phone.did("POST", "/v1/boards/new-car-shopping/posts", a_post(**fields))
    post_id: str = post["post_id"]
    return post_id


def soon_found(phone: Phone, q: str, post_id: str) -> None:
    awaited(lambda: ids_found(phone, q) == [post_id], what=f"{q} is found")


def soon_not_found(phone: Phone, q: str) -> None:
    awaited(lambda: not found(phone, q), what=f"{q} is not found any longer")


def test_words_that_mean_the_same_find_a_post_and_are_marked(written: Written) -> None:
    hits = found(written.bei, "噪音", model=MODEL)
    # The older one: its title has the word, the other's text.
    assert [hit["post"]["post_id"] for hit in hits] == [written.heading, written.text]
    assert hits[0]["title"] == [
        {"text": "变速箱", "hit": False},
        {"text": "异响", "hit": True},
        {"text": "怎么查", "hit": False},
    ]
    marked = [each["text"] for each in hits[1]["teaser"] if each["hit"]]
    assert marked == ["异响"]
    assert "".join(each["text"] for each in hits[1]["teaser"]) == hits[1]["post"]["teaser"]


def test_filters_orders_and_pages(written: Written, guest: Phone) -> None:
    reader = written.bei
    everything = {written.heading, written.text, written.oil}
    assert set(ids_found(guest, "异响", model=MODEL)) == everything - {written.oil}
    assert ids_found(reader, "异响", board="car-care", model=MODEL) == [written.heading]
    assert ids_found(reader, "异响", model=MODEL, kind="discussion") == [written.text]
    assert ids_found(reader, "异响", model="领航者x9", sort="latest") == [
        written.heading,
        written.text,
    ]
    oil = {"q": "机油", "model": MODEL}
    assert ids_found(reader, **oil, **{"from": written.told_at}) == [written.oil]
    assert ids_found(reader, **oil, to=written.told_at) == []
    for sort in ("relevance", "latest"):
        asked = {"q": "异响", "model": MODEL, "sort": sort, "limit": 1}
        pages = walked(lambda asked=asked, **more: reader.did("GET", "/v1/search", **asked, **more))
        ids = [item["post"]["post_id"] for page in pages for item in page]
        assert sorted(ids) == sorted([written.heading, written.text])
    # Of three words two are enough, of one of them it is not.
    assert ids_found(reader, "底盘 异响 机油", model=MODEL) == [written.text]


def test_what_is_asked_wrongly_is_refused(written: Written) -> None:
    wrong: tuple[dict[str, Any], ...] = (
        {"q": ""},
        {"q": " \u200b "},
        {"q": "油" * 51},
        {"q": "油", "sort": "best"},
        {"q": "油", "kind": "song"},
        {"q": "油", "from": "昨天"},
        {"q": "油", "cursor": "abc"},
    )
    for asked in wrong:
        refused = written.bei.call("GET", "/v1/search", **asked)
        assert refused.status_code in (400, 422), asked
        assert refused.json()["errors"], asked
    unknown = written.bei.call("GET", "/v1/search", q="油", board="nowhere")
    assert refusal(unknown) == (404, "no_such_board")


def test_what_one_begins_to_write_goes_on(written: Written, guest: Phone) -> None:
    def suggested(begun: str) -> list[str]:
        items: list[str] = guest.did("GET", "/v1/search/suggestions", q=begun)["items"]
        return items

    in_use = suggested("领航者")
    assert {"领航者保养日记", MODEL} <= set(in_use)
    assert "领航者内部聚会" not in in_use  # Only owners read that board.
    assert "刹车片" in suggested("刹车")


def test_what_only_some_may_read_is_not_found_by_its_words(written: Written, guest: Phone) -> None:
    for reader, way_in in ((written.bei, "certify_owner"), (guest, "sign_in")):
        for words in (SECRET, PART, f"{SECRET} {PART}"):
            assert reader.did("GET", "/v1/search", q=words, model=MODEL)["items"] == []
        teased = reader.call("GET", "/v1/search", q="砍价的故事", model=MODEL)
        (hit,) = teased.json()["items"]
        assert (hit["post"]["post_id"], hit["post"]["locked"]) == (written.teased, True)
        assert SECRET not in teased.text
        parted = reader.call("GET", "/v1/search", q="自驾路线", model=MODEL)
        assert parted.json()["items"][0]["post"]["post_id"] == written.parted
        assert PART not in parted.text
        assert found(reader, "车主聚会", model=MODEL) == []
        closed = reader.call("GET", "/v1/search", q="聚会", board="members-only")
        assert refusal(closed) == (403, "board_closed")
        assert closed.json()["unlock"]["how"][0]["kind"] == way_in
    assert ids_found(written.lin, "车主聚会", model=MODEL) == [written.closed]


def test_a_post_is_found_as_it_is_now(written: Written, word: str) -> None:
    author, reader = written.lin, written.bei
    post_id = publishes(author, text=f"先写 {word}")
    soon_found(reader, word, post_id)
    author.did("PUT", f"/v1/posts/{post_id}", a_post(title=f"改成 {word}new"))
    soon_found(reader, f"{word}new", post_id)
    soon_not_found(reader, word)
    author.did("DELETE", f"/v1/posts/{post_id}")
    soon_not_found(reader, f"{word}new")
    author.did("POST", f"/v1/posts/{post_id}/restore")
    soon_found(reader, f"{word}new", post_id)


def test_what_a_moderator_has_to_look_at_is_found_when_it_has_passed(
    stack: Stack, written: Written, word: str, control: Control, zhangsan: Colleague
) -> None:
    author, reader = written.lin, written.bei
    control.ask("POST", "/verdicts", {"text": word, "suggest": "review"})
    post_ids = [publishes(author, title=f"{word} 之{part}") for part in "一二"]
    zhangsan.card(f"case-{post_ids[0]}")
    stack.wait_until_idle()
    assert found(reader, word) == found(author, word) == []
    zhangsan.presses(f"case-{post_ids[0]}", "moderation.remove")
    zhangsan.presses(f"case-{post_ids[1]}", "moderation.pass")
    soon_found(reader, word, post_ids[1])


def test_whom_one_blocks_one_does_not_find(
    stack: Stack, http: httpx.Client, written: Written, word: str
) -> None:
    loud = joined(stack, http, "大嗓门")
    post_id = publishes(loud, title=f"{word} 大甩卖")
    soon_found(written.bei, word, post_id)
    block = f"/v1/me/blocks/{member_id(loud)}"
    written.bei.did("PUT", block)
    assert found(written.bei, word) == []
    assert ids_found(written.lin, word) == [post_id]
    written.bei.did("DELETE", block)
    assert ids_found(written.bei, word) == [post_id]


@pytest.fixture
def rebuilding(stack: Stack, tmp_path: Path) -> Iterator[Rebuilding]:
    """`make reindex` on this system begins."""
    begun: list[subprocess.Popen[str]] = []

    def begins() -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", REINDEX, str(tmp_path)],
            cwd=REPO,
            env={**os.environ, **stages.environment_of(stack)},
            stdout=subprocess.PIPE,
            text=True,
        )
        begun.append(process)
        return process

    yield begins
    for process in begun:
        process.kill()
        process.wait()


def lose_terms(stack: Stack, post_id: str) -> int:
    """Let an accident take what the index has of a post; how many rows that were."""
    table, dynamodb = f"{stack.name}-forum", stack.boto("dynamodb")
    pages = dynamodb.get_paginator("scan").paginate(
        TableName=table,
        ProjectionExpression="pk, sk",
        FilterExpression="begins_with(pk, :term) AND sk = :post",
        ExpressionAttributeValues={":term": {"S": "term#"}, ":post": {"S": post_id}},
    )
    lost = [row for page in pages for row in page["Items"]]
    for row in lost:
        dynamodb.delete_item(TableName=table, Key=row)
    return len(lost)


def test_the_index_is_built_again_while_members_go_on(
    stack: Stack, written: Written, word: str, rebuilding: Rebuilding
) -> None:
    author, reader = written.lin, written.bei
    post_ids = [publishes(author, title=f"{word}{part} 以前写的") for part in "ab"]
    for part, post_id in zip("ab", post_ids, strict=True):
        soon_found(reader, f"{word}{part}", post_id)
    stack.wait_until_idle()
    assert all(lose_terms(stack, post_id) for post_id in post_ids)
    assert found(reader, f"{word}a") == found(reader, f"{word}b") == []

    begun = rebuilding()
    meanwhile = publishes(author, title=f"{word}c 刚写的")
    author.did("PUT", f"/v1/posts/{post_ids[1]}", a_post(title=f"{word}d 刚改的"))
    said, _ = begun.communicate(timeout=120)

    assert begun.returncode == 0, said
    assert re.search(r"… 100 %: \d+ posts, \d+ posts/s, about 0 s left", said)
    assert re.search(r"✓ \d+ posts indexed anew", said)
    soon_found(reader, f"{word}a", post_ids[0])
    soon_found(reader, f"{word}c", meanwhile)
    soon_found(reader, f"{word}d", post_ids[1])
    soon_not_found(reader, f"{word}b")
