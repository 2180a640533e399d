"""Posts, from draft to board."""
