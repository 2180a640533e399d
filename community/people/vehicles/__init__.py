"""Cars: whose they are, and who else drives them."""
