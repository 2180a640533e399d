"""On which lists a post stands, and what somebody finds there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from chalicelib.errors import Invalid
from chalicelib.lists import Page, PageQuery
from community import consequences
from community.commons.agenda import service as agenda
from community.commons.audience.rules import OWNERS, Identity
from community.facts import HistoryCleared, MemberErased, MembersMerged, MembersUnmerged, PostEdited
from community.forum.boards.rules import BoardClosed
from community.forum.comments import service as comments
from community.forum.comments.rules import CommentDraft
from community.forum.lists import records
from community.forum.lists import service as lists
from community.forum.posts import curating, editing
from community.forum.posts import service as posts
from community.forum.posts.rules import Card, Post, State
from community.forum.reactions import service as reactions
from community.forum.reactions.rules import Kind
from community.people.members.rules import Member
from tests.builders import a_draft
from tests.community.forum.conftest import Publish
from tests.world import RECEIVES_MAX, Person, World

BOARD = "car-care"
ALL = PageQuery(limit=50)


def ids_of(page: Page[Card]) -> list[str]:
    return [card.post_id for card in page.items]


def topic(world: World, name: str, viewer: Person | None = None) -> list[str]:
    return ids_of(lists.by_topic(viewer and viewer.member, name, ALL, now=world.now))


def model(world: World, name: str) -> list[str]:
    return ids_of(lists.by_model(None, name, ALL, now=world.now))


def by_author(world: World, who: Person, viewer: Person | None = None) -> list[str]:
    member = viewer and viewer.member
    return ids_of(lists.by_author(member, who.member_id, ALL, now=world.now))


@pytest.fixture
def publishes(world: World, publish: Publish) -> Callable[..., Post]:
    def published(who: Person, board_id: str = BOARD, **draft: Any) -> Post:
        world.later(seconds=1)
        post = publish(who, board_id, **draft)
        world.settle()
        return post

    return published


Publishes = Callable[..., Post]


def test_a_post_is_found_by_its_topics_and_model_the_latest_first(
    world: World, li: Person, publishes: Publishes
) -> None:
    one = publishes(li, topics=("自驾", "露营"), model="途观 L")
    other = publishes(li, topics=("露营",))
    assert topic(world, "露营") == [other.post_id, one.post_id]
    assert topic(world, "自驾") == [one.post_id]
    assert model(world, "途观 L") == [one.post_id]
    assert topic(world, "改装") == []


def test_it_is_found_however_a_topic_is_written(
    world: World, li: Person, publishes: Publishes
) -> None:
    post = publishes(li, topics=("ID.4  X",))
    assert topic(world, "#id.4 x") == [post.post_id]


def test_a_topic_longer_than_any_is_none(world: World) -> None:
    assert topic(world, "长" * 3_000) == []


def test_a_post_for_some_is_listed_as_on_its_board_and_one_of_a_closed_board_is_not(
    world: World, li: Person, wang: Person, publishes: Publishes
) -> None:
    locked = publishes(li, topics=("露营",), audience=OWNERS, teaser="引")
    closed = publishes(li, "members-only", topics=("露营",))
    assert topic(world, "露营", wang) == [locked.post_id]
    assert topic(world, "露营", li) == [closed.post_id, locked.post_id]
    assert by_author(world, li, wang) == [locked.post_id]


def test_what_is_edited_stands_where_it_belongs_now(
    world: World, li: Person, publishes: Publishes
) -> None:
    post = publishes(li, topics=("露营",), model="途观 L")
    editing.edit(li.member, post.post_id, a_draft(topics=("自驾",)), now=world.now)
    world.settle()
    assert topic(world, "自驾") == [post.post_id]
    assert (topic(world, "露营"), model(world, "途观 L")) == ([], [])


def test_what_is_deleted_is_on_no_list_until_it_is_restored(
    world: World, li: Person, publishes: Publishes
) -> None:
    post = publishes(li, topics=("露营",), kind="question")
    editing.delete(li.member, post.post_id, now=world.now)
    world.settle()
    assert (topic(world, "露营"), by_author(world, li)) == ([], [])
    assert not [row for row in world.rows("forum") if row["pk"].startswith("list#")]
    editing.restore(li.member, post.post_id, now=world.now)
    world.settle()
    assert topic(world, "露营") == by_author(world, li) == [post.post_id]


def test_a_held_post_is_on_no_list(world: World, li: Person, publishes: Publishes) -> None:
    publishes(li, topics=("露营",), text="存疑", kind="question")
    assert (topic(world, "露营"), by_author(world, li)) == ([], [])


def test_staff_say_what_is_featured(world: World, li: Person, publishes: Publishes) -> None:
    post = publishes(li)
    for on, found in ((True, [post.post_id]), (False, [])):
        world.later(seconds=1)
        curating.feature(post.post_id, on=on, by="zhangsan", now=world.now)
        world.settle()
        assert ids_of(lists.featured(None, BOARD, ALL, now=world.now)) == found


def test_questions_are_unanswered_until_an_answer_is_accepted(
    world: World, li: Person, wang: Person, publishes: Publishes
) -> None:
    from community.forum.answers import service as answers

    post = publishes(li, kind="question")
    publishes(li)
    draft = CommentDraft(text="换机油")
    said = comments.publish(wang.member, post.post_id, draft, request_id="r", now=world.now)
    world.settle()
    assert unanswered(world) == [post.post_id]
    answers.accept(li.member, post.post_id, said.comment_id, now=world.now)
    world.settle()
    assert unanswered(world) == []
    answers.take_back(li.member, post.post_id, said.comment_id, now=world.now)
    world.settle()
    assert unanswered(world) == [post.post_id]


def unanswered(world: World) -> list[str]:
    return ids_of(lists.unanswered(None, BOARD, ALL, now=world.now))


def test_who_may_not_read_a_board_reads_none_of_its_lists(world: World) -> None:
    for read in (lists.featured, lists.unanswered):
        with pytest.raises(BoardClosed):
            read(None, "members-only", ALL, now=world.now)


def test_my_posts_are_there_in_whatever_state(
    world: World, li: Person, wang: Person, publishes: Publishes
) -> None:
    shown, held, deleted = (publishes(li, text=text) for text in ("正文", "存疑", "正文"))
    editing.delete(li.member, deleted.post_id, now=world.now)
    world.settle()
    found = lists.my_posts(li.member, ALL).items
    assert [(mine.card.post_id, mine.state) for mine in found] == [
        (deleted.post_id, State.DELETED),
        (held.post_id, State.HELD),
        (shown.post_id, State.PUBLISHED),
    ]
    assert lists.my_posts(wang.member, ALL).items == []


def test_my_comments_are_there_and_those_that_i_deleted_are_not(
    world: World, li: Person, wang: Person, publishes: Publishes
) -> None:
    post, said = publishes(li), []
    for number in range(3):
        world.later(seconds=1)
        draft, request_id = CommentDraft(text=f"第{number}条"), f"r{number}"
        said.append(
            comments.publish(
                wang.member, post.post_id, draft, request_id=request_id, now=world.now
            ).comment_id
        )
    world.settle()
    comments.delete(wang.member, post.post_id, said[1], now=world.now)
    world.settle()
    found = lists.my_comments(wang.member, ALL, now=world.now).items
    assert [each.comment.comment_id for each in found] == [said[2], said[0]]


def test_my_comments_name_their_posts_as_long_as_i_see_them(
    world: World, li: Person, publishes: Publishes
) -> None:
    inside = publishes(li, "members-only", title="车主专区")
    gone, there = (publishes(li, title=title) for title in ("写错了", "首保"))
    zhou = world.becomes_owner("zhou")
    for post in (inside, gone, there):
        world.later(seconds=1)
        draft, request_id = CommentDraft(text="好"), world.new_request_id()
        comments.publish(zhou.member, post.post_id, draft, request_id=request_id, now=world.now)
    world.settle()

    def titles(member: Member) -> list[str | None]:
        said = lists.my_comments(member, ALL, now=world.now).items
        return [each.post_title for each in said]

    assert titles(zhou.member) == ["首保", "写错了", "车主专区"]
    editing.delete(li.member, gone.post_id, now=world.now)
    world.settle()
    assert titles(zhou.member) == ["首保", None, "车主专区"]
    no_owner = msgspec.structs.replace(zhou.member, identity=Identity.PROSPECT, badges=())
    assert titles(no_owner) == ["首保", None, None]


def keep(world: World, who: Person, post: Post, *, on: bool = True) -> None:
    world.later(seconds=1)
    act = reactions.react if on else reactions.take_back
    act(Kind.FAVOURITE, who.member, post.post_id, now=world.now)


def favourites(world: World, who: Person) -> list[str]:
    return ids_of(lists.favourites(who.member, ALL, now=world.now))


def test_favourites_are_listed_as_they_were_kept(
    world: World, li: Person, wang: Person, publishes: Publishes
) -> None:
    one, other, third = publishes(li), publishes(li), publishes(li)
    for post in (third, one, other):
        keep(world, wang, post)
    keep(world, wang, third, on=False)
    assert favourites(world, wang) == [other.post_id, one.post_id]
    keep(world, wang, third)
    assert favourites(world, wang) == [third.post_id, other.post_id, one.post_id]
    editing.delete(li.member, other.post_id, now=world.now)
    world.settle()
    assert favourites(world, wang) == [third.post_id, one.post_id]
    assert favourites(world, li) == []


def opens(world: World, who: Person, post: Post) -> None:
    world.later(seconds=1)
    sight = posts.read(who.member, post.post_id, now=world.now)
    reactions.note_read(who.member, sight, now=world.now)
    world.settle()


def history(world: World, who: Person) -> list[str]:
    return ids_of(lists.history(who.member, ALL, now=world.now))


def kept(world: World) -> list[str]:
    return [row["sk"] for row in world.rows("forum") if row["pk"].startswith("history#")]


def test_what_i_read_is_there_where_i_read_it_last(
    world: World, li: Person, wang: Person, publishes: Publishes
) -> None:
    one, other = publishes(li), publishes(li)
    opens(world, wang, one)
    opens(world, wang, other)
    assert history(world, wang) == [other.post_id, one.post_id]
    world.later(days=1)
    opens(world, wang, one)
    assert history(world, wang) == [one.post_id, other.post_id]
    (card,) = posts.several_cards([(BOARD, one.post_id)]).values()
    assert card.counts.views == 1


def test_what_i_read_is_forgotten_after_90_days(
    world: World, li: Person, wang: Person, publishes: Publishes
) -> None:
    opens(world, wang, publishes(li))
    world.later(days=89, hours=23)
    assert len(history(world, wang)) == 1
    world.later(hours=2)
    assert history(world, wang) == []


def test_my_history_is_gone_at_once_when_i_clear_it_and_deleted_afterwards(
    world: World, li: Person, wang: Person, publishes: Publishes, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [publishes(li) for _ in range(RECEIVES_MAX + 2)]
    for post in made:
        opens(world, wang, post)
    monkeypatch.setattr(records, "AT_ONCE_MAX", 1)
    lists.clear_history(wang.member, request_id="c", now=world.now)
    assert history(world, wang) == []
    world.settle()
    assert len(kept(world)) == len(made)
    assert lists.exported(wang.member_id) == []
    while agenda.let_happen(now=world.now):
        world.settle()
    assert kept(world) == [records.CLEARED]
    assert world.dead == []
    world.later(days=1)
    opens(world, wang, made[0])
    assert history(world, wang) == [made[0].post_id]


@pytest.mark.parametrize("over", ["cleared", "too long ago"])
def test_a_cursor_of_what_is_not_there_any_longer_is_at_the_end_of_the_list(
    world: World, li: Person, wang: Person, publishes: Publishes, over: str
) -> None:
    for _ in range(2):
        opens(world, wang, publishes(li))
    first = lists.history(wang.member, PageQuery(limit=1), now=world.now)
    if over == "cleared":
        lists.clear_history(wang.member, request_id="c", now=world.now)
    else:
        world.later(days=90, minutes=1)
    query = PageQuery(limit=1, cursor=first.next_cursor)
    page = lists.history(wang.member, query, now=world.now)
    assert (page.items, page.next_cursor) == ([], None)


def test_what_i_read_again_on_the_day_on_which_i_cleared_my_history_is_there_again(
    world: World, li: Person, wang: Person, publishes: Publishes
) -> None:
    one, other = publishes(li), publishes(li)
    opens(world, wang, one)
    opens(world, wang, other)
    lists.clear_history(wang.member, request_id="c", now=world.now)
    world.settle()
    world.later(minutes=1)
    for _ in range(2):
        opens(world, wang, one)
    assert history(world, wang) == [one.post_id]
    (card,) = posts.several_cards([(BOARD, one.post_id)]).values()
    assert card.counts.views == 1


def test_to_clear_my_history_is_told_twice_and_takes_nothing_that_i_read_since(
    world: World, li: Person, wang: Person, publishes: Publishes
) -> None:
    one = publishes(li)
    opens(world, wang, one)
    lists.clear_history(wang.member, request_id="c", now=world.now)
    cleared = HistoryCleared(fact_id="c", at=world.now, member_id=wang.member_id)
    world.settle()
    world.later(minutes=1)
    opens(world, wang, one)
    lists.clear(cleared)
    assert history(world, wang) == [one.post_id]


def test_a_view_that_is_told_late_changes_nothing(
    world: World, li: Person, wang: Person, publishes: Publishes
) -> None:
    one, other = publishes(li), publishes(li)
    told: list[str] = []
    for post in (one, other, one):
        world.later(days=1)
        sight = posts.read(wang.member, post.post_id, now=world.now)
        reactions.note_read(wang.member, sight, now=world.now)
        world.relay()
        told += world.take("facts")
        world.take("counts")
    for body in (*reversed(told), *told):
        consequences.follow(body)
    assert history(world, wang) == [one.post_id, other.post_id]


def test_history_and_favourites_follow_a_merge_and_go_back(
    world: World, li: Person, wang: Person, publishes: Publishes
) -> None:
    one, other = publishes(li), publishes(li)
    zhao = world.joins("zhao")
    for who, post in ((zhao, one), (wang, other), (zhao, other)):
        opens(world, who, post)
        keep(world, who, post)
        world.settle()
    told: dict[str, Any] = {
        "at": world.now,
        "kept_id": wang.member_id,
        "gone_id": zhao.member_id,
        "merge_id": "m1",
    }
    merged = MembersMerged(fact_id="m1", **told)
    lists.follow_merge(merged)
    reactions.follow_merge(merged)
    assert history(world, wang) == favourites(world, wang)
    assert set(history(world, wang)) == {one.post_id, other.post_id}
    assert (history(world, zhao), favourites(world, zhao)) == ([], [])
    undone = MembersUnmerged(fact_id="u1", **told)
    lists.follow_unmerge(undone)
    reactions.follow_unmerge(undone)
    assert history(world, wang) == favourites(world, wang) == [other.post_id]
    assert set(history(world, zhao)) == set(favourites(world, zhao)) == {one.post_id, other.post_id}


def test_who_is_erased_leaves_no_history(
    world: World, li: Person, wang: Person, publishes: Publishes
) -> None:
    one, other = publishes(li), publishes(li)
    opens(world, wang, one)
    lists.clear_history(wang.member, request_id="c", now=world.now)
    opens(world, wang, other)
    (exported,) = lists.exported(wang.member_id)
    assert exported["post_id"] == other.post_id
    lists.erase(MemberErased(fact_id="e", at=world.now, member_id=wang.member_id))
    assert not [row for row in world.rows("forum") if row["pk"].startswith("history#")]


def test_facts_told_twice_and_out_of_order_leave_a_post_where_it_belongs(
    world: World, li: Person, publish: Publish
) -> None:
    post = publish(li, topics=("露营",))
    editing.edit(li.member, post.post_id, a_draft(topics=("自驾",)), now=world.now)
    editing.edit(li.member, post.post_id, a_draft(topics=("改装",)), now=world.now)
    world.relay()
    told = world.take("facts")
    for body in (*reversed(told), *told):
        consequences.follow(body)
    assert [topic(world, name) for name in ("露营", "自驾", "改装")] == [[], [], [post.post_id]]


def test_an_edit_that_comes_while_another_is_followed_has_the_last_word(
    world: World, li: Person, publishes: Publishes, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = publishes(li, topics=("露营",))
    editing.edit(li.member, post.post_id, a_draft(topics=("自驾",)), now=world.now)
    fact = PostEdited(
        fact_id="e", at=world.now, post_id=post.post_id, author_id=post.author.member_id
    )
    read = posts.get

    def and_meanwhile(post_id: str) -> Post:
        found = read(post_id)
        monkeypatch.setattr(posts, "get", read)
        editing.edit(li.member, post.post_id, a_draft(topics=("露营",)), now=world.now)
        lists.follow(fact)
        return found

    monkeypatch.setattr(posts, "get", and_meanwhile)
    lists.follow(fact)
    assert [topic(world, name) for name in ("露营", "自驾")] == [[post.post_id], []]


def test_a_cursor_of_another_list_is_refused(
    world: World, li: Person, publishes: Publishes
) -> None:
    for _ in range(2):
        publishes(li, topics=("露营", "自驾"))
    cursor = lists.by_topic(None, "露营", PageQuery(limit=1), now=world.now).next_cursor
    with pytest.raises(Invalid):
        lists.by_topic(None, "自驾", PageQuery(cursor=cursor), now=world.now)
