"""WeCom, WeChat's platform for companies: what we ask of it, and what it pushes to us."""
