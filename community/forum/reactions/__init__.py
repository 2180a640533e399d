"""Likes and views: one per member and post, counted once."""
