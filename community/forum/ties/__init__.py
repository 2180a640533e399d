"""Who follows or blocks whom, found from both sides."""
