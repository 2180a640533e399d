"""How many one-time messages a member has agreed to get."""
