"""By what a member is known elsewhere."""
