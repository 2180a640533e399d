"""Front door: commenting, answering, deleting, and reading comments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial

from pynamodb.transactions import TransactWrite

from chalicelib.errors import Unavailable
from chalicelib.lists import Page, PageQuery, cursor_after, place_of
from chalicelib.tables import Overtaken, one_transaction
from chalicelib.wechat.client import Scene
from community.commons.safety import service as safety
from community.facts import (
    AnswerAccepted,
    CaseDecided,
    CommentHeld,
    CommentPublished,
    CommentRemoved,
    MemberErased,
    MembersMerged,
    MembersUnmerged,
)
from community.forum.authorship import service as authorship
from community.forum.authorship.rules import What, Work
from community.forum.boards import rules as board_rules
from community.forum.boards import service as boards
from community.forum.comments import checking, happened, ranking, records, rules
from community.forum.comments.rules import Comment, CommentDraft, NoSuchComment, Sort
from community.forum.posts import naming
from community.forum.posts import service as posts
from community.forum.posts.rules import State, author_of, by_author
from community.people.members import service as members
from community.people.members.rules import Member

_TRIES_MAX = 5
_WHAT = (What.COMMENT, What.MENTION)


def publish(
    author: Member, post_id: str, draft: CommentDraft, *, request_id: str, now: datetime
) -> Comment:
    """Comment on a post or answer a comment; held for a moderator where content safety or the board wants it.

    Refuses: NoSuchPost, PostLocked, PostClosed; MayNotComment; NoSuchComment — what it answers;
             Invalid — also where it mentions nobody we know; ContentNotAllowed
    """
    draft = rules.tidied(draft)
    comment_id = rules.new_comment_id(
        author, request_id=request_id, now=now, answers=draft.parent_id
    )
    if earlier := records.find(post_id, comment_id):
        return earlier  # By an earlier try of this very request.
    post = posts.open_to(author, post_id, now=now)
    board = boards.get(post.board_id, now=now)
    board_rules.check_may_comment(author, board)
    rules.check_open(post)
    answers = _published(post_id, draft.parent_id) if draft.parent_id else None
    mentions = checking.mentioned(draft)
    checked = safety.screen(draft.text, openid=members.openid_here(author), scene=Scene.COMMENT)
    checked = checked and not board_rules.waits_for_moderator(author, board, now)
    comment = rules.new_comment(
        draft.text, comment_id=comment_id, author=author, post=post, checked=checked
    )
    comment = rules.naming(comment, answers=answers, mentions=mentions)
    try:
        records.add(comment, happened.fact_of(comment, now))
    except Overtaken:
        return records.get(post_id, comment_id)  # A try at the same moment was first.
    return comment


def page(
    viewer: Member | None, post_id: str, query: PageQuery, *, sort: Sort = "time", now: datetime
) -> Page[Comment]:
    """A post's comments with the first replies to each, oldest or most liked first.

    Refuses: NoSuchPost, PostLocked
    """
    posts.open_to(viewer, post_id, now=now)
    if sort == "likes":
        return _most_liked(post_id, query)
    return _oldest_first(post_id, None, query)


def replies(
    viewer: Member | None, post_id: str, comment_id: str, query: PageQuery, *, now: datetime
) -> Page[Comment]:
    """All replies to a comment, oldest first. Refuses: NoSuchPost, PostLocked; NoSuchComment"""
    posts.open_to(viewer, post_id, now=now)
    top = records.get(post_id, comment_id)
    if top.parent_id or (top.state is not State.PUBLISHED and not top.reply_count):
        raise NoSuchComment
    return _oldest_first(post_id, comment_id, query)


def get(post_id: str, comment_id: str) -> Comment:
    """A comment in whatever state, for those who decide about it. Refuses: NoSuchComment"""
    return records.get(post_id, comment_id)


def open_to(viewer: Member | None, post_id: str, comment_id: str, *, now: datetime) -> Comment:
    """A published comment that this person may read. Refuses: NoSuchPost, PostLocked; NoSuchComment"""
    posts.open_to(viewer, post_id, now=now)
    return _published(post_id, comment_id)


def delete(member: Member, post_id: str, comment_id: str, *, now: datetime) -> None:
    """Its author, or the post's, takes a comment away; whoever is second changes nothing.

    Refuses: NoSuchPost; NoSuchComment; NotYourComment; Unavailable — it changes again and again
    """
    post = posts.about(post_id)
    for _ in range(_TRIES_MAX):
        comment = records.get(post_id, comment_id)
        if comment.state not in (State.PUBLISHED, State.HELD):
            return
        rules.check_may_delete(member, comment, post)
        gone = rules.deleted(comment)
        with suppress(Overtaken, Unavailable):
            records.save_deleted(comment, gone, happened.fact_of(gone, now))
            return
    raise Unavailable


def add_to_likes(write: TransactWrite, post_id: str, comment_id: str, by: int) -> None:
    """Join a counter's transaction: so many more like a comment, or less; one that is gone has no likes."""
    records.add_to_likes(write, post_id, comment_id, by)


def note_accepted(write: TransactWrite, comment: Comment, fact: AnswerAccepted) -> None:
    """Join a transaction in which a comment is accepted; it is overtaken if that changed meanwhile."""
    records.note_accepted(write, comment, fact)


def apply_decision(fact: CaseDecided) -> None:
    """A held comment is published or removed, as a moderator decided; one deleted meanwhile says nothing.

    Refuses: Unavailable — its author changes again and again
    """
    if fact.comment_id is None:
        return
    for _ in range(_TRIES_MAX):
        comment = records.get(fact.post_id, fact.comment_id)
        decided = rules.decided(comment, fact.decision)
        if decided is None:
            return
        with suppress(Overtaken):
            records.save_decided(comment, decided, happened.fact_of(decided, fact.at))
            return
    raise Unavailable


