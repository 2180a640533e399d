"""Front door: held content, from the case to the decision and who is told."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Any

from pynamodb.transactions import TransactWrite

from chalicelib.errors import Unavailable
from chalicelib.tables import Overtaken, one_transaction
from community.commons.audit import service as audit
from community.commons.dates import in_beijing
from community.commons.media import service as media
from community.commons.media.rules import NoSuchMedia, Purpose
from community.commons.notifications import service as notifications
from community.commons.notifications.rules import Kind
from community.commons.outbound import service as outbound
from community.commons.outbound.cards import TEXT_CHARS_MAX as CARD_TEXT_CHARS_MAX
from community.commons.outbound.rules import (
    ColleagueText,
    GroupLine,
    InOrder,
    ServiceNotice,
    TaskCard,
    TaskDone,
    TaskText,
)
from community.commons.staff import service as staff
from community.commons.subscriptions.rules import Template, filled
from community.facts import (
    CaseDecided,
    CaseDecision,
    CaseOpened,
    CommentHeld,
    MediaDecided,
    MediaHeld,
    MemberErased,
    MembersMerged,
    MembersUnmerged,
    PostHeld,
)
from community.forum.authorship import service as authorship
from community.forum.authorship.rules import NOBODY, What, Work
from community.forum.boards import service as boards
from community.forum.moderation import cards, records, rules, texts
from community.forum.moderation.contents import Content, content_of
from community.forum.moderation.rules import Case
from community.forum.posts import service as posts
from community.forum.posts.rules import State
from community.people.members import service as members

_TRIES_MAX = 5


def open_case(fact: PostHeld | CommentHeld) -> None:
    """Held content becomes a case, one however often it is told. Refuses: Unavailable"""
    comment_id = fact.comment_id if isinstance(fact, CommentHeld) else None
    case_id = fact.case_id or fact.post_id if isinstance(fact, PostHeld) else fact.comment_id
    case = Case(
        case_id=case_id,
        post_id=fact.post_id,
        comment_id=comment_id,
        author_id=fact.author_id,
        opened_at=fact.at,
    )
    _open(case)


def open_media_case(fact: MediaHeld) -> None:
    """A picture or video that nobody could judge becomes a case. Refuses: Unavailable"""
    case = Case(
        case_id=fact.media_id,
        post_id=fact.post_id,
        comment_id=None,
        media_id=fact.media_id,
        author_id=fact.member_id,
        opened_at=fact.at,
    )
    _open(case)


def ask_moderators(fact: CaseOpened) -> None:
    """The moderators get a card to decide on, the group hears of it."""
    case = records.get(fact.case_id)
    content = content_of(case)
    what, author, title, text, _, files = content
    task_id = cards.task_id(fact.case_id)
    to = _who_looks_after(case, now=fact.at)
    card = TaskCard(
        message_id=task_id,
        card=cards.card(
            fact.case_id,
            what=what,
            author=author,
            title=title,
            text=text,
            files=files,
            has_media=case.media_id is not None,
        ),
        to=to,
    )
    outbound.enqueue(
        InOrder(message_id=f"ask {task_id}", parts=(*_whole_text(fact.case_id, content, to), card)),
        GroupLine(
            message_id=f"group {fact.fact_id}",
            text=texts.NEW_IN_GROUP.format(author=author, what=what, title=title),
        ),
    )


def show_media(case_id: str, *, to: str, press_id: str) -> None:
    """A moderator asks to see a held picture or video: they alone get addresses that last an hour.

    Refuses: NotAModerator; NoSuchCase; NoSuchMedia — it is deleted by now
    """
    moderator = staff.moderator(to)
    case = records.get(case_id)
    held = media.find(case_id)
    if held is None:
        raise NoSuchMedia
    is_video = held.purpose is Purpose.VIDEO
    link = media.video_link(case_id) if is_video else media.links(case_id).large
    content = content_of(case)
    outbound.enqueue(
        ColleagueText(
            message_id=f"look {case_id} {press_id}",
            userid=moderator.userid,
            text=texts.SHOWN.format(title=content.title, what=content.what, link=link),
        )
    )


def decide(case_id: str, decision: CaseDecision, *, by: str, now: datetime) -> Case:
    """A moderator decides. `by` is their userid.

    Refuses: NotAModerator; NoSuchCase; CaseDecidedAlready — somebody was first; says who
             Unavailable — again and again its author becomes another, or somebody else writes
    """
    moderator = staff.moderator(by)
    for _ in range(_TRIES_MAX):
        case = records.get(case_id)
        decided = rules.decided(case, decision, by=moderator, now=now)
        fact = rules.fact_of(decided, staff_id=moderator.userid)
        with suppress(Overtaken, Unavailable), one_transaction() as write:
            records.save_decided(write, case, decided, fact)
            audit.note_in(write, rules.written_down(decided, by=moderator.userid))
            return decided
    raise Unavailable


def tell_author(fact: CaseDecided) -> None:
    """The author is told what was decided, unless they deleted it; if they granted that, in WeChat, too.

    Refuses: NotFound, NeverHere — they are erased
    """
    openid = members.openid_of(fact.author_id)
    content = content_of(records.get(fact.case_id))
    told = texts.TOLD.get(content.state)
    if told is None:
        return
    page = None if content.state is State.REMOVED else f"pages/post/index?post_id={fact.post_id}"
    notifications.tell(
        fact.author_id,
        fact,
        kind=Kind.MODERATION,
        title=told.title,
        text=told.text.format(title=content.title),
        link=page,
    )
    outbound.enqueue(
        ServiceNotice(
            message_id=f"notice {fact.fact_id}",
            member_id=fact.author_id,
            openid=openid,
            template=Template.POST_DECIDED,
            fields=filled(
                Template.POST_DECIDED,
                content.title,
                told.result,
                in_beijing(fact.at),
                told.notice,
            ),
            page=page,
        )
    )


def tell_moderators(fact: CaseDecided | MediaDecided) -> None:
    """Everyone's card shows who decided, the group hears of it."""
    case = records.get(fact.case_id)
    content = content_of(case)
    words = rules.words_for(case)
    outbound.enqueue(
        TaskDone(
            message_id=f"done {fact.fact_id}", task_id=cards.task_id(fact.case_id), words=words
        ),
        GroupLine(
            message_id=f"group {fact.fact_id}",
            text=texts.DECIDED_IN_GROUP.format(what=content.what, title=content.title, words=words),
        ),
    )


