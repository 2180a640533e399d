"""Commenting: who may, what is held, what is counted, in which order it is read."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.errors import Invalid, Refusal, Unavailable
from chalicelib.lists import PageQuery
from community.commons.audience.rules import OWNERS
from community.commons.safety.rules import ContentNotAllowed
from community.facts import CaseDecided, CaseDecision, CommentPublished, MemberErased
from community.forum.boards.rules import MayNotComment
from community.forum.comments import records
from community.forum.comments import service as comments
from community.forum.comments.rules import Comment, NoSuchComment
from community.forum.posts import service as posts
from community.forum.posts.rules import ERASED, NoSuchPost, Post, PostLocked, State
from tests.community.forum.comments.conftest import Say
from tests.community.forum.conftest import Publish
from tests.world import Person, World


def read(world: World, post: Post, who: Person | None = None, **query: Any) -> list[str]:
    page = comments.page(
        who.member if who else None, post.post_id, PageQuery(**query), now=world.now
    )
    return [comment.text for comment in page.items]


def counted(world: World, post: Post) -> int:
    return posts.read(None, post.post_id, now=world.now).counts.comments


def test_a_comment_is_read_by_everyone(world: World, wang: Person, post: Post, say: Say) -> None:
    assert say(wang).state is State.PUBLISHED
    assert [read(world, post, who) for who in (None, wang)] == [["同问"], ["同问"]]


def test_comments_come_in_the_order_in_which_they_were_made(
    world: World, wang: Person, post: Post, say: Say
) -> None:
    for number in range(3):
        say(wang, f"第 {number} 条")
    assert read(world, post) == ["第 0 条", "第 1 条", "第 2 条"]


def test_pages_neither_skip_nor_repeat_while_others_comment(
    world: World, wang: Person, post: Post, say: Say
) -> None:
    for number in range(5):
        say(wang, f"{number}")
    seen, cursor = [], None
    for number in range(5, 9):
        page = comments.page(None, post.post_id, PageQuery(limit=2, cursor=cursor), now=world.now)
        seen += [comment.text for comment in page.items]
        cursor = page.next_cursor
        say(wang, f"{number}")
    assert seen == [f"{number}" for number in range(8)]


def test_a_cursor_of_one_post_does_not_open_another(
    world: World, li: Person, wang: Person, post: Post, say: Say, publish: Publish
) -> None:
    say(wang)
    page = comments.page(None, post.post_id, PageQuery(limit=1), now=world.now)
    with pytest.raises(Invalid):
        read(world, publish(li), cursor=page.next_cursor)


@pytest.mark.parametrize(
    ("draft", "refusal"),
    [({"audience": OWNERS}, PostLocked), ({"text": "存疑"}, NoSuchPost)],
    ids=["locked", "held"],
)
def test_who_may_not_read_a_post_neither_reads_nor_writes_comments(
    world: World,
    li: Person,
    wang: Person,
    say: Say,
    publish: Publish,
    draft: dict[str, Any],
    refusal: type[Refusal],
) -> None:
    closed = publish(li, **draft)
    with pytest.raises(refusal):
        say(wang, to=closed)
    with pytest.raises(refusal):
        read(world, closed, wang)


def test_a_board_may_be_closed_to_comments(
    world: World, wang: Person, post: Post, say: Say
) -> None:
    from community.forum.boards import records as boards
    from community.forum.boards.rules import Board

    boards.BoardRow("boards", "car-care").delete()
    boards.add_if_new(
        Board(board_id="car-care", name="养车无忧", description="…", place=2, comment=OWNERS)
    )
    world.later(minutes=2)
    with pytest.raises(MayNotComment):
        say(wang)


def test_an_empty_comment_is_refused_before_anybody_is_asked(
    world: World, wang: Person, say: Say
) -> None:
    asked = len(world.sent("/wxa/msg_sec_check"))
    with pytest.raises(Invalid):
        say(wang, " ")
    assert len(world.sent("/wxa/msg_sec_check")) == asked


def test_a_risky_comment_is_refused_and_not_kept(
    world: World, wang: Person, post: Post, say: Say
) -> None:
    before = world.rows("forum")
    with pytest.raises(ContentNotAllowed):
        say(wang, "违规")
    assert world.rows("forum") == before


def test_wechat_is_told_that_it_is_a_comment(world: World, wang: Person, say: Say) -> None:
    say(wang)
    assert world.sent("/wxa/msg_sec_check")[-1]["scene"] == 2


def test_a_doubtful_comment_is_held_and_read_by_nobody(
    world: World, wang: Person, post: Post, say: Say
) -> None:
    assert say(wang, "存疑").state is State.HELD
    assert read(world, post, wang) == []


@pytest.mark.parametrize("text", ["同问", "存疑"])
def test_the_same_request_again_gives_the_same_comment_once(
    world: World, wang: Person, say: Say, text: str
) -> None:
    at = world.now
    first = say(wang, text, request_id="r1")
    before = world.rows("forum")
    world.now = at
    assert say(wang, text, request_id="r1") == first
    assert world.rows("forum") == before


def test_a_retry_keeps_what_the_first_try_decided(
    world: World, wang: Person, post: Post, say: Say
) -> None:
    at = world.now
    world.platform.answers("/wxa/msg_sec_check", -1)
    held = say(wang, request_id="r1")
    world.now = at
    assert say(wang, request_id="r1") == held
    assert (held.state, read(world, post)) == (State.HELD, [])


def test_what_is_not_there_is_not_found(post: Post) -> None:
    with pytest.raises(NoSuchComment):
        comments.get(post.post_id, "unknown")


# Counting


def published(comment: Comment) -> CommentPublished:
    return CommentPublished(
        fact_id=f"{comment.comment_id}.published",
        at=comment.created_at,
        post_id=comment.post_id,
        comment_id=comment.comment_id,
        author_id=comment.author.member_id,
    )


def test_the_count_follows_the_comments(world: World, wang: Person, post: Post, say: Say) -> None:
    for _ in range(3):
        say(wang)
    world.settle()
    assert counted(world, post) == 3


def test_a_comment_is_counted_once_however_often_it_is_told(
    world: World, wang: Person, post: Post, say: Say
) -> None:
    fact = published(say(wang))
    for _ in range(3):
        comments.count(fact)
    assert counted(world, post) == 1


def test_a_held_comment_is_not_counted(world: World, wang: Person, post: Post, say: Say) -> None:
    say(wang, "存疑")
    world.settle()
    assert counted(world, post) == 0


def test_a_comment_waits_to_be_counted_until_its_post_is_on_its_board(
    world: World, wang: Person, post: Post, say: Say
) -> None:
    from community.forum.posts import listed

    fact = published(say(wang))
    listed.CardRow(f"board#{post.board_id}", post.post_id).delete()
    with pytest.raises(Unavailable):
        comments.count(fact)
    listed.list_card(post)
    comments.count(fact)
    assert counted(world, post) == 1


# What a moderator decided


def decide(world: World, comment: Comment, decision: CaseDecision) -> None:
    comments.apply_decision(
        CaseDecided(
            fact_id=f"{comment.comment_id}.decided",
            at=world.now,
            case_id=comment.comment_id,
            post_id=comment.post_id,
            comment_id=comment.comment_id,
            author_id=comment.author.member_id,
            decision=decision,
            staff_id="zhangsan",
        )
    )


def test_a_released_comment_stands_where_it_was_written_and_is_counted(
    world: World, wang: Person, post: Post, say: Say
) -> None:
    held = say(wang, "存疑")
    say(wang, "后来的")
    decide(world, held, CaseDecision.PASS)
    world.settle()
    assert read(world, post) == ["存疑", "后来的"]
    assert counted(world, post) == 2


def test_a_removed_comment_is_read_by_nobody_and_not_counted(
    world: World, wang: Person, post: Post, say: Say
) -> None:
    held = say(wang, "存疑")
    decide(world, held, CaseDecision.REMOVE)
    world.settle()
    assert comments.get(post.post_id, held.comment_id).state is State.REMOVED
    assert (read(world, post, wang), counted(world, post)) == ([], 0)


@pytest.mark.parametrize("decision", CaseDecision)
def test_a_decision_that_is_told_twice_is_applied_once(
    world: World, wang: Person, say: Say, decision: CaseDecision
) -> None:
    held = say(wang, "存疑")
    decide(world, held, decision)
    world.settle()
    before = world.rows("forum")
    decide(world, held, decision)
    assert world.rows("forum") == before


@pytest.mark.parametrize("decision", CaseDecision)
def test_of_a_comment_deleted_while_held_no_word_is_left_once_it_is_decided(
    world: World, wang: Person, post: Post, say: Say, decision: CaseDecision
) -> None:
    held = say(wang, "存疑")
    comments.delete(wang.member, post.post_id, held.comment_id, now=world.now)
    assert comments.get(post.post_id, held.comment_id).text == "存疑"
    for _ in range(2):
        decide(world, held, decision)
    left = comments.get(post.post_id, held.comment_id)
    assert (left.state, left.text) == (State.DELETED, "")
    assert not [row for row in world.rows("forum") if "存疑" in str(row)]


def test_a_comment_that_is_deleted_while_it_is_decided_says_nothing_either(
    world: World, wang: Person, post: Post, say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, save = say(wang, "存疑"), records.save_decided

    def save_after_its_author_was_faster(*args: Any) -> None:
        monkeypatch.setattr(records, "save_decided", save)
        comments.delete(wang.member, post.post_id, held.comment_id, now=world.now)
        save(*args)

    monkeypatch.setattr(records, "save_decided", save_after_its_author_was_faster)
    decide(world, held, CaseDecision.PASS)
    left = comments.get(post.post_id, held.comment_id)
    assert (left.state, left.text) == (State.DELETED, "")


@pytest.mark.parametrize("deleted", [True, False])
def test_what_others_could_not_read_goes_with_its_author(
    world: World, wang: Person, post: Post, say: Say, deleted: bool
) -> None:
    shown, held = say(wang), say(wang, "存疑")
    world.settle()
    if deleted:
        comments.delete(wang.member, post.post_id, held.comment_id, now=world.now)
    for _ in range(2):
        comments.erase(MemberErased(fact_id="e", at=world.now, member_id=wang.member_id))
    decide(world, held, CaseDecision.PASS)
    world.settle()
    left = comments.get(post.post_id, held.comment_id)
    assert (left.author, left.state, left.text) == (ERASED, State.DELETED, "")
    assert (read(world, post), counted(world, post)) == ([shown.text], 1)


def test_a_retry_after_the_release_does_not_hold_the_comment_again(
    world: World, wang: Person, post: Post, say: Say
) -> None:
    at = world.now
    held = say(wang, "存疑", request_id="r1")
    decide(world, held, CaseDecision.PASS)
    world.settle()
    world.now = at
    assert say(wang, "存疑", request_id="r1").state is State.PUBLISHED
    world.settle()
    assert (read(world, post), counted(world, post)) == (["存疑"], 1)
    assert records.get(post.post_id, held.comment_id).state is State.PUBLISHED
