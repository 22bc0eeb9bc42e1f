"""The fields of a roll call.

Rules of this module:
1. Every field is declared `at_hub`: several people call, each from where they are.
"""

from __future__ import annotations

from crdt.boards.household_fields import SIGNALS
from crdt.fields import Choice, Entry, Field, Line, Reference
from crdt.marks import Mark

CODE = 0x03
VERSION = 1
STATES = ("open", "drill", "closed")

TITLE = Line("title", "Why", "What the call is for, for example: storm, evening round.", required=True, at_hub=True)
DRILL = Choice(
    "drill", "Drill", "yes: a rehearsal; the real status stays as it is.", options=("no", "yes"), at_hub=True
)
STATE = Mark("state", "State", words=("open", "closed"), at_hub=True)
HOUSEHOLD = Reference("household", "Household", "The household that was called.", kinds=("household",))
SIGNAL = Choice("signal", "Signal", "Which of its signals was tried.", options=SIGNALS)
NOTE = Line("note", "Note", "What you want to add.", longest=300)

FIELDS: tuple[Field, ...] = (TITLE, DRILL, STATE, Entry("tried", "Tried", at_hub=True))
