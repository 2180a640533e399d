"""Members, boards and topics that a member follows."""
