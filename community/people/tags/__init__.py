"""What is noted of members in a word, and how long it holds."""
