"""What is looked up before somebody may comment."""

from __future__ import annotations

from chalicelib.errors import FieldError, Invalid
from community.forum.comments import rules
from community.forum.comments.rules import CommentDraft, Named
from community.people.members import service as members
from community.people.members.rules import State

_HERE = (State.ACTIVE, State.LEAVING)


def mentioned(draft: CommentDraft) -> tuple[Named, ...]:
    """Whom a comment names, each once. Refuses: Invalid — somebody is mentioned who is not there"""
    found = [members.alone(member_id) for member_id in map(members.remaining, draft.mentions)]
    here = [member for member in found if member and member.state in _HERE]
    if len(here) < len(found):
        raise Invalid(errors=[FieldError("mentions", "提到的车友不存在")])
    return tuple(dict.fromkeys(map(rules.named, here)))
