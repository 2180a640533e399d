"""Proof of what somebody is to the brand: an owner, a buyer, somebody whom an advisor knows."""
