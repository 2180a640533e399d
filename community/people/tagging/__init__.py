"""Tags that follow from facts by a rule."""
