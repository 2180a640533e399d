"""Coming in and staying in."""
