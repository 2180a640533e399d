"""What members care about, by what they read, like and say."""
