"""Pictures and files that members upload."""
