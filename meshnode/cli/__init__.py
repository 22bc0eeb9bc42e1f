"""The command line: one small module a command, made so that the first word decides what is loaded."""
