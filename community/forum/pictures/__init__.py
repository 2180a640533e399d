"""Pictures of posts, as WeChat is asked about them."""
