"""What operators put before members, in places made for it."""
