"""The door for members and staff, from WeChat and WeCom messages."""
