"""Finding posts by the words that are in them."""
