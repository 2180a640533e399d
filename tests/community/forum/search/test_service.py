from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.errors import Invalid
from chalicelib.lists import Page
from chalicelib.tables import table_name
from community import consequences
from community.commons.audience.rules import Audience, Tier
from community.forum.boards.rules import BoardClosed, NoSuchBoard
from community.forum.posts import editing
from community.forum.posts.rules import PartDraft, Post
from community.forum.search import records
from community.forum.search import service as search
from community.forum.search.index import rules as index_rules
from community.forum.search.rules import Found
from community.forum.search.words import splitter
from tests.builders import a_draft
from tests.cloud import aws
from tests.community.forum.conftest import Publish
from tests.community.forum.search.conftest import Find
from tests.world import Person, World

FOR_T3 = Audience(tier_min=Tier.T3)
Pages = Callable[..., list[list[str]]]


def terms_kept(world: World, post_id: str) -> set[str]:
    rows = [row for row in world.rows("forum") if row["pk"].startswith("term#")]
    return {row["pk"].removeprefix("term#") for row in rows if row["sk"] == post_id}


def test_a_post_is_found_by_every_word_of_its_title_and_text(
    world: World, li: Person, publish: Publish, find: Find
) -> None:
    post = publish(li, title="朗逸刹车片异响怎么办", text="师傅说要换火花塞，Model 3 没有这个。")
    publish(li, title="首保多少钱", text="大家去哪里")
    world.settle()
    for text in (post.title, post.text):
        for word in splitter.words(text):
            assert find(text[word.start : word.end]) == [post.post_id]


def test_a_post_is_found_by_another_word_for_the_same(
    world: World, li: Person, publish: Publish, find: Find
) -> None:
    post = publish(li, title="过减速带有噪音")
    world.settle()
    assert find("异响") == find("杂音") == [post.post_id]


def test_topics_and_the_model_are_words_to_be_found_by(
    world: World, li: Person, publish: Publish, find: Find
) -> None:
    post = publish(li, topics=("提车日记",), model="凯美瑞")
    world.settle()
    assert find("凯美瑞") == find("提车日记") == [post.post_id]


def test_a_title_counts_more_than_a_text(
    world: World, li: Person, publish: Publish, find: Find
) -> None:
    in_title = publish(li, title="机油怎么选", text="想听听大家的")
    world.later(minutes=1)
    in_text = publish(li, title="首保之后", text="他们给我换了机油")
    world.settle()
    assert find("机油") == [in_title.post_id, in_text.post_id]


def test_of_two_that_fit_alike_the_recent_one_comes_first(
    world: World, li: Person, publish: Publish, find: Find
) -> None:
    old = publish(li, title="机油怎么选")
    world.later(days=365)
    new = publish(li, title="机油怎么选")
    world.settle()
    assert find("机油") == [new.post_id, old.post_id]


def test_those_with_all_words_come_before_those_with_some(
    world: World, li: Person, publish: Publish, find: Find
) -> None:
    some = publish(li, title="机油机油", text="机油还是机油")
    whole = publish(li, title="首保", text="刚刚换了机油，用的是原厂的；还想问问刹车片。")
    publish(li, title="加油", text="油价")
    world.settle()
    assert find("机油 刹车片") == [whole.post_id, some.post_id]


def test_the_latest_come_in_their_order_and_have_all_words(
    world: World, li: Person, publish: Publish, find: Find
) -> None:
    ids = []
    for text in ("机油和刹车片", "刹车片刹车片刹车片和机油", "只有机油"):
        world.later(minutes=1)
        ids.append(publish(li, title="问问", text=text).post_id)
    world.settle()
    assert find("机油 刹车片", sort="latest") == [ids[1], ids[0]]


def test_where_none_has_all_words_the_latest_with_some_do(
    world: World, li: Person, publish: Publish, find: Find
) -> None:
    post = publish(li, title="机油怎么选")
    world.settle()
    assert find("机油 天窗", sort="latest") == [post.post_id]


