"""Applying for certification."""
