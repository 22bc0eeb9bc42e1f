"""Exit codes: what each says to a script. A test compares this table with the tree of errors."""

from __future__ import annotations

from typing import Final

INTERRUPTED: Final = 130
BUG: Final = 70

EXIT_CODES: Final = {
    0: "done",
    1: "not done, for a reason that the sentence says",
    2: "not understood: a wrong command, option or value",
    3: "there is no such task, or the words fit several",
    4: "understood, but not possible now",
    5: "this profile belongs to no neighbourhood yet",
    6: "this profile belongs to a neighbourhood already",
    7: "the invite did not work",
    8: "the node of this profile is not running, or did not answer",
    9: "another meshnode has this profile open",
    10: "the disk or the database: nothing was acknowledged",
    11: "the key file cannot be used",
    12: "the settings file cannot be read",
    BUG: "a bug in meshnode; what happened is in crash.log, beside the log",
    INTERRUPTED: "stopped with Ctrl+C",
}
