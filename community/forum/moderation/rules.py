"""Cases: held content that a moderator has to decide about."""

from __future__ import annotations

from datetime import datetime

import msgspec

from chalicelib.errors import Conflict, NotFound
from community.commons.audit.rules import Entry
from community.commons.staff.rules import Staff
from community.facts import CaseDecided, CaseDecision, MediaDecided

PART_BYTES_MAX = 1_800
"""A WeCom text has 2,048 bytes, and the heading needs some."""


class NoSuchCase(NotFound):
    code = "no_such_case"
    text = "没有找到待审内容"


class CaseDecidedAlready(Conflict):
    code = "case_decided"
    text = "这条内容已被处理"


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """One per held post, comment, picture or video. Its id is the content's id."""

    case_id: str
    post_id: str
    comment_id: str | None
    media_id: str | None = None
    author_id: str
    opened_at: datetime
    decision: CaseDecision | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None


def decided(case: Case, decision: CaseDecision, *, by: Staff, now: datetime) -> Case:
    """Refuses: CaseDecidedAlready — tells who was first"""
    if case.decision:
        raise CaseDecidedAlready(words_for(case))
    return msgspec.structs.replace(case, decision=decision, decided_by=by.name, decided_at=now)


def fact_of(case: Case, *, staff_id: str) -> CaseDecided | MediaDecided:
    """What has happened when a case was decided."""
    assert case.decision
    assert case.decided_at
    fact_id = f"{case.case_id}.decided"
    if case.media_id:
        return MediaDecided(
            fact_id=fact_id,
            at=case.decided_at,
            case_id=case.case_id,
            post_id=case.post_id,
            author_id=case.author_id,
            decision=case.decision,
            staff_id=staff_id,
        )
    return CaseDecided(
        fact_id=fact_id,
        at=case.decided_at,
        case_id=case.case_id,
        post_id=case.post_id,
        comment_id=case.comment_id,
        author_id=case.author_id,
        decision=case.decision,
        staff_id=staff_id,
    )


def written_down(case: Case, *, by: str) -> Entry:
    """What the audit log says of a decision, about what was decided. `by` is a userid."""
    assert case.decision
    assert case.decided_at
    kind = "media" if case.media_id else "comment" if case.comment_id else "post"
    return Entry(
        what=f"moderation.{case.decision}",
        about=f"{kind}#{case.media_id or case.comment_id or case.post_id}",
        by=by,
        at=case.decided_at,
        before={"case_id": case.case_id, "decision": None},
        after={"case_id": case.case_id, "decision": case.decision},
    )


def parts_of(text: str) -> list[str]:
    """All of a text, in parts of which each has room in a message."""
    parts = []
    while text:
        # A character that is cut in the middle begins the next part.
        parts.append(text.encode()[:PART_BYTES_MAX].decode(errors="ignore"))
        text = text[len(parts[-1]) :]
    return parts


def words_for(case: Case) -> str:
    """Who decided what, as the moderators' card shows it: 已由 张三 通过."""
    words = {CaseDecision.PASS: "通过", CaseDecision.REMOVE: "删除", None: "处理"}
    return f"已由 {case.decided_by} {words[case.decision]}"
