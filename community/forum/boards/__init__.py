"""The boards and who may do what there."""
