"""A daily look whether the counts are right."""
