"""Which models there are, and where they lie on disk."""
