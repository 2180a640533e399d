"""What members tell of themselves."""
