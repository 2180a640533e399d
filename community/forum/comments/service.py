"""Front door: commenting and reading comments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from pynamodb.transactions import TransactWrite

from chalicelib.errors import Unavailable
from chalicelib.lists import Page, PageQuery, cursor_after, place_of
from chalicelib.tables import Overtaken, one_transaction
from chalicelib.wechat.client import Scene
from community import facts
from community.commons.safety import service as safety
from community.facts import (
    CaseDecided,
    CaseDecision,
    CommentHeld,
    CommentPublished,
    MemberErased,
    MembersMerged,
    MembersUnmerged,
)
from community.forum.authorship import service as authorship
from community.forum.authorship.rules import What, Work
from community.forum.boards import rules as board_rules
from community.forum.boards import service as boards
from community.forum.comments import records, rules
from community.forum.comments.rules import Comment, CommentDraft
from community.forum.posts import service as posts
from community.forum.posts.rules import ERASED, State, author_of, by_author
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
    checked = safety.screen(text, openid=members.openid_here(author), scene=Scene.COMMENT)
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
    """A held comment is published or removed, as a moderator decided. Refuses: Unavailable"""
    if fact.comment_id is None:
        return
    comment = records.get(fact.post_id, fact.comment_id)
    if comment.state is not State.HELD:
        return  # This decision was applied before.
    state = State.PUBLISHED if fact.decision is CaseDecision.PASS else State.REMOVED
    decided = rules.in_state(comment, state)
    try:
        records.save_decided(comment, decided, _fact_of(decided, fact.at))
    except Overtaken as overtaken:
        if records.get(fact.post_id, fact.comment_id).state is State.HELD:
            raise Unavailable from overtaken  # Its author changed at this moment.


def note_author(fact: CommentPublished | CommentHeld) -> None:
    """A comment is found by who wrote it, whoever that is by now, and names them so.

    Refuses: Unavailable
    """
    comment = records.get(fact.post_id, fact.comment_id)
    if comment.author == ERASED:
        return
    work = Work(What.COMMENT, fact.comment_id, fact.post_id)
    author = authorship.note(comment.author.member_id, work, renamed=_rename_author)
    if author and author_of(author) != comment.author:
        _name_anew(comment)


def name_anew(places: Sequence[tuple[str, str]], author_id: str) -> None:
    """Comments of a member call them as they are called by now.

    Shape:   `places` are ids of post and comment
    Refuses: Unavailable
    """
    found = records.several(places, as_they_are_now=True)
    # In this order: who read the comments later knows the member better.
    author = members.alone(author_id) if found else None
    for comment in found:
        if author and author_of(author) != comment.author:
            _name_anew(comment)


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


def exported(member_id: str) -> Iterator[Comment]:
    """Every comment that they wrote, page by page."""
    for works in authorship.pages(member_id, What.COMMENT):
        yield from records.several([(work.post_id or "", work.work_id) for work in works])


def follow_merge(fact: MembersMerged) -> None:
    """Comments of the one who is gone name the one who remains."""
    authorship.follow_merge(What.COMMENT, fact, renamed=_rename_author)


def follow_unmerge(fact: MembersUnmerged) -> None:
    """What came by the merge goes back."""
    authorship.follow_unmerge(What.COMMENT, fact, renamed=_rename_author)


def erase(fact: MemberErased) -> None:
    """What they wrote stays; nobody can tell who it was."""
    authorship.erase(What.COMMENT, fact, renamed=_rename_author)


def _rename_author(write: TransactWrite, work: Work, author_id: str | None) -> None:
    assert work.post_id
    records.rename_author(
        write,
        work.post_id,
        work.work_id,
        renamed=lambda author: by_author(author, author_id),
    )


def _name_anew(comment: Comment) -> None:
    authorship.name_anew(
        lambda write: records.rename_author(
            write, comment.post_id, comment.comment_id, renamed=posts.as_called_by_now
        )
    )


def _fact_of(comment: Comment, now: datetime) -> facts.Fact:
    kind = CommentPublished if comment.state is State.PUBLISHED else CommentHeld
    return kind(
        fact_id=f"{comment.comment_id}.{comment.state.value}",
        at=now,
        post_id=comment.post_id,
        comment_id=comment.comment_id,
        author_id=comment.author.member_id,
    )
