"""Members whom colleagues have as contacts in WeCom."""