def test_a_search_may_be_for_a_board_a_model_a_kind_and_a_time(
    world: World, li: Person, publish: Publish, find: Find
) -> None:
    first = publish(li, "car-care", title="机油怎么选", model="Model 3")
    world.later(days=1)
    between = world.now
    world.later(days=1)
    second = publish(li, "accessory-deals", title="机油打折", kind="question")
    world.settle()
    assert find("机油", board_id="car-care") == [first.post_id]
    assert find("机油", model="ＭＯＤＥＬ3") == [first.post_id]
    assert find("机油", model="Model Y") == []
    assert find("机油", kind="question") == [second.post_id]
    assert find("机油", since=between) == [second.post_id]
    assert find("机油", until=between) == [first.post_id]
    assert find("机油", until=between - timedelta(days=2)) == []


def test_what_others_may_not_see_is_not_found(
    world: World, li: Person, wang: Person, publish: Publish, find: Find
) -> None:
    post = publish(li, "members-only", title="机油怎么选")
    world.settle()
    assert find("机油", li) == [post.post_id]
    assert find("机油", wang) == find("机油") == []


def test_a_board_that_one_may_not_read_refuses(world: World, wang: Person, find: Find) -> None:
    with pytest.raises(BoardClosed):
        find("机油", wang, board_id="members-only")
    with pytest.raises(NoSuchBoard):
        find("机油", wang, board_id="no-such-board")


def test_nothing_tells_what_a_post_for_some_says(
    world: World, li: Person, publish: Publish, find: Find, page: Callable[..., Page[Found]]
) -> None:
    post = publish(li, title="内部价", text="凯美瑞机油刹车片，阅读全文解锁", audience=FOR_T3)
    world.settle()
    assert find("内部价") == [post.post_id]
    for word in ("凯美瑞", "机油", "刹车片", "解锁", "全文"):
        assert find(word) == find(word, li) == [], word
    (found,) = page("内部价").items
    assert "凯美瑞" not in repr(found)


def test_what_its_author_says_to_all_of_a_post_for_some_is_found(
    world: World, li: Person, publish: Publish, find: Find
) -> None:
    post = publish(li, title="内部价", text="凯美瑞", teaser="想知道机油底价吗", audience=FOR_T3)
    world.settle()
    assert find("机油") == [post.post_id]


def test_a_held_post_is_not_found(world: World, li: Person, publish: Publish, find: Find) -> None:
    post = publish(li, title="机油怎么选", text="存疑")
    world.settle()
    assert find("机油", li) == []
    assert terms_kept(world, post.post_id) == set()


def test_the_words_are_marked_in_title_and_teaser(
    world: World, li: Person, publish: Publish, page: Callable[..., Page[Found]]
) -> None:
    publish(li, title="😀刹车片异响，<em>怎么办", text="踩刹车有噪音")
    world.settle()
    (found,) = page("异响 刹车").items
    assert [(each.text, each.hit) for each in found.title] == [
        ("😀", False),
        ("刹车片异响", True),
        ("，<em>怎么办", False),
    ]
    assert [each.text for each in found.teaser if each.hit] == ["刹车", "噪音"]


@pytest.mark.parametrize("text", ["", "  ", "\u3000\n"])
def test_who_asks_for_nothing_is_told_so(find: Find, text: str) -> None:
    with pytest.raises(Invalid) as refused:
        find(text)
    assert [error.field for error in refused.value.errors] == ["q"]


@pytest.mark.parametrize("text", ["，。！", "13800138000", "😀"])
def test_what_has_no_words_finds_nothing(find: Find, text: str) -> None:
    assert find(text) == []


@pytest.mark.parametrize("sort", ["relevance", "latest"])
def test_pages_neither_skip_nor_repeat_while_others_post(
    world: World, li: Person, publish: Publish, every_page: Pages, sort: str
) -> None:
    there = set()
    for number in range(7):
        world.later(hours=1)
        there.add(publish(li, title="机油怎么选", text="机油" * number or "没有").post_id)
    world.settle()
    world.later(hours=1)

    def post_one_more() -> None:
        world.later(hours=1)
        publish(li, title="机油机油机油")
        world.settle()

    pages = every_page("机油", sort=sort, limit=3, between=post_one_more)
    found = [post_id for one in pages for post_id in one]
    assert sorted(found) == sorted(there)


