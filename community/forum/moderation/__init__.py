"""Held content and what moderators decide about it."""
