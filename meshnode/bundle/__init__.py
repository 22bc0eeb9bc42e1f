"""Signed things in files: what a stick, a backup or a person leaving carries."""
