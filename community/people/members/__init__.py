"""Members and their sessions."""
