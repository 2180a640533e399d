"""What each member may want to read next: their own feed."""
