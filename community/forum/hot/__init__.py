"""What is hot on a board."""
