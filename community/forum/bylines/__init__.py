"""What those are called who wrote something."""
