"""SQLite: the signed things are the truth, everything else in the file is a cache."""
