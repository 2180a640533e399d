"""Photographed vehicle licences."""
