"""Codes by which advisors vouch for people whom they know."""
