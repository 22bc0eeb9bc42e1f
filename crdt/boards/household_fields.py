"""The fields of a household's entry in the emergency roster.

Rules of this module:
1. Every field is declared `at_hub` but three: that one lives there and agrees is each person's own word, and sealed
   texts need a key.
2. A drill has a mark of its own: nothing that is said in a drill is ever taken for real.
"""

from __future__ import annotations

from crdt.dates import Day, Moment
from crdt.fields import Choice, Entry, Field, Line, Link, MemberEntry, Prose, Reference
from crdt.marks import Mark
from crdt.sealed import GROUP, People, Sealed

CODE = 0x01
VERSION = 1

WORDS = ("help", "unknown", "away", "safe")
"""How a household is, the most worrying first."""
SIGNALS = ("primary", "alternate", "contingency", "emergency")
"""The ways to reach it, in the order in which they are tried."""
SEALED_FIELDS = ("address", "medical", "key")

TITLE = Line(
    "title", "Household", "What neighbours call it, for example: Rosa and Jon, number 7.", required=True, at_hub=True
)
PEOPLE = Line("people", "People", "Who lives there, by the names they want to be called by.", longest=300, at_hub=True)
PLACE = Line("place", "Place", "Where roughly, in words that everybody may read.", at_hub=True)
PRIMARY = Line("primary", "Primary signal", "How to reach them first, for example: radio channel 3.", at_hub=True)
ALTERNATE = Line("alternate", "Alternate signal", "What to try next, for example: phone 555 0101.", at_hub=True)
CONTINGENCY = Line("contingency", "Contingency signal", "What to try then, for example: ring the bell.", at_hub=True)
EMERGENCY = Line("emergency", "Emergency signal", "The last resort: knock at the back window.", at_hub=True)
LANGUAGES = Line("languages", "Languages", "Which languages they speak, with commas.", at_hub=True)
SKILLS = Line("skills", "Skills", "What they can do, with commas: first aid, radio.", longest=500, at_hub=True)
EQUIPMENT = Line("equipment", "Equipment", "What they have, with commas: generator, ladder.", longest=500, at_hub=True)
REVIEW = Day("review", "Review", "The day to look whether this still holds: 2027-04-01, or in 26 weeks.", at_hub=True)
KEPT = Choice("kept", "Kept", "Whether it is on the roster.", options=("here", "aside"), at_hub=True)
STATUS = Mark("status", "How they are", words=WORDS, at_hub=True)
DRILL = Mark("drill", "In the drill", words=WORDS, at_hub=True)

WORD = Choice("word", "How they are", "safe, help, away or unknown.", options=("safe", "help", "away", "unknown"))
HOW = Line("how", "How you know", "For example: heard on radio, seen at the door.", longest=200)
NOTE = Line("note", "Note", "What matters now, for example: needs insulin.", longest=300)
HEARD = Moment("at", "When", "When it was heard, if not now: 14:05.", past=True)
CALL = Reference("call", "Roll call", "The roll call it answers.", kinds=("rollcall",))
IN_DRILL = Choice("drill", "Drill", "yes: for a drill; the real status stays as it is.", options=("no", "yes"))
BACK = Moment("back", "Back by", "When they want to be back: 18:00, or in 2 hours.")
WHO = Line("who", "Who", "Who has gone out; nobody named: the household.", longest=100)
WHERE = Line("where", "Where", "Where to look for them if they are not back.", longest=200)
TRIP = Line("trip", "Who is back", "The short id of who is out, as `meshnode roster show` lists it; left out: all.")
BUDDY = Reference("household", "Household", "The household that looks after this one.", kinds=("household",))
LIVES = Choice("lives", "You live there", "no: for somebody else, who is asked to agree.", options=("yes", "no"))
SEALED_WHICH = Choice("which", "What", "address, medical or key.", options=SEALED_FIELDS)
SEALED_TEXT = Prose("text", "Sealed text", "Only the people you name can read this, and you.", longest=4000)
SEALED_FOR = People("to", "For", "Who can read it, with commas: Ana, Bo. Nobody named: only you.")
SEALED_WITH = People("with", "Share with", "Who else shall be able to read it, with commas: Ana, Bo.")
SEALED_WITHOUT = People("without", "No longer", "Who shall not get later texts. What they have read they know.")

OPEN_LINES: tuple[Field, ...] = (
    TITLE,
    PEOPLE,
    PLACE,
    PRIMARY,
    ALTERNATE,
    CONTINGENCY,
    EMERGENCY,
    LANGUAGES,
    SKILLS,
    EQUIPMENT,
    REVIEW,
)
"""What the entry says in clear; once nobody who lives there agrees any more, only the title is shown."""

FIELDS: tuple[Field, ...] = (
    *OPEN_LINES,
    KEPT,
    STATUS,
    DRILL,
    Entry("out", "Out", at_hub=True),
    Link("buddy", "Buddies", at_hub=True),
    MemberEntry("lives", "Lives there"),
    Sealed(GROUP, "Sealed"),
)
