"""What every district needs."""
