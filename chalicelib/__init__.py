"""Ground floor: knows AWS, WeChat and WeCom; knows no community word."""
