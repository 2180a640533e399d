"""Who may see, write, claim or attend something."""
