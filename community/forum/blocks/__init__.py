"""Members of whom a member does not want to see anything."""
