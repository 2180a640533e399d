"""What the community is and does."""
