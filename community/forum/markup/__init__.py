"""The light markdown of posts."""
