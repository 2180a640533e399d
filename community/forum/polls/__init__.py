"""Polls: what can be asked."""
