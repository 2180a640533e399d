"""Accepted answers of questions."""
