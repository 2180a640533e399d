"""Leaving the community for good."""
