"""What the bot answers in the customer-service chat."""

from __future__ import annotations

import pytest

from chat import texts
from chat.intents import Line, answer_to
from community.commons.audience.rules import OWNERS
from community.forum.boards import records as board_records
from community.forum.boards.rules import Board
from community.forum.posts import curating
from community.forum.posts import service as posts
from tests.builders import a_draft
from tests.world import Person, World

HELP = [Line(texts.HELP)]


def publish(world: World, who: Person, title: str, board_id: str = "car-care") -> str:
    world.later(milliseconds=1)
    draft = a_draft(title=title)
    return posts.publish(
        who.member, board_id, draft, request_id=world.new_request_id(), now=world.now
    ).post_id


@pytest.mark.parametrize("text", ["帮助", " 帮助\n", "你好", "", "养车", "😀", "签到"])
def test_whoever_asks_for_help_or_is_not_understood_gets_help(world: World, text: str) -> None:
    assert answer_to(text, None, now=world.now) == HELP


def test_a_member_has_no_points_yet(world: World) -> None:
    (line,) = answer_to("我的积分", world.joins("wang").member, now=world.now)
    assert line == Line("您当前有 0 积分。积分可在会员社区中使用。")


def test_who_never_signed_in_is_told_how_to_see_their_points(world: World) -> None:
    assert answer_to("我的积分", None, now=world.now) == [Line(texts.SIGN_IN_FOR_POINTS)]


@pytest.mark.parametrize(
    ("text", "board_id"), [("养车无忧", "car-care"), ("新车选购", "new-car-shopping")]
)
def test_a_board_answers_with_its_three_latest_posts_as_cards(
    world: World, li: Person, text: str, board_id: str
) -> None:
    made = [publish(world, li, f"第 {number} 帖", board_id) for number in range(4)]
    assert answer_to(text, None, now=world.now) == [
        Line(f"第 {number} 帖", f"pages/post/index?post_id={made[number]}") for number in (3, 2, 1)
    ]


def test_an_empty_board_invites_the_first_post(world: World) -> None:
    assert answer_to("养车无忧", None, now=world.now) == [Line(texts.NO_POSTS)]


def test_a_held_post_is_not_shown(world: World, li: Person) -> None:
    publish(world, li, "存疑")
    assert answer_to("养车无忧", li.member, now=world.now) == [Line(texts.NO_POSTS)]


def test_a_board_that_is_closed_says_so(world: World) -> None:
    board_records.BoardRow("boards", "car-care").delete()
    board_records.add_if_new(
        Board(board_id="car-care", name="养车无忧", description="…", place=2, read=OWNERS)
    )
    assert answer_to("养车无忧", None, now=world.now) == [Line("您暂时不能浏览本板块")]


def test_pinned_posts_do_not_make_the_answer_longer(world: World, li: Person) -> None:
    made = [publish(world, li, f"第 {number} 帖") for number in range(6)]
    for post_id in made[:3]:
        world.later(seconds=1)
        curating.pin(post_id, on=True, by="zhangsan", now=world.now)
    world.later(minutes=2)
    told = [line.text for line in answer_to("养车无忧", None, now=world.now)]
    assert told == ["第 5 帖", "第 4 帖", "第 3 帖"]
