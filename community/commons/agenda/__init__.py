"""What will happen at a set time."""
