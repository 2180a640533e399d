"""Votes in polls: one per member, counted once."""
