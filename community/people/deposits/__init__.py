"""Intention deposits."""
