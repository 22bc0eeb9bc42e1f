"""Numbered SQL files; `database.migrate` applies those that a database has not seen."""
