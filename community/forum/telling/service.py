"""Front door: who is told what when something happens in the forum.

Nobody is told of what they did themselves, of what somebody did whom they block, or of a post that they
may not read; and nobody twice of one thing. What it is about is looked up as it is by now: so what is
told twice, late or out of order comes out the same. Comments are not quoted: what is taken away later
must not go on standing there. See docs/decisions/0022.
"""

from __future__ import annotations

from datetime import datetime

from chalicelib.moves import Unfinished
from community.commons.agenda import service as agenda
from community.commons.audit.rules import Entry
from community.commons.dates import in_beijing
from community.commons.notifications import service as notifications
from community.commons.notifications.rules import Kind, Who
from community.commons.staff import service as staff
from community.commons.subscriptions.rules import Template
from community.facts import (
    AnswerAccepted,
    CommentPublished,
    Fact,
    MediaChecked,
    PostEdited,
    PostPublished,
    ProfileChanged,
)
from community.forum.comments import service as comments
from community.forum.posts import service as posts
from community.forum.posts.rules import State
from community.forum.telling import rules, texts
from community.forum.telling.reach import here, may_read, reached, say_in_wechat
from community.people.members import service as members
from community.people.members.rules import Member


def follow_comment(fact: CommentPublished) -> None:
    """Whose post or comment it answers is told, and whom it mentions: each once. Refuses: Unavailable"""
    comment = comments.get(fact.post_id, fact.comment_id)
    post = posts.about(fact.post_id)
    if comment.state is not State.PUBLISHED or post.state is not State.PUBLISHED:
        return
    top = comments.get(fact.post_id, comment.parent_id) if comment.parent_id else None
    who = Who(fact.author_id, comment.author.nickname)
    told: set[str] = set()
    for member_id, saying in rules.told_of_comment(comment, top=top, post=post).items():
        member = reached(member_id, by=who.member_id)
        if member is None or member.member_id in told:
            continue
        is_author = member.member_id == post.author.member_id
        if not is_author and not may_read(member, post.board_id, post.audience, fact.at):
            continue
        told.add(member.member_id)
        _tell(
            member,
            fact,
            kind=saying.kind,
            template=saying.template,
            title=saying.title,
            about=post.title,
            who=who,
            page=rules.page_of(fact.post_id, fact.comment_id),
        )


def follow_post(fact: PostPublished | PostEdited) -> None:
    """Whom a new post mentions is told, and whom an edit of it adds to them. Refuses: Unavailable"""
    if not fact.mentioned:
        return
    post = posts.about(fact.post_id)
    if post.state is not State.PUBLISHED:
        return
    who = Who(fact.author_id, post.author.nickname)
    told: set[str] = set()
    for member_id in post.mentions:
        if member_id not in fact.mentioned:
            continue
        member = reached(member_id, by=who.member_id)
        if member is None or member.member_id in told:
            continue
        if may_read(member, post.board_id, post.audience, fact.at):
            told.add(member.member_id)
            _tell(
                member,
                fact,
                kind=Kind.MENTION,
                template=Template.MENTIONED,
                title=texts.MENTIONED_IN_POST,
                about=post.title,
                who=who,
                page=rules.page_of(fact.post_id),
            )


def follow_acceptance(fact: AnswerAccepted) -> None:
    """Whose answer it was is told, unless that was taken back since. Refuses: Unavailable"""
    post = posts.about(fact.post_id)
    by = members.remaining(fact.by_id)
    member = reached(fact.author_id, by=by)
    if member is None or post.accepted != fact.comment_id:
        return
    if may_read(member, post.board_id, post.audience, fact.at):
        _tell(
            member,
            fact,
            kind=Kind.REPLY,
            template=Template.REPLIED,
            title=texts.ACCEPTED,
            about=post.title,
            who=None,
            page=rules.page_of(fact.post_id, fact.comment_id),
        )


def follow_check(fact: MediaChecked) -> None:
    """Whose picture or video others may not see is told. Refuses: Unavailable"""
    if fact.passed:
        return
    post = posts.about(fact.post_id)
    member = here(fact.member_id)
    if member is None or post.state is State.DELETED:
        return
    is_video = post.video is not None and post.video.media_id == fact.media_id
    what = texts.VIDEO if is_video else texts.PICTURE
    page = rules.page_of(fact.post_id)
    notifications.tell(
        member.member_id,
        fact,
        kind=Kind.MODERATION,
        title=texts.VIDEO_REFUSED if is_video else texts.PICTURE_REFUSED,
        text=texts.REFUSED_TEXT.format(title=post.title, what=what),
        link=page,
    )
    notice = texts.REFUSED_NOTICE.format(what=what)
    values = (post.title, texts.REFUSED, in_beijing(fact.at), notice)
    say_in_wechat(member, f"notice {fact.fact_id}", Template.POST_DECIDED, values, page)


def follow_nickname(fact: ProfileChanged) -> None:
    """What others were told names a member as they are called by now.

    What is left of much goes on in the next minute. Refuses: Unavailable
    """
    if "nickname" not in fact.fields:
        return
    if member := members.alone(fact.member_id):
        try:
            notifications.name_anew(member.member_id, member.nickname)
        except Unfinished:
            agenda.put(fact)


def write_to(
    member_id: str,
    *,
    title: str,
    text: str,
    by: str,
    request_id: str,
    now: datetime,
    link: str | None = None,
) -> None:
    """A colleague writes to one member, and is remembered for it. `by` is their userid.

    Refuses: NotStaff; Invalid; NotFound
    """
    colleague = staff.colleague(by)
    title, text = rules.checked_words(title, text)
    member = members.get(member_id)
    fact = Fact(fact_id=f"system {colleague.userid} {request_id}", at=now)
    entry = Entry(
        what="notifications.written",
        about=f"member#{member.member_id}",
        by=colleague.userid,
        after={"title": title},
        at=now,
    )
    notifications.tell(
        member.member_id, fact, kind=Kind.SYSTEM, title=title, text=text, link=link, entry=entry
    )


def _tell(
    member: Member,
    fact: Fact,
    *,
    kind: Kind,
    template: Template,
    title: str,
    about: str,
    who: Who | None,
    page: str,
) -> None:
    notifications.tell(
        member.member_id,
        fact,
        kind=kind,
        title=title,
        text=texts.OF_POST.format(title=about),
        link=page,
        who=who,
    )
    values = (about, who.nickname if who else title, in_beijing(fact.at))
    message_id = f"notice {fact.fact_id} {member.member_id}"
    say_in_wechat(member, message_id, template, values, page)
