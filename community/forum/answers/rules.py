"""Accepted answers: of which posts, which comments, and who says so."""

from __future__ import annotations

from chalicelib.errors import Conflict, Forbidden
from community.forum.boards.rules import moderates
from community.forum.comments.rules import Comment, NoSuchComment
from community.forum.posts.rules import NoSuchPost, Post, State, is_author
from community.people.members.rules import Member


class NotAQuestion(Conflict):
    code = "not_a_question"
    text = "只有提问帖可以采纳回答"


class NotAnAnswer(Conflict):
    code = "not_an_answer"
    text = "只能采纳直接回答问题的评论"


class NotYourQuestion(Forbidden):
    code = "not_your_question"
    text = "只有提问者或版主可以采纳回答"


def check_may_accept(member: Member, post: Post) -> None:
    """Refuses: NotYourQuestion — the asker and the board's moderators may"""
    if not is_author(member, post) and not moderates(member, post.board_id):
        raise NotYourQuestion


def check_is_question(post: Post) -> None:
    """Refuses: NoSuchPost — nobody can read it; NotAQuestion"""
    if post.state is not State.PUBLISHED:
        raise NoSuchPost
    if post.kind != "question":
        raise NotAQuestion


def check_is_answer(comment: Comment) -> None:
    """Refuses: NoSuchComment — nobody can read it; NotAnAnswer"""
    if comment.state is not State.PUBLISHED:
        raise NoSuchComment
    if comment.parent_id is not None:
        raise NotAnAnswer
