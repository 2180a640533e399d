"""What members say to each other, and who sees it."""
