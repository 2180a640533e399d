"""Front door: commenting and reading comments."""

from __future__ import annotations

from datetime import datetime

from chalicelib.errors import Unavailable
from chalicelib.lists import Page, PageQuery, cursor_after, place_of
from chalicelib.tables import Overtaken, one_transaction
from chalicelib.wechat.client import Scene
from community import facts
from community.commons.safety import service as safety
from community.facts import CaseDecided, CaseDecision, CommentHeld, CommentPublished
from community.forum.boards import rules as board_rules
from community.forum.boards import service as boards
from community.forum.comments import records, rules
from community.forum.comments.rules import Comment, CommentDraft
from community.forum.posts import service as posts
from community.forum.posts.rules import State
from community.people.members import service as members
from community.people.members.rules import Member


def publish(
    author: Member, post_id: str, draft: CommentDraft, *, request_id: str, now: datetime
) -> Comment:
    """Comment on a post; held for a moderator where content safety is not sure.

    Refuses: NoSuchPost, PostLocked; MayNotComment; Invalid; ContentNotAllowed
    """
    comment_id = rules.new_comment_id(author, request_id=request_id, now=now)
    if earlier := records.find(post_id, comment_id):
        return earlier  # By an earlier try of this very request.
    post = posts.open_to(author, post_id, now=now)
    board_rules.check_may_comment(author, boards.get(post.board_id, now=now))
    text = rules.tidied(draft)
    checked = safety.screen(text, openid=members.openid_of(author.member_id), scene=Scene.COMMENT)
    comment = rules.new_comment(
        text, comment_id=comment_id, author=author, post=post, checked=checked
    )
    try:
        records.add(comment, _fact_of(comment, now))
    except Overtaken:
        return records.get(post_id, comment_id)  # A try at the same moment was first.
    return comment


def page(viewer: Member | None, post_id: str, query: PageQuery, *, now: datetime) -> Page[Comment]:
    """A post's comments, oldest first. Refuses: NoSuchPost, PostLocked"""
    posts.open_to(viewer, post_id, now=now)
    of = f"comments {post_id}"
    found = records.page(post_id, after=place_of(query.cursor, of=of), limit=query.limit)
    more = len(found) == query.limit
    cursor = cursor_after(found[-1].comment_id, of=of) if more else None
    return Page(items=found, next_cursor=cursor)


def get(post_id: str, comment_id: str) -> Comment:
    return records.get(post_id, comment_id)


def apply_decision(fact: CaseDecided) -> None:
    """A held comment is published or removed, as a moderator decided."""
    if fact.comment_id is None:
        return
    comment = records.get(fact.post_id, fact.comment_id)
    state = State.PUBLISHED if fact.decision is CaseDecision.PASS else State.REMOVED
    decided = rules.in_state(comment, state)
    try:
        records.save_decided(decided, _fact_of(decided, fact.at))
    except Overtaken:
        return  # This decision was applied before.


def count(fact: CommentPublished) -> None:
    """The post's count includes the comment, once. Refuses: Unavailable — it changes right now"""
    comment = records.get(fact.post_id, fact.comment_id)
    try:
        with one_transaction() as write:
            records.note_counted(write, fact.post_id, fact.comment_id)
            post = (comment.board_id, fact.post_id)
            posts.add_to_counts(write, post, {"comments": 1})
    except Overtaken as overtaken:
        if not records.is_counted(fact.post_id, fact.comment_id):
            raise Unavailable from overtaken  # The post is not on its board yet.


def _fact_of(comment: Comment, now: datetime) -> facts.Fact:
    kind = CommentPublished if comment.state is State.PUBLISHED else CommentHeld
    return kind(
        fact_id=f"{comment.comment_id}.{comment.state.value}",
        at=now,
        post_id=comment.post_id,
        comment_id=comment.comment_id,
        author_id=comment.author.member_id,
    )
