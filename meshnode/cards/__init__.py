"""The key card on paper: shown, written, printed and checked, for the commands and the screen."""