def exported(member_id: str) -> Any:
    """What of theirs moderators had to decide about, and how they did; not who it was."""
    found = [records.get(work.work_id) for work in authorship.works(member_id, What.CASE)]
    return [
        {
            "post_id": case.post_id,
            "comment_id": case.comment_id,
            "opened_at": case.opened_at,
            "decision": case.decision.value if case.decision else None,
            "decided_at": case.decided_at,
        }
        for case in found
    ]


def follow_merge(fact: MembersMerged) -> None:
    """Cases of the one who is gone are about the one who remains."""
    authorship.follow_merge(What.CASE, fact, renamed=_rename_author)


def follow_unmerge(fact: MembersUnmerged) -> None:
    """What came by the merge goes back."""
    authorship.follow_unmerge(What.CASE, fact, renamed=_rename_author)


def erase(fact: MemberErased) -> None:
    """Nobody can tell any longer whom it was about."""
    authorship.erase(What.CASE, fact, renamed=_rename_author)


def _open(case: Case) -> None:
    opened = CaseOpened(fact_id=f"{case.case_id}.opened", at=case.opened_at, case_id=case.case_id)
    records.add_if_new(case, opened)
    kept = records.get(case.case_id)
    if kept.author_id != NOBODY:
        authorship.note(kept.author_id, Work(What.CASE, case.case_id), renamed=_rename_author)


def _rename_author(write: TransactWrite, work: Work, author_id: str | None) -> None:
    records.rename_author(write, work.work_id, author_id or NOBODY)


def _who_looks_after(case: Case, *, now: datetime) -> tuple[str, ...]:
    """The userids of the moderators of its board; nobody named: all moderators."""
    return boards.get(posts.about(case.post_id).board_id, now=now).moderators


def _whole_text(case_id: str, content: Content, to: tuple[str, ...]) -> list[TaskText]:
    """All of a text that a card has no room for: nobody decides about what they cannot read."""
    if len(content.text) <= CARD_TEXT_CHARS_MAX:
        return []
    parts = rules.parts_of(content.text)
    return [
        TaskText(
            message_id=f"text {case_id} {number}",
            text=texts.PART.format(
                what=content.what,
                title=content.title,
                number=number,
                of=len(parts),
                text=part,
            ),
            to=to,
        )
        for number, part in enumerate(parts, 1)
    ]
