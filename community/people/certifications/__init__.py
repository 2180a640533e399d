"""Proof that a member owns a car."""
