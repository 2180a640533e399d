"""What a member is told, and has read."""
