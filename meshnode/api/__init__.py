"""JSON lines over a Unix socket: how screens and commands speak with the node of their profile."""
