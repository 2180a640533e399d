"""Who works for the community, and what they may do."""
