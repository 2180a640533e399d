"""The door for members, from the mini program."""

from mini_program_api import (
    boards,
    certifications,
    comments,
    drafts,
    feed,
    follows,
    lists,
    media,
    members,
    notifications,
    phones,
    polls,
    posts,
    privacy,
    reactions,
    search,
    sessions,
    slots,
    vehicles,
)
from mini_program_api.door import door
from mini_program_api.sessions import identify

__all__ = [
    "boards",
    "certifications",
    "comments",
    "door",
    "drafts",
    "feed",
    "follows",
    "identify",
    "lists",
    "media",
    "members",
    "notifications",
    "phones",
    "polls",
    "posts",
    "privacy",
    "reactions",
    "search",
    "sessions",
    "slots",
    "vehicles",
]
