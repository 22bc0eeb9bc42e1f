"""Wording: the longer texts that the screen and the commands both show, word for word the same.

Rules of this module:
1. Only texts; it imports nothing of the project, so that any room may show them.
2. Plain, short, kind, and true: what the network cannot promise is said before somebody says yes.
3. A sentence is whole, so that it can be translated; British spelling.
"""

from __future__ import annotations

from typing import Final

WHAT_IT_IS: Final = (
    "meshnode is a task board that you share with your neighbours, on your own machines. "
    "No account, no company, no internet needed. What you write is kept here "
    "and goes to a neighbour's node whenever one is near."
)

SEEN_TITLE: Final = "What your neighbours will see"
SEEN: Final = (
    "The name you give, and everything you write: tasks, claims, comments, thanks, and when you wrote them.",
    "Whether this node is linked with theirs right now, and its address on the local network.",
    "Not when you look, not what you read, and not who else is on your Wi-Fi.",
)

STOLEN_TITLE: Final = "What a thief of this machine could read"
STOLEN: Final = (
    "Everything on the board: it lies on the disk as it is. If the disk is encrypted, only while it is unlocked.",
    "Your keys: they are in a file that only your user account may read. Whoever has it can write in your name.",
    "If a machine is lost, tell your neighbours, so that they know not to trust what it writes.",
)

FOR_EVER_TITLE: Final = "What cannot be taken back"
FOR_EVER: Final = (
    "What has reached another node stays there. Undo and edits are new entries; the old text stays in the history.",
    "Leaving is final for this key. What you wrote stays with your neighbours; coming back needs a new invite.",
    "Someone you let in can keep a copy of everything they could read.",
)

STRANGERS_TITLE: Final = "What strangers can see"
STRANGERS: Final = (
    "Someone on the same Wi-Fi can see that a meshnode is here; no names, and nothing of what you write.",
    'To say nothing at all, set discovery to "quiet" or "off" in the settings file (meshnode where shows it).',
)

PRIVACY: Final = (
    (SEEN_TITLE, SEEN),
    (STOLEN_TITLE, STOLEN),
    (FOR_EVER_TITLE, FOR_EVER),
    (STRANGERS_TITLE, STRANGERS),
)
"""Headings, each with its sentences."""

FOUND_EFFECT: Final = (
    "You start a neighbourhood of which you are the first member, and invite the others.",
    "It has no owner: once others are established, nobody can remove them alone, and neither can you.",
)

JOIN_EFFECT: Final = (
    "Your node and theirs will exchange everything on the board, whenever they meet.",
    "You can leave at any time, without giving a reason.",
)

LEAVE_EFFECT: Final = (
    "Your nodes stop sharing with this neighbourhood, for good with this key.",
    "What you wrote stays with your neighbours. Coming back needs a new invite.",
    "No reason is asked.",
)
