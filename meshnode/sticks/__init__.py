"""Sticks: what a person's own process does with a USB stick, for the commands and the screen alike."""
