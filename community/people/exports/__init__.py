"""A member's own data, to take along."""
