"""Words: what a Chinese text can be found by."""
