"""The fields of a listing: an offer or a request.

Rules of this module:
1. Every field is declared `at_hub` but the sealed one: neighbours without a device of their own offer and ask, too.
2. What a thing costs elsewhere is a fact about the thing, for sums of the whole group; no sum is a person's.
"""

from __future__ import annotations

from crdt.dates import Day
from crdt.fields import Choice, Entry, Field, Line, MemberEntry, Number, Prose
from crdt.sealed import GROUP, People, Sealed

CODE = 0x24
VERSION = 1
REACH_KEY = f"{GROUP}/reach"
LIFE_DAYS = {"food": 2, "skill": 0, "space": 0}
"""Days that a listing of a kind stands before it is asked whether it is still true; 0: until it is withdrawn."""
USUAL_LIFE_DAYS = 30

SIDE = Choice("side", "Offer or request", "offer or request.", options=("offer", "request"), at_hub=True)
TITLE = Line("title", "Title", "What it is, in a few words.", longest=200, required=True, at_hub=True)
DETAILS = Prose("details", "Details", "Anything helpful; several people can write here at once.", at_hub=True)
WHAT = Choice(
    "what",
    "Kind",
    "thing, skill, time, space, ride, food or money.",
    options=("thing", "skill", "time", "space", "ride", "food", "money"),
    at_hub=True,
)
QUANTITY = Line("quantity", "How much", "For example: 2 kg, one evening, four chairs.", longest=60, at_hub=True)
PLACE = Line("place", "Place", "Where, in words people here understand.", longest=200, at_hub=True)
WINDOW = Line("window", "When", "When it suits, for example: Saturdays, after six.", longest=100, at_hub=True)
UNTIL = Day("until", "Until", "The day until which it stands: fri, in 2 weeks; none: until withdrawn.", at_hub=True)
REACH = Line("reach", "How to reach me", "Open to all members: a bell, a time, a number.", longest=200, at_hub=True)
STATUS = Choice("status", "Status", "Where it stands.", options=("open", "given", "withdrawn"), at_hub=True)

ANSWER = Prose("text", "Answer", "What you say to it, for example: I have one; come by after six.", longest=2000)
WHO = People("who", "Who", "Whose answer you accept, by name; nobody named: of all who answered.")
SEALED_REACH = Prose("reach", "How to reach me", "Only whom you accept can read this, and you.", longest=1000)
COUNT = Number("count", "How many", "How many of them, for example hours.", least=1, most=9999, default=1)
PRICE = Number(
    "price", "Price elsewhere", "What one would cost for money, in cents; only for sums of the group.", most=100_000_000
)
PER = Line("per", "One is", "What the price is for: hour, kilo, piece.", longest=30)
THANKS = Line("thanks", "Thanks", "A word of thanks.", longest=500)
BY_DAY = Day("day", "By", "When you mean to have passed it on; nobody counts.")

OPEN_LINES: tuple[Field, ...] = (SIDE, TITLE, DETAILS, WHAT, QUANTITY, PLACE, WINDOW, UNTIL, REACH)
FIELDS: tuple[Field, ...] = (
    *OPEN_LINES,
    STATUS,
    MemberEntry("response", "Answers", at_hub=True),
    Entry("accept", "Accepted", at_hub=True),
    MemberEntry("given", "Given", at_hub=True),
    MemberEntry("thanks", "Thanks", at_hub=True),
    MemberEntry("pledge", "Passing on", at_hub=True),
    Sealed(GROUP, "Sealed"),
)
