"""What a member agreed to, and what they took back."""