def note_author(fact: CommentPublished | CommentHeld) -> None:
    """A comment is found by who wrote it and whom it names, whoever that is by now, and names them so.

    Refuses: Unavailable
    """
    comment = records.get(fact.post_id, fact.comment_id)
    for slot, who in rules.slots(comment).items():
        what = What.MENTION if slot else What.COMMENT
        work = Work(what, rules.work_id(fact.comment_id, slot), fact.post_id)
        member = authorship.note(who.member_id, work, renamed=_rename)
        _name_anew(comment, slot, member)


def name_anew(places: Sequence[tuple[str, str]], member_id: str) -> None:
    """Comments of a member, and those that name them, call them as they are called by now.

    Shape:   `places` are ids of post and work
    Refuses: Unavailable
    """
    slots = [(post_id, *rules.comment_and_slot(work_id)) for post_id, work_id in places]
    found = records.several([(p, comment_id) for p, comment_id, _ in slots], as_they_are_now=True)
    # In this order: who read the comments later knows the member better.
    member = members.alone(member_id) if found else None
    by_id = {comment.comment_id: comment for comment in found}
    for _, comment_id, slot in slots:
        if comment := by_id.get(comment_id):
            _name_anew(comment, slot, member)


def count(fact: CommentPublished | CommentRemoved) -> None:
    """The post's count, and that of what it answers, include a comment once as long as it is there.

    Refuses: Unavailable — it changes right now, or the post is not on its board yet
    """
    for _ in range(_TRIES_MAX):
        news = records.uncounted(fact.post_id, fact.comment_id)
        if news is None:
            return
        with suppress(Overtaken, Unavailable), one_transaction() as write:
            records.note_counted(write, news)
            post = (news.board_id, fact.post_id)
            posts.add_to_counts(write, post, {"comments": news.by})
            return
    raise Unavailable


def several(places: Sequence[tuple[str, str]]) -> list[Comment]:
    """Those of these, post and comment, that are there, in whatever state, for their author."""
    return records.several(places)


def counted(post_id: str) -> int:
    """How many comments the post's count should include, by what is noted on each: 1 RCU each 4 KB of them."""
    return records.counted(post_id)


def first_seen(post_id: str, *, limit: int) -> set[str]:
    """The comments of a post that readers see first, the most liked and the oldest."""
    oldest = records.page(post_id, below=None, after=None, limit=limit)
    found = (*records.most_liked(post_id, limit=limit), *oldest)
    return {comment.comment_id for comment in found if comment.state is State.PUBLISHED}


def mend_likes(comment: Comment, *, likes: int) -> None:
    """Put likes right that were found to be wrong. Refuses: Overtaken — the comment is not as it was read"""
    records.mend_likes(comment, likes)


def exported(member_id: str) -> Iterator[Comment | Mapping[str, str]]:
    """Every comment that they wrote, page by page, and where others named them."""
    for works in authorship.pages(member_id, What.COMMENT):
        yield from records.several([(work.post_id or "", work.work_id) for work in works])
    for work in authorship.works(member_id, What.MENTION):
        yield {"named_in": rules.comment_and_slot(work.work_id)[0], "post_id": work.post_id or ""}


def follow_merge(fact: MembersMerged) -> None:
    """Comments of the one who is gone, and those that name them, name the one who remains."""
    for what in _WHAT:
        authorship.follow_merge(what, fact, renamed=_rename)


def follow_unmerge(fact: MembersUnmerged) -> None:
    """What came by the merge goes back."""
    for what in _WHAT:
        authorship.follow_unmerge(what, fact, renamed=_rename)


def erase(fact: MemberErased) -> None:
    """What others read of them stays; nobody can tell who it was, or who was named."""
    for what in _WHAT:
        authorship.erase(what, fact, renamed=_rename)


def _oldest_first(post_id: str, below: str | None, query: PageQuery) -> Page[Comment]:
    of = f"comments {post_id} {below}" if below else f"comments {post_id}"
    place = place_of(query.cursor, of=of)
    found = records.page(post_id, below=below, after=place, limit=query.limit)
    more = len(found) == query.limit
    cursor = cursor_after(found[-1].comment_id, of=of) if more else None
    return Page(items=found, next_cursor=cursor)


def _most_liked(post_id: str, query: PageQuery) -> Page[Comment]:
    of = f"liked comments {post_id}"
    found, place = ranking.page(
        place_of(query.cursor, of=of),
        query.limit,
        lambda limit: records.most_liked(post_id, limit=limit),
        lambda after: records.page(post_id, below=None, after=after, limit=query.limit),
    )
    return Page(items=found, next_cursor=cursor_after(place, of=of) if place else None)


def _published(post_id: str, comment_id: str) -> Comment:
    """Refuses: NoSuchComment"""
    comment = records.get(post_id, comment_id)
    if comment.state is not State.PUBLISHED:
        raise NoSuchComment
    return comment


def _rename(write: TransactWrite, work: Work, member_id: str | None) -> None:
    comment_id, slot = rules.comment_and_slot(work.work_id)
    post_id, change = work.post_id or "", partial(by_author, author_id=member_id)
    records.rename(write, post_id, comment_id, slot=slot, change=change)


def _name_anew(comment: Comment, slot: str, member: Member | None) -> None:
    """Refuses: Unavailable"""
    if member is None or slot not in rules.slots(comment):
        return
    if rules.renamed(comment, slot, lambda _: author_of(member)) == comment:
        return
    authorship.name_anew(
        lambda write: records.rename(
            write, comment.post_id, comment.comment_id, slot=slot, change=naming.as_called_by_now
        )
    )
