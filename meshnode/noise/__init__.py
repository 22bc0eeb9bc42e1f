"""Noise: two devices prove their keys to each other and seal what they say. No I/O, no randomness of its own."""
