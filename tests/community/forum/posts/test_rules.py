"""Posts: drafts, teasers, states, and what of a post may leave for whom."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib import ids
from chalicelib.errors import Invalid
from community.commons.audience.rules import EVERYONE, OWNERS, Audience, Tier
from community.forum.boards.rules import BOARDS_FROM_THE_START, Board
from community.forum.posts import drafting, rules, seeing
from community.forum.posts.rules import TEASER_CHARS_MAX, Draft, NoSuchPost, Post, State
from community.people.members.rules import Member
from tests.builders import a_draft, a_member, an_owner

NOW = datetime(2026, 11, 22, 4, 0, 0, 123456, tzinfo=UTC)
BOARDS = {board.board_id: board for board in BOARDS_FROM_THE_START}
AUTHOR = an_owner(member_id="author", nickname="老李")
T2 = Audience(tier_min=Tier.T2)


def a_post(author: Member = AUTHOR, checked: bool = True, **draft: Any) -> Post:
    said = a_draft(**draft)
    return drafting.new_post(
        said,
        post_id=drafting.new_post_id(author, said, request_id="r1", now=NOW),
        author=author,
        board_id="car-care",
        checked=checked,
        now=NOW,
    )


# Drafts


def test_blanks_around_a_draft_are_cut() -> None:
    draft = drafting.tidied(a_draft(title="  首保 \n 多少钱 ", text="\n 大家花了多少？\n\n真的贵 "))
    assert (draft.title, draft.text) == ("首保 多少钱", "大家花了多少？\n\n真的贵")


def test_model_and_topics_are_one_word_each_and_said_once() -> None:
    topics = (" #露营", "＃露营", "  ", "自驾 \n 游", "#")
    draft = drafting.tidied(a_draft(model=" 途观  L ", topics=topics))
    assert (draft.model, draft.topics) == ("途观 L", ("露营", "自驾 游"))
    assert drafting.tidied(a_draft(model=" ")).model is None


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"title": " \n "}, ["title"]),
        ({"text": "\u3000"}, ["text"]),
        ({"title": "", "text": ""}, ["title", "text"]),
    ],
)
def test_a_draft_that_says_nothing_is_refused(fields: dict[str, str], wrong: list[str]) -> None:
    with pytest.raises(Invalid) as refused:
        drafting.tidied(a_draft(**fields))
    assert [error.field for error in refused.value.errors] == wrong


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "story"},
        {"title": "x" * 51},
        {"text": "x" * 5_001},
        {"teaser": "x" * 81},
        {"audience": {"tier_min": "T9"}},
        {"audience": None},
        {"model": "x" * 41},
        {"topics": ["x" * 21]},
        {"topics": list("abcdef")},
        {"topics": None},
    ],
)
def test_a_draft_out_of_bounds_is_refused_at_the_door(fields: dict[str, Any]) -> None:
    whole = {"kind": "question", "title": "首保", "text": "多少钱", **fields}
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(msgspec.json.encode(whole), type=Draft)


def test_everything_that_others_get_to_read_is_looked_at() -> None:
    draft = a_draft(
        text="正文",
        teaser="导语",
        model="车型",
        topics=("话题一", "话题二"),
        audience=Audience(tags_any=("标签一", "标签二")),
    )
    assert drafting.shown_of(draft) == "导语\n正文\n车型\n话题一\n话题二\n标签一\n标签二"


# New posts


@pytest.mark.parametrize(("checked", "state"), [(True, State.PUBLISHED), (False, State.HELD)])
def test_what_was_not_checked_is_held(checked: bool, state: State) -> None:
    assert a_post(checked=checked).state is state


def test_a_post_says_who_wrote_it_as_they_were_called_then() -> None:
    author = a_post().author
    assert (author.member_id, author.nickname, author.badges) == ("author", "老李", ("owner",))


def test_a_posts_time_is_that_of_its_id() -> None:
    post = a_post()
    assert post.created_at == ids.time_of(post.post_id) == NOW.replace(microsecond=123_000)


def test_a_retry_makes_the_same_post() -> None:
    assert a_post() == a_post()


def test_another_members_request_of_the_same_id_is_another_post() -> None:
    assert a_post().post_id != a_post(author=a_member(member_id="other")).post_id


# Teasers


@pytest.mark.parametrize(
    ("draft", "teaser"),
    [
        ({"text": "短短一句"}, "短短一句"),
        ({"text": "两行\n\n合成 一行"}, "两行 合成 一行"),
        ({"text": "长" * 80}, "长" * 80),
        ({"text": "长" * 81}, "长" * 79 + "…"),
        ({"teaser": "我的导语"}, "我的导语"),
        ({"teaser": None, "text": "短短一句"}, "短短一句"),
        ({"text": "秘密", "audience": OWNERS}, "全文共 2 字，解锁后可阅读"),
        ({"text": "秘密", "audience": OWNERS, "teaser": "只说一点"}, "只说一点"),
    ],
)
def test_what_everybody_may_read_of_a_post(draft: dict[str, Any], teaser: str) -> None:
    assert a_post(**draft).teaser == teaser


@given(st.text(min_size=1), st.none() | st.text(max_size=TEASER_CHARS_MAX))
def test_no_teaser_is_longer_than_allowed(text: str, teaser: str | None) -> None:
    assert len(drafting.teaser_of(a_draft(text=text, teaser=teaser))) <= TEASER_CHARS_MAX


# Before whom


def ways(viewer: Member | None, post: Post, board: Board = BOARDS["car-care"]) -> list[str]:
    unlock = seeing.unlock_of(viewer, post, board)
    return [way.kind for way in unlock.how] if unlock else []


@pytest.mark.parametrize(
    ("viewer", "audience", "board_id", "needed"),
    [
        (None, EVERYONE, "car-care", []),
        (None, OWNERS, "car-care", ["sign_in", "certify_owner"]),
        (a_member(), OWNERS, "car-care", ["certify_owner"]),
        (an_owner(), OWNERS, "car-care", []),
        (an_owner(), T2, "car-care", ["reach_tier"]),
        (an_owner(tier=Tier.T2), T2, "car-care", []),
        (a_member(tier=Tier.T2), T2, "members-only", ["certify_owner"]),
        (an_owner(), T2, "members-only", ["reach_tier"]),
        (a_member(member_id="author"), T2, "members-only", []),
    ],
)
def test_what_opens_a_post(
    viewer: Member | None, audience: Audience, board_id: str, needed: list[str]
) -> None:
    assert ways(viewer, a_post(audience=audience), BOARDS[board_id]) == needed


@pytest.mark.parametrize(
    "draft",
    [
        {"text": "保养手册里没写的秘密"},
        {"text": "保养手册里没写的秘密" * 50},
        {"text": "保养手册\n\n里没写的秘密"},
        {"text": "保养手册里没写的秘密", "audience": OWNERS},
        {"text": "保养手册里没写的秘密", "audience": OWNERS, "teaser": "一点心得"},
        {"text": "保养手册里没写的秘密", "teaser": "一点心得"},
    ],
)
def test_not_one_word_of_a_locked_text_leaves(draft: dict[str, Any]) -> None:
    left = msgspec.json.encode(seeing.locked(a_post(**draft))).decode()
    assert "保养手册" not in left
    assert "秘密" not in left


def test_what_its_author_says_of_a_locked_post_stays() -> None:
    assert seeing.locked(a_post(teaser="一点心得")).teaser == "一点心得"


@pytest.mark.parametrize(
    ("state", "viewer", "known"),
    [
        (State.PUBLISHED, None, True),
        (State.PUBLISHED, a_member(), True),
        (State.HELD, None, False),
        (State.HELD, a_member(), False),
        (State.HELD, AUTHOR, True),
        (State.REMOVED, a_member(), False),
        (State.REMOVED, AUTHOR, False),
    ],
)
def test_who_may_know_of_a_post(state: State, viewer: Member | None, known: bool) -> None:
    post = rules.changed(a_post(), state=state)
    if known:
        rules.check_may_know(viewer, post)
    else:
        with pytest.raises(NoSuchPost):
            rules.check_may_know(viewer, post)
