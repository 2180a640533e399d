"""WeChat's mini program platform: what we ask of it, and what it pushes to us."""
