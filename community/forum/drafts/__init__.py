"""Unfinished posts, on all of a member's devices."""
