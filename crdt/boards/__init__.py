"""One module a board: its record kinds, what is derived from them, its actions. Pure functions only."""
