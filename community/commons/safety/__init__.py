"""Whether a text may be shown to others."""
