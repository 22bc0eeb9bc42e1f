"""What the first version wrote, for every later one to read."""
