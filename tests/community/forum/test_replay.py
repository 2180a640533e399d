"""Everything that others see works again from the stream alone.

A small life of the forum is lived, and the forum table's stream kept. Then the table is emptied, but for
the boards, and the source rows are put back as the stream brought them, without what follows from them.
Following their facts leads to the same lists, counts, hot posts and search results.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from chalicelib.lists import PageQuery
from chalicelib.tables import table_name
from community.forum.answers import service as answers
from community.forum.comments import service as comments
from community.forum.comments.rules import CommentDraft
from community.forum.hot import service as hot
from community.forum.lists import service as lists
from community.forum.posts import curating, editing, pages
from community.forum.posts import service as posts
from community.forum.posts.rules import Post
from community.forum.reactions import service as reactions
from community.forum.reactions.rules import Kind
from community.forum.search import service as search
from community.forum.search.rules import Search
from tests.builders import a_draft
from tests.cloud import aws
from tests.world import Person, World

BOARD = "car-care"
SOURCES = (
    "post#",
    "reactions#",
    "case#",
    "votes#",
    "follows#",
    "blocks#",
    "drafts#",
    "boards",
    "slots",
)
"""How the partitions of source rows begin; all others follow from these."""
FOLLOWS = {
    "reactions#": {"lc", "uc", "fc", "sc", "vc"},
    "post#": {"n", "l", "r", "f", "gsi1pk", "gsi1sk"},
}
"""What in source rows follows from others: whether they are counted, likes and replies of comments."""
ALL = PageQuery(limit=50)

Image = dict[str, Any]
Change = Callable[..., Any]


class Life:
    def __init__(self, world: World) -> None:
        self.world = world
        self.li, self.wang = world.becomes_owner("li"), world.joins("wang")

    def live(self) -> None:
        made = [self.posts(self.li, title=f"露营第{n}次", topics=("露营",)) for n in range(4)]
        asked = self.posts(self.li, kind="question", title="刹车异响怎么办", model="途观 L")
        held = self.posts(self.li, title="等一等", text="存疑")
        other = self.posts(self.li, board="members-only", title="专属", topics=("露营",))
        said = [self.says(self.wang, asked, f"换刹车片{n}") for n in range(3)]
        for who in (self.li, self.wang):
            for post in (*made, asked):
                self.reads(who, post)
        self.world.settle()
        for kind in (Kind.LIKE, Kind.USEFUL, Kind.FAVOURITE, Kind.SHARE):
            reactions.react(kind, self.wang.member, made[1].post_id, now=self.now())
        for post in (made[1], made[2], asked, other):
            reactions.like(self.li.member, post.post_id, now=self.now())
        reactions.unlike(self.li.member, made[2].post_id, now=self.now())
        reactions.like_comment(self.li.member, asked.post_id, said[0], now=self.now())
        answers.accept(self.li.member, asked.post_id, said[0], now=self.now())
        self.world.settle()
        comments.delete(self.wang.member, asked.post_id, said[2], now=self.now())
        edited = a_draft(title="改装记录", text="换了轮毂", topics=("改装",))
        editing.edit(self.li.member, made[0].post_id, edited, now=self.now())
        editing.delete(self.li.member, made[3].post_id, now=self.now())
        self.world.settle()
        curating.feature(made[1].post_id, on=True, by="zhangsan", now=self.now())
        editing.delete(self.li.member, made[2].post_id, now=self.now())
        self.world.settle()
        editing.restore(self.li.member, made[2].post_id, now=self.now())
        self.says(self.wang, made[2], "回来了")
        self.world.settle()
        assert held
        assert not self.world.dead

    def now(self) -> Any:
        self.world.later(seconds=1)
        return self.world.now

    def posts(self, who: Person, *, board: str = BOARD, **draft: Any) -> Post:
        request_id = self.world.new_request_id()
        return posts.publish(
            who.member, board, a_draft(**draft), request_id=request_id, now=self.now()
        )

    def says(self, who: Person, post: Post, text: str) -> str:
        draft, request_id = CommentDraft(text=text), self.world.new_request_id()
        return comments.publish(
            who.member, post.post_id, draft, request_id=request_id, now=self.now()
        ).comment_id

    def reads(self, who: Person, post: Post) -> None:
        sight = posts.read(who.member, post.post_id, now=self.now())
        reactions.note_read(who.member, sight, now=self.world.now)

    def seen(self) -> dict[str, Any]:
        """Everything that is listed, and how it is counted."""
        now, li, wang = self.now(), self.li.member, self.wang.member
        hot.refresh(now=now)
        found: dict[str, Any] = {
            "latest": pages.latest(li, BOARD, ALL, now=now),
            "closed board": pages.latest(li, "members-only", ALL, now=now),
            "hot": hot.page(None, BOARD, ALL, now=now),
            "featured": lists.featured(None, BOARD, ALL, now=now),
            "unanswered": lists.unanswered(None, BOARD, ALL, now=now),
            "topic": lists.by_topic(li, "露营", ALL, now=now),
            "other topic": lists.by_topic(li, "改装", ALL, now=now),
            "model": lists.by_model(li, "途观 L", ALL, now=now),
            "author": lists.by_author(li, li.member_id, ALL, now=now),
            "mine": lists.my_posts(li, ALL),
            "said": lists.my_comments(wang, ALL, now=now),
            "favourites": lists.favourites(wang, ALL, now=now),
            "history": lists.history(wang, ALL, now=now),
        }
        shown = {card.post_id for card in found["latest"].items}
        for post_id in sorted(shown):
            found[f"below {post_id}"] = comments.page(li, post_id, ALL, now=now)
        found |= self.searched(now)
        return {name: page.items for name, page in found.items()}

    def searched(self, now: Any) -> dict[str, Any]:
        return {
            f"search {word}": search.find(
                self.li.member, Search(text=word), cursor=None, limit=20, now=now
            )
            for word in ("露营", "改装", "刹车异响")
        }


def test_everything_follows_again_from_the_stream(world: World, monkeypatch: Any) -> None:
    life = Life(world)
    life.live()
    before = life.seen()
    assert all(before[name] for name in before if not name.startswith(("below", "unanswered")))
    changes = stream_of_sources()
    empty_all_but_boards()
    monkeypatch.setattr(hot, "_kept", {})
    for change in changes:
        change(TableName=table_name("forum"))
    world.settle()
    # Lists of what is hot were made anew when somebody edited or deleted; the tick makes those of today.
    world.later(minutes=15)
    assert not world.dead
    assert life.seen() == before


def stream_of_sources() -> list[Change]:
    """What happened to source rows, oldest first, without what follows from others."""
    client, streams = aws("dynamodb"), aws("dynamodbstreams")
    arn = client.describe_table(TableName=table_name("forum"))["Table"]["LatestStreamArn"]
    (shard,) = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
    place = streams.get_shard_iterator(
        StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
    )
    records = streams.get_records(ShardIterator=place["ShardIterator"])["Records"]
    told = [r["dynamodb"] for r in records if r["dynamodb"]["Keys"]["pk"]["S"].startswith(SOURCES)]
    return [
        partial(client.put_item, Item=_bare(change["NewImage"]))
        if "NewImage" in change
        else partial(client.delete_item, Key=change["Keys"])
        for change in told
    ]


def _bare(image: Mapping[str, Any]) -> Image:
    pk, sk = image["pk"]["S"], image["sk"]["S"]
    follows: set[str] = set()
    if pk.startswith("reactions#"):
        follows = FOLLOWS["reactions#"]
    elif pk.startswith("post#") and sk.startswith(("comment#", "reply#", "held#")):
        follows = FOLLOWS["post#"]
    return {name: value for name, value in image.items() if name not in follows}


def empty_all_but_boards() -> None:
    client, table = aws("dynamodb"), table_name("forum")
    for item in client.scan(TableName=table)["Items"]:
        if not item["pk"]["S"].startswith("boards"):
            client.delete_item(TableName=table, Key={"pk": item["pk"], "sk": item["sk"]})
