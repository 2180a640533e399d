"""What makes a member an owner, and what does not any longer."""
