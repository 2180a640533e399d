"""Cars that change hands."""
