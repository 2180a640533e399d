"""`make reindex STAGE=…`: builds the index that posts are found by again, from the posts as they are.

For after a change of how texts are split (its words, synonyms and dictionary), and after a mishap. It
reads through the whole forum table once, which costs as much as the table is large, and writes what is
kept of every post anew; of a post that is gone nothing stays. The community goes on meanwhile: a post is
brought in line with itself, whoever does it. Stopped, it goes on where it was.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.exceptions import PynamoDBException
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from chalicelib.errors import Unavailable
from local import processes, say
from local.places import LOCAL
from local.stages import environment_of_stage

AT_ONCE = 6
TRIES_MAX = 6
"""Pauses of 1, 2, 4, 8, 16 seconds: longer than a table needs to scale, or a network to come back."""
TOLD_EVERY_S = 5.0
GO_ON = "run the same command again to go on from there"
FOLDER = LOCAL / "reindex"

Tell = Callable[[str, float], None]
"""What is said of how far it is, and the share that is done."""


@dataclass
class Journal:
    """How far it is, kept in a file. `rows` are those read through, of `rows_all` when it began."""

    file: Path
    rows_all: int
    after: dict[str, Any] | None = None
    rows: int = 0
    posts: int = 0
    took_s: float = 0.0
    began: float = field(default_factory=time.monotonic)

    def keep(self) -> None:
        partial = self.file.with_suffix(".partial")
        told = asdict(self) | {"took_s": self.seconds}
        del told["file"], told["began"]
        partial.write_text(json.dumps(told))
        os.replace(partial, self.file)

    @property
    def seconds(self) -> float:
        return self.took_s + time.monotonic() - self.began

    @property
    def share(self) -> float:
        return min(self.rows / max(self.rows_all, 1), 1.0)

    def words(self) -> str:
        rate = self.posts / max(self.seconds, 0.001)
        left = f"{self.seconds * (1 - self.share) / self.share:,.0f} s" if self.share else "–"
        return f"{self.posts:,} posts, {rate:,.0f} posts/s, about {left} left"


def main() -> None:
    os.environ.update(environment_of_stage((*sys.argv[1:], "local")[0] or "local"))
    from chalicelib.settings import settings

    FOLDER.mkdir(parents=True, exist_ok=True)
    stack = settings().stack
    with processes.only_one(FOLDER / f"{stack}.lock", "reindex of this stage"), _shown() as tell:
        done = run(FOLDER / f"{stack}.json", tell)
    say.line(f"✓ {done.posts:,} posts indexed anew ({done.seconds:.1f} s)")


def run(file: Path, tell: Tell) -> Journal:
    """Index all posts of the stage at hand anew, or those that a run that was stopped left over."""
    journal = _opened(file)
    if journal.rows:
        say.line(f"  going on after {journal.posts:,} posts")
    try:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for page in _pages(journal.after):
                posts = [row for row in page["Items"] if _is_post(row)]
                list(pool.map(_renewed, page["Items"]))
                journal.rows += page["ScannedCount"]
                journal.posts += len(posts)
                journal.after = page.get("LastEvaluatedKey")
                journal.keep()
                tell(journal.words(), journal.share)
    except (KeyboardInterrupt, Unavailable, PynamoDBException, BotoCoreError, ClientError) as stop:
        why = type(stop).__name__
        raise say.Failure(f"Stopped after {journal.posts:,} posts ({why}): {GO_ON}.") from stop
    file.unlink(missing_ok=True)
    return journal


def _opened(file: Path) -> Journal:
    from chalicelib.tables import connection, table_name

    try:
        return Journal(file, **json.loads(file.read_text()))
    except (FileNotFoundError, ValueError, TypeError):
        table = connection().client.describe_table(TableName=table_name("forum"))["Table"]
        return Journal(file, rows_all=table["ItemCount"])


def _pages(after: dict[str, Any] | None) -> Iterator[dict[str, Any]]:
    """The keys of posts, and of what is kept of posts for finding them."""
    from chalicelib.tables import connection, table_name

    wanted: dict[str, Any] = {
        "TableName": table_name("forum"),
        "ProjectionExpression": "pk, sk",
        "FilterExpression": "begins_with(pk, :posts) AND sk = :post OR begins_with(pk, :indexed)",
        "ExpressionAttributeValues": {
            ":posts": {"S": "post#"},
            ":post": {"S": "post"},
            ":indexed": {"S": "indexed#"},
        },
    }
    while True:
        start = {"ExclusiveStartKey": after} if after else {}
        page = _tried(partial(connection().client.scan, **wanted, **start))
        yield page
        after = page.get("LastEvaluatedKey")
        if not after:
            return


def _is_post(row: Mapping[str, Any]) -> bool:
    return bool(row["sk"]["S"] == "post")


def _renewed(row: Mapping[str, Any]) -> None:
    """What is kept of a post is looked at once more: of one that is gone, there is no other row."""
    from chalicelib import clock
    from community.forum.search import service as search

    is_post = _is_post(row)
    post_id = row["pk"]["S"].removeprefix("post#") if is_post else row["sk"]["S"]
    _tried(lambda: search.renew(post_id, anew=is_post, now=clock.utc_now()))


def _tried(do: Callable[[], Any]) -> Any:
    for tried in range(TRIES_MAX - 1):
        try:
            return do()
        except (Unavailable, PynamoDBException, BotoCoreError, ClientError) as error:
            if "AccessDenied" in str(error):
                raise
            time.sleep(2**tried)
    return do()


@contextmanager
def _shown() -> Iterator[Tell]:
    """A bar on a terminal, a line now and then elsewhere."""
    columns = (BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[told]}"))
    with Progress(*columns, disable=not Console().is_terminal) as bar:
        task = bar.add_task("reindex", total=1.0, told="")
        told_at = time.monotonic()

        def tell(words: str, share: float) -> None:
            nonlocal told_at
            bar.update(task, completed=share, told=words)
            if bar.disable and time.monotonic() - told_at > TOLD_EVERY_S:
                told_at = time.monotonic()
                say.line(f"  … {100 * share:.0f} %: {words}")

        yield tell


if __name__ == "__main__":
    say.run(main)
