"""The door for members, from the mini program."""

from mini_program_api import (
    boards,
    certifications,
    media,
    members,
    notifications,
    phones,
    posts,
    privacy,
    sessions,
    vehicles,
)
from mini_program_api.door import door
from mini_program_api.sessions import identify

__all__ = [
    "boards",
    "certifications",
    "door",
    "identify",
    "media",
    "members",
    "notifications",
    "phones",
    "posts",
    "privacy",
    "sessions",
    "vehicles",
]
