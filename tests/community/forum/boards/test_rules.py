"""Boards: who may read, post and comment, and what each refusal says."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.errors import Refusal
from community.commons.audience.rules import Audience, Identity, Tier
from community.forum.boards import rules
from community.forum.boards.rules import (
    BOARDS_FROM_THE_START,
    Board,
    BoardArchived,
    BoardClosed,
    BoardNeedsOwner,
    May,
    MayNotComment,
    MayNotPost,
    Policy,
)
from community.people.members.rules import Member
from tests.builders import a_member, an_owner

BOARDS = {board.board_id: board for board in BOARDS_FROM_THE_START}
GUEST, PROSPECT, OWNER = None, a_member(), an_owner()
ALL, READ, NONE = May(True, True, True), May(True, False, False), May(False, False, False)


def a_board(**fields: Any) -> Board:
    return Board(**{"board_id": "b", "name": "板块", "description": "…", "place": 9, **fields})


def test_the_boards_from_the_start_are_known_by_these_names_in_this_order() -> None:
    ordered = sorted(BOARDS_FROM_THE_START, key=lambda board: board.place)
    assert [(board.board_id, board.name) for board in ordered] == [
        ("new-car-shopping", "新车选购"),
        ("car-care", "养车无忧"),
        ("accessory-deals", "车品大促"),
        ("new-launches", "新车发布"),
        ("members-only", "会员尊享"),
    ]


@pytest.mark.parametrize(
    ("board_id", "guest", "prospect", "owner"),
    [
        ("new-car-shopping", READ, ALL, ALL),
        ("car-care", READ, May(True, False, True), ALL),
        ("accessory-deals", READ, ALL, ALL),
        ("new-launches", READ, ALL, ALL),
        ("members-only", NONE, NONE, ALL),
    ],
)
def test_who_may_do_what(board_id: str, guest: May, prospect: May, owner: May) -> None:
    board = BOARDS[board_id]
    assert [rules.may(who, board) for who in (GUEST, PROSPECT, OWNER)] == [guest, prospect, owner]


@pytest.mark.parametrize(
    ("viewer", "board_id", "reason", "ways"),
    [
        (GUEST, "new-car-shopping", "发帖仅限会员", ["sign_in"]),
        (GUEST, "car-care", "发帖仅限认证车主", ["sign_in", "certify_owner"]),
        (PROSPECT, "car-care", "发帖仅限认证车主", ["certify_owner"]),
        (PROSPECT, "members-only", "浏览仅限认证车主", ["certify_owner"]),
    ],
)
def test_what_opens_the_next_thing_is_told(
    viewer: Member | None, board_id: str, reason: str, ways: list[str]
) -> None:
    unlock = rules.unlock_of(viewer, BOARDS[board_id])
    assert unlock is not None
    assert (unlock.reason, [way.kind for way in unlock.how]) == (reason, ways)


@pytest.mark.parametrize("board_id", BOARDS)
def test_to_an_owner_nothing_is_closed(board_id: str) -> None:
    assert rules.unlock_of(OWNER, BOARDS[board_id]) is None


def ways_in(refusal: Refusal) -> list[str]:
    assert refusal.unlock is not None
    return [way.kind for way in refusal.unlock.how]


def test_a_prospect_is_told_how_to_get_into_car_care() -> None:
    with pytest.raises(BoardNeedsOwner) as refused:
        rules.check_may_post(PROSPECT, BOARDS["car-care"])
    assert refused.value.detail == "认证车主后即可在本板块发帖"
    assert ways_in(refused.value) == ["certify_owner"]


def test_a_board_for_a_higher_tier_says_which() -> None:
    board = a_board(post=Audience(tier_min=Tier.T2))
    with pytest.raises(MayNotPost) as refused:
        rules.check_may_post(a_member(tier=Tier.T1), board)
    assert refused.value.unlock is not None
    assert "T2" in refused.value.unlock.how[0].text


def test_an_owner_posts_everywhere() -> None:
    for board in BOARDS_FROM_THE_START:
        rules.check_may_post(OWNER, board)


def test_who_may_not_read_a_board_may_not_comment_there() -> None:
    with pytest.raises(BoardClosed):
        rules.check_may_comment(PROSPECT, BOARDS["members-only"])


def test_who_may_read_a_board_may_be_kept_from_commenting() -> None:
    board = a_board(comment=Audience(identity=(Identity.DEPOSIT_HOLDER,)))
    with pytest.raises(MayNotComment) as refused:
        rules.check_may_comment(PROSPECT, board)
    assert ways_in(refused.value) == ["pay_deposit"]


@pytest.mark.parametrize("viewer", [GUEST, PROSPECT])
def test_a_closed_board_is_not_read(viewer: Member | None) -> None:
    with pytest.raises(BoardClosed) as refused:
        rules.check_may_read(viewer, BOARDS["members-only"])
    assert "certify_owner" in ways_in(refused.value)


def test_who_may_not_read_a_board_may_not_post_there() -> None:
    board = a_board(read=Audience(tier_min=Tier.T2))
    assert rules.may(PROSPECT, board) == NONE
    with pytest.raises(BoardClosed):
        rules.check_may_post(PROSPECT, board)


def test_an_archived_board_is_only_read() -> None:
    board = a_board(archived=True)
    assert rules.may(OWNER, board) == READ
    assert rules.unlock_of(OWNER, board) is None
    rules.check_may_read(None, board)
    with pytest.raises(BoardArchived):
        rules.check_may_post(OWNER, board)
    with pytest.raises(BoardArchived):
        rules.check_may_comment(OWNER, board)


def test_nothing_is_promised_about_writing_on_an_archived_board() -> None:
    board = a_board(archived=True, read=Audience(tier_min=Tier.T1))
    unlock = rules.unlock_of(GUEST, board)
    assert unlock
    assert unlock.reason.startswith("浏览")
    assert (
        rules.unlock_of(PROSPECT, a_board(archived=True, post=Audience(tier_min=Tier.T3))) is None
    )


def test_archived_boards_come_last() -> None:
    boards = [a_board(board_id="a", place=1, archived=True), a_board(board_id="b", place=5)]
    boards += [a_board(board_id="d", place=3), a_board(board_id="c", place=3)]
    assert [board.board_id for board in rules.in_order(boards)] == ["c", "d", "b", "a"]


@pytest.mark.parametrize(
    ("policy", "days", "waits"),
    [
        (Policy.POST_MODERATE, 0, False),
        (Policy.PRE_MODERATE, 0, True),
        (Policy.PRE_MODERATE, 900, True),
        (Policy.PRE_MODERATE_NEW, 0, True),
        (Policy.PRE_MODERATE_NEW, 6.9, True),
        (Policy.PRE_MODERATE_NEW, 7, False),
    ],
)
def test_whose_posts_wait_for_a_moderator(policy: Policy, days: float, waits: bool) -> None:
    now = PROSPECT.joined_at + timedelta(days=days)
    assert rules.waits_for_moderator(PROSPECT, a_board(policy=policy), now) is waits


def test_who_looks_after_a_board_is_known_by_the_role_that_rules_ask_for() -> None:
    moderator = rules.with_role(PROSPECT, rules.moderator_of("car-care"), held=True)
    board = a_board(post=Audience(board_role="moderator:car-care"))
    assert rules.moderates(moderator, "car-care")
    assert not rules.moderates(moderator, "members-only")
    assert rules.may(moderator, board).post
    assert not rules.may(OWNER, board).post
    assert rules.with_role(moderator, "moderator:car-care", held=False) == PROSPECT