def test_a_search_ends_with_the_hundredth(
    world: World, li: Person, publish: Publish, every_page: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index_rules, "SHOWN_MAX", 5)
    for _ in range(7):
        publish(li, title="机油怎么选")
    world.settle()
    assert [len(one) for one in every_page("机油", limit=3)] == [3, 2]


def test_being_told_again_late_and_in_disorder_changes_nothing(
    world: World, li: Person, publish: Publish, find: Find
) -> None:
    post = publish(li, title="机油怎么选")
    world.relay()
    facts = world.take("facts")
    for text in (*facts, *reversed(facts), *facts):
        consequences.follow(text)
    before = sorted(map(repr, world.rows("forum")))
    for text in facts:
        consequences.follow(text)
    assert sorted(map(repr, world.rows("forum"))) == before
    assert find("机油") == [post.post_id]


# Changes


def edit(world: World, who: Person, post: Post, **draft: Any) -> None:
    world.later(minutes=1)
    editing.edit(who.member, post.post_id, a_draft(**draft), now=world.now)
    world.settle()


def test_an_edited_post_is_found_as_it_is_now(
    world: World, li: Person, publish: Publish, find: Find
) -> None:
    post = publish(li, title="机油怎么选", model="朗逸")
    world.settle()
    edit(world, li, post, title="天窗漏水", model="凯美瑞")
    assert find("机油") == find("漏水", model="朗逸") == []
    assert find("天窗", model="凯美瑞") == [post.post_id]


def test_a_post_that_is_for_some_from_now_on_is_found_by_its_text_no_more(
    world: World, li: Person, publish: Publish, find: Find
) -> None:
    post = publish(li, title="内部价", text="凯美瑞机油", topics=("密谋",))
    world.settle()
    edit(world, li, post, title="内部价", text="凯美瑞机油", topics=("密谋",), audience=FOR_T3)
    assert find("凯美瑞") == find("机油", li) == []
    assert find("内部价") == [post.post_id]
    assert not {"凯美瑞", "机油"} & terms_kept(world, post.post_id)
    assert search.suggestions("密谋") == []


def test_the_part_of_a_post_that_is_for_some_is_not_found(
    world: World, li: Person, publish: Publish, find: Find
) -> None:
    part = PartDraft(audience=FOR_T3, text="凯美瑞底价")
    post = publish(li, title="内部价", text="机油", part=part)
    world.settle()
    assert find("机油") == [post.post_id]
    assert find("凯美瑞") == find("底价", li) == []


def test_a_deleted_post_vanishes_and_comes_back_when_it_is_restored(
    world: World, li: Person, publish: Publish, find: Find
) -> None:
    post = publish(li, title="机油怎么选", topics=("密谋",))
    world.settle()
    editing.delete(li.member, post.post_id, now=world.now)
    world.settle()
    assert find("机油", li) == []
    assert terms_kept(world, post.post_id) == set()
    assert search.suggestions("密谋") == []
    editing.restore(li.member, post.post_id, now=world.now)
    world.settle()
    assert find("机油") == [post.post_id]
    assert search.suggestions("密谋") == ["密谋"]


def test_all_of_it_comes_again_from_the_facts_alone(
    world: World, li: Person, publish: Publish, find: Find
) -> None:
    first = publish(li, title="机油怎么选", topics=("自驾",))
    gone = publish(li, title="机油")
    world.relay()
    editing.edit(
        li.member, first.post_id, a_draft(title="机油天窗", topics=("露营",)), now=world.now
    )
    editing.delete(li.member, gone.post_id, now=world.now)
    world.relay()
    facts = world.take("facts")
    for text in facts:
        consequences.follow(text)
    before = index_rows(world)
    assert before
    for row in before:
        key = {name: {"S": row[name]} for name in ("pk", "sk")}
        aws("dynamodb").delete_item(TableName=table_name("forum"), Key=key)
    for text in facts:
        consequences.follow(text)
    assert as_found(index_rows(world)) == as_found(before)
    assert find("机油") == find("天窗") == [first.post_id]


