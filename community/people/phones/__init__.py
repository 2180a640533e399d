"""The phone number that a member has shown to be theirs."""
