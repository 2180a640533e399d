"""Accepted answers: of questions only, by who asked or moderates, gone with what was accepted."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from community import facts
from community.commons.staff.rules import NotAModerator
from community.facts import AnswerAccepted, PostEdited
from community.forum.answers import service as answers
from community.forum.answers.rules import NotAnAnswer, NotAQuestion, NotYourQuestion
from community.forum.boards.rules import moderator_of
from community.forum.comments import service as comments
from community.forum.comments.rules import Comment, CommentDraft, NoSuchComment
from community.forum.posts import service as posts
from community.forum.posts.rules import Post
from community.people.members import service as members
from tests.community.forum.conftest import Publish
from tests.world import Person, World


@pytest.fixture
def question(li: Person, publish: Publish) -> Post:
    return publish(li, kind="question")


def say(world: World, who: Person, post: Post, text: str = "三百", **draft: Any) -> Comment:
    world.later(milliseconds=1)
    return comments.publish(
        who.member,
        post.post_id,
        CommentDraft(text, **draft),
        request_id=world.new_request_id(),
        now=world.now,
    )


def accept(world: World, who: Person, comment: Comment) -> None:
    world.later(milliseconds=1)
    answers.accept(who.member, comment.post_id, comment.comment_id, now=world.now)


def accepted(post: Post) -> str | None:
    return posts.get(post.post_id).accepted


def news(world: World) -> list[facts.AnyFact]:
    world.relay()
    return [facts.read(text) for text in world.take("facts")]


def test_the_asker_accepts_an_answer_and_both_are_told(
    world: World, li: Person, wang: Person, question: Post
) -> None:
    said = say(world, wang, question)
    world.settle()
    accept(world, li, said)
    assert accepted(question) == said.comment_id
    told = {type(fact): fact for fact in news(world)}
    assert set(told) == {PostEdited, AnswerAccepted}
    fact = told[AnswerAccepted]
    assert isinstance(fact, AnswerAccepted)
    assert (fact.author_id, fact.by_id) == (wang.member_id, li.member_id)


def test_to_accept_again_changes_nothing(
    world: World, li: Person, wang: Person, question: Post
) -> None:
    said = say(world, wang, question)
    accept(world, li, said)
    before = world.rows("forum")
    accept(world, li, said)
    assert world.rows("forum") == before


def test_another_answer_takes_the_place_of_the_first(
    world: World, li: Person, wang: Person, question: Post
) -> None:
    first, second = say(world, wang, question), say(world, wang, question)
    accept(world, li, first)
    accept(world, li, second)
    assert accepted(question) == second.comment_id
    answers.take_back(li.member, question.post_id, first.comment_id, now=world.now)
    assert accepted(question) == second.comment_id
    answers.take_back(li.member, question.post_id, second.comment_id, now=world.now)
    assert accepted(question) is None


def test_others_do_not_accept_but_who_moderates_the_board(
    world: World, wang: Person, question: Post
) -> None:
    said = say(world, wang, question)
    with pytest.raises(NotYourQuestion):
        accept(world, wang, said)
    with pytest.raises(NotYourQuestion):
        answers.take_back(wang.member, question.post_id, said.comment_id, now=world.now)
    roles = (moderator_of(question.board_id),)
    members.change(wang.member_id, lambda m: msgspec.structs.replace(m, board_roles=roles))
    accept(world, wang, said)
    assert accepted(question) == said.comment_id


def test_a_moderator_among_the_staff_decides_and_is_remembered(
    world: World, wang: Person, question: Post
) -> None:
    said = say(world, wang, question)
    place = (question.post_id, said.comment_id)
    with pytest.raises(NotAModerator):
        answers.decide(*place, on=True, by="wangwu", now=world.now)
    answers.decide(*place, on=True, by="zhangsan", now=world.now)
    assert accepted(question) == said.comment_id
    assert "posts.accepted" in str(world.rows("platform"))
    world.later(milliseconds=1)
    answers.decide(*place, on=False, by="zhangsan", now=world.now)
    assert accepted(question) is None


def test_only_questions_have_answers(
    world: World, li: Person, wang: Person, publish: Publish
) -> None:
    said = say(world, wang, publish(li))
    with pytest.raises(NotAQuestion):
        accept(world, li, said)


def test_only_what_others_read_and_answers_directly_is_accepted(
    world: World, li: Person, wang: Person, question: Post
) -> None:
    top = say(world, wang, question)
    reply = say(world, wang, question, parent_id=top.comment_id)
    held = say(world, wang, question, "存疑")
    with pytest.raises(NotAnAnswer):
        accept(world, li, reply)
    for comment in (held, msgspec.structs.replace(top, comment_id="unknown")):
        with pytest.raises(NoSuchComment):
            accept(world, li, comment)
    assert accepted(question) is None


def test_a_question_is_unanswered_again_when_its_answer_is_deleted(
    world: World, li: Person, wang: Person, question: Post
) -> None:
    said, other = say(world, wang, question), say(world, wang, question)
    accept(world, li, said)
    comments.delete(wang.member, question.post_id, other.comment_id, now=world.now)
    world.settle()
    assert accepted(question) == said.comment_id
    comments.delete(wang.member, question.post_id, said.comment_id, now=world.now)
    world.settle()
    assert accepted(question) is None


def test_what_is_deleted_at_the_same_moment_is_not_accepted(
    world: World, li: Person, wang: Person, question: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = say(world, wang, question)
    note, deleted = comments.note_accepted, iter([said])

    def too_late(*told: Any) -> None:
        for comment in deleted:
            comments.delete(wang.member, comment.post_id, comment.comment_id, now=world.now)
        note(*told)

    monkeypatch.setattr(comments, "note_accepted", too_late)
    with pytest.raises(NoSuchComment):
        accept(world, li, said)
    assert accepted(question) is None


def test_two_who_accept_at_once_accept_one(
    world: World, li: Person, wang: Person, question: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = say(world, wang, question), say(world, wang, question)
    change, others = posts.accept, iter([second])

    def overtaken(*told: Any, **by: Any) -> Post:
        for comment in others:
            accept(world, li, comment)
        return change(*told, **by)

    monkeypatch.setattr(posts, "accept", overtaken)
    accept(world, li, first)
    assert accepted(question) == first.comment_id
