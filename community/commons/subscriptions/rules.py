"""What a one-time message can be about, what stands in it, and how many may be granted at once."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from community.commons.notifications.rules import Kind

TIMES_MAX = 20


class Template(StrEnum):
    CERTIFICATION_DECIDED = "certification_decided"
    TRANSFER_ASKED = "transfer_asked"
    POST_DECIDED = "post_decided"
    LEAVING_ASKED = "leaving_asked"
    REPLIED = "replied"
    MENTIONED = "mentioned"
    REACTED = "reacted"
    FOLLOWED = "followed"


class Form(NamedTuple):
    """A template as it was applied for: of which kind what it says is, and its fields in their order."""

    kind: Kind
    fields: tuple[str, ...]


FORMS = {
    Template.CERTIFICATION_DECIDED: Form(
        Kind.CERTIFICATION, ("thing1", "phrase2", "time3", "thing4")
    ),
    Template.TRANSFER_ASKED: Form(Kind.CERTIFICATION, ("thing1", "thing2", "time3")),
    Template.POST_DECIDED: Form(Kind.MODERATION, ("thing1", "phrase2", "time3", "thing4")),
    Template.LEAVING_ASKED: Form(Kind.PRIVACY, ("thing1", "time2", "thing3")),
    Template.REPLIED: Form(Kind.REPLY, ("thing1", "thing2", "time3")),
    Template.MENTIONED: Form(Kind.MENTION, ("thing1", "thing2", "time3")),
    Template.REACTED: Form(Kind.REACTION, ("thing1", "thing2", "time3")),
    Template.FOLLOWED: Form(Kind.FOLLOW, ("thing1", "thing2", "time3")),
}


def filled(template: Template, *values: str) -> dict[str, str]:
    """The fields of a template with what is to stand in them; they are cut where they are sent."""
    return dict(zip(FORMS[template].fields, values, strict=True))
