"""The door for members, from the mini program."""

from mini_program_api import boards, certifications, members, notifications, posts, sessions
from mini_program_api.door import door

__all__ = ["boards", "certifications", "door", "members", "notifications", "posts", "sessions"]
