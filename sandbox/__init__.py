"""WeChat and WeCom on one machine: a real HTTP server that behaves as the platforms do. Never shipped."""