def index_rows(world: World) -> list[dict[str, Any]]:
    starts = ("term#", "indexed#", "suggest")
    return [row for row in world.rows("forum") if row["pk"].startswith(starts)]


def as_found(rows: list[dict[str, Any]]) -> list[str]:
    """All but how often an entry was written."""
    return sorted(repr({k: v for k, v in row.items() if k != "version"}) for row in rows)


# Suggestions


def test_what_is_begun_goes_on_as_names_in_use_and_words_about_cars_do(
    world: World, li: Person, publish: Publish
) -> None:
    publish(li, topics=("刹车改装",))
    world.settle()
    suggested = search.suggestions("刹车")
    assert suggested[0] == "刹车改装"
    assert "刹车片" in suggested
    assert len(suggested) <= 10


def test_names_are_suggested_however_they_are_begun(
    world: World, li: Person, publish: Publish
) -> None:
    publish(li, model="Model 3")
    world.settle()
    assert search.suggestions("ＭＯＤ") == search.suggestions("mod") == ["Model 3"]


@pytest.mark.parametrize("way", ["deleted", "edited", "held"])
def test_a_name_stays_suggested_while_another_post_has_it(
    world: World, li: Person, publish: Publish, way: str
) -> None:
    for _ in range(2):
        publish(li, topics=("密 谋",), model="Model Y")
        world.later(minutes=1)
    last = publish(li, topics=("密谋",), model="model y")
    world.settle()
    assert search.suggestions("密谋") == ["密谋"]
    if way == "deleted":
        editing.delete(li.member, last.post_id, now=world.now)
        world.settle()
    else:
        edit(world, li, last, text="存疑" if way == "held" else "换了")
    assert search.suggestions("密谋") == ["密 谋"]
    assert search.suggestions("model") == ["Model Y"]


def test_a_name_is_not_left_to_a_post_that_not_everybody_may_read(
    world: World, li: Person, publish: Publish
) -> None:
    first = publish(li, topics=("密谋",))
    for more in ({"audience": FOR_T3}, {"board_id": "members-only"}):
        world.later(minutes=1)
        publish(li, topics=("密谋",), **more)
    world.settle()
    editing.delete(li.member, first.post_id, now=world.now)
    world.settle()
    assert search.suggestions("密谋") == []


def test_a_name_is_not_left_to_a_post_that_goes_at_this_moment(
    world: World, li: Person, publish: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = (publish(li, topics=("密谋",)) for _ in range(2))
    older, newer = sorted((one, other), key=lambda post: post.post_id)
    world.settle()
    use = records.use

    def and_meanwhile(*what: str) -> None:
        editing.delete(li.member, older.post_id, now=world.now)
        use(*what)

    monkeypatch.setattr(records, "use", and_meanwhile)
    editing.delete(li.member, newer.post_id, now=world.now)
    (gone,) = facts_of(world)
    consequences.follow(gone)
    assert search.suggestions("密谋") == []


def facts_of(world: World) -> list[str]:
    world.relay()
    return world.take("facts")


def test_who_builds_the_index_again_brings_suggestions_back(
    world: World, li: Person, publish: Publish
) -> None:
    post = publish(li, topics=("密谋",))
    world.settle()
    records.use_no_more("密谋", post.post_id)
    search.renew(post.post_id, anew=False, now=world.now)
    assert search.suggestions("密谋") == []
    search.renew(post.post_id, anew=True, now=world.now)
    assert search.suggestions("密谋") == ["密谋"]


def test_what_not_everybody_may_read_is_not_suggested(
    world: World, li: Person, publish: Publish
) -> None:
    publish(li, "members-only", topics=("密谋甲",))
    publish(li, topics=("密谋乙",), audience=FOR_T3)
    publish(li, topics=("密谋丙",), text="存疑")
    world.settle()
    assert search.suggestions("密谋") == []


def test_to_begin_nothing_is_refused() -> None:
    with pytest.raises(Invalid):
        search.suggestions(" ")
