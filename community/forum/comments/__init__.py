"""What is said below a post."""
