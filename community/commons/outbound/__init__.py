"""Everything that is said to WeChat and WeCom, one message at a time."""
