"""What the dealer's records say of owners who may never have been here."""
