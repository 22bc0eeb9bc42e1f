"""The store: the two sets of signed things in one SQLite file, and the caches computed from them."""
