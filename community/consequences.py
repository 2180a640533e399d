"""What follows from what happened: one table.

Each consequence may be told of its fact twice, late and out of order, and changes nothing the second
time. None speaks to the outside: that goes through `outbound`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chalicelib import logs
from chalicelib.errors import Refusal, Unavailable
from community import facts
from community.facts import (
    CaseDecided,
    CaseOpened,
    CertificationDecided,
    CertificationSubmitted,
    CommentHeld,
    CommentPublished,
    Fact,
    PostHeld,
    PostPublished,
    Reacted,
)
from community.forum.comments import service as comments
from community.forum.moderation import service as moderation
from community.forum.posts import service as posts
from community.forum.reactions import service as reactions
from community.people.certifications import service as certifications
from community.people.members import service as members

CONSEQUENCES: dict[type[Fact], tuple[Callable[[Any], None], ...]] = {
    CertificationSubmitted: (certifications.ask_moderators,),
    CertificationDecided: (
        members.note_certification,
        certifications.tell_member,
        certifications.tell_moderators,
    ),
    PostPublished: (posts.list_card,),
    PostHeld: (moderation.open_case,),
    CommentPublished: (comments.count,),
    CommentHeld: (moderation.open_case,),
    CaseOpened: (moderation.ask_moderators,),
    CaseDecided: (
        posts.apply_decision,
        comments.apply_decision,
        moderation.tell_author,
        moderation.tell_moderators,
    ),
    Reacted: (reactions.count,),
}


def follow(text: str) -> None:
    """Do everything that follows from a fact. What is refused keeps nothing else from following.

    Refuses: Unavailable — the fact comes again
    """
    fact = facts.read(text)
    for consequence in CONSEQUENCES.get(type(fact), ()):
        try:
            consequence(fact)
        except Unavailable:
            raise
        except Refusal as refusal:
            logs.warning("a consequence was refused", fact=fact.fact_id, code=refusal.code)
    logs.metric("fact_followed", fact=type(fact).__name__)
