"""Codes that one person hands to another."""
