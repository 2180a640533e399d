from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chalicelib.tables import connection
from community.forum.posts import service as posts
from community.forum.search import service as search
from community.forum.search.rules import Search
from local import reindex, say
from local.reindex import Journal
from tests.builders import a_draft
from tests.world import World


def quiet(_words: str, _share: float) -> None:
    pass


@pytest.fixture
def post_ids(world: World) -> list[str]:
    """Posts that have been there for a while."""
    who = world.becomes_owner("li").member
    published = [
        posts.publish(
            who,
            "car-care",
            a_draft(title="机油怎么选"),
            request_id=world.new_request_id(),
            now=world.now,
        )
        for _ in range(5)
    ]
    world.settle()
    return sorted(post.post_id for post in published)


def found(world: World) -> list[str]:
    page = search.find(None, Search(text="机油"), cursor=None, limit=20, now=world.now)
    return sorted(each.card.post_id for each in page.items)


def index_rows(world: World) -> list[dict[str, Any]]:
    rows = [row for row in world.rows("forum") if row["pk"].startswith(("term#", "suggest"))]
    return sorted(rows, key=lambda row: (row["pk"], row["sk"]))


def delete(world: World, *starts: str) -> None:
    from tests.cloud import aws

    for row in world.rows("forum"):
        if row["pk"].startswith(starts):
            key = {name: {"S": row[name]} for name in ("pk", "sk")}
            aws("dynamodb").delete_item(TableName=connection_table(), Key=key)


def connection_table() -> str:
    from chalicelib.tables import table_name

    return table_name("forum")


def test_an_index_that_is_lost_comes_back(
    world: World, post_ids: list[str], tmp_path: Path
) -> None:
    before = index_rows(world)
    delete(world, "term#", "indexed#", "suggest")
    assert found(world) == []
    done = reindex.run(tmp_path / "journal.json", quiet)
    assert found(world) == post_ids
    assert index_rows(world) == before
    assert done.posts == 5


def test_of_posts_that_are_gone_nothing_stays(
    world: World, post_ids: list[str], tmp_path: Path
) -> None:
    delete(world, "post#")
    reindex.run(tmp_path / "journal.json", quiet)
    assert [row for row in index_rows(world) if row["pk"].startswith("term#")] == []


def test_what_was_stopped_goes_on_where_it_was(
    world: World, post_ids: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "journal.json"
    scan = connection().client.scan
    monkeypatch.setattr(
        connection().client, "scan", lambda **asked: scan(**asked, Limit=10), raising=False
    )
    pages = reindex._pages

    def stopped(after: dict[str, Any] | None) -> Iterator[dict[str, Any]]:
        yield next(pages(after))
        raise KeyboardInterrupt

    delete(world, "term#", "indexed#")
    with monkeypatch.context() as broken:
        broken.setattr(reindex, "_pages", stopped)
        with pytest.raises(say.Failure, match="run the same command again"):
            reindex.run(file, quiet)
    assert json.loads(file.read_text())["rows"] == 10
    done = reindex.run(file, quiet)
    assert done.posts == 5
    assert found(world) == post_ids
    assert not file.exists()


def test_it_says_how_fast_it_is_and_how_long_it_takes(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j", rows_all=100, rows=50, posts=20, took_s=10.0)
    assert journal.words() == "20 posts, 2 posts/s, about 10 s left"
