"""Who is a member, and what is known about them."""
