"""Coming in: how somebody, a device of theirs, or a hub gets into a neighbourhood, and who opens the door."""
