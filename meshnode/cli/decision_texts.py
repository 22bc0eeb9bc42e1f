"""What a decision about people does, said before the yes.

Rules of this module:
1. Parting is written as what neighbours owe each other, not as a punishment: reasons, who hears of it, the way back.
2. What cannot be taken back is said.
"""

from __future__ import annotations

from typing import Final

VOUCH: Final = (
    "You say that you have met {name} and that they belong here. Everybody sees that it was you.",
    "With the word of two neighbours somebody is established: they may invite, vouch and vote.",
    "Your word cannot be taken back. Should it turn out wrong, people can still part with {name} together.",
)
PETITION: Final = (
    "You ask {network} to part with {names}. Everybody reads that you asked, and why; {names} will be told, too.",
    "It takes {needed} yes by established neighbours, and more yes than no. Your own yes is given with it.",
    "Nobody is removed by you alone. Whoever came in with the help of {names} stays.",
    "What {names} wrote stays where others built on it. Their own copy stays with them: nothing is wiped from afar.",
    "If people change their minds, more no than yes brings {names} back. Have you talked with each other?",
)
NO_REASON: Final = "You give no reason. People will ask for one."
VOTE_YES: Final = (
    "You say that {names} should belong to {network} no more. Everybody sees your name beside your yes.",
    "You can change your mind at any time: vote again.",
)
VOTE_NO: Final = (
    "You say that {names} should belong to {network}. Everybody sees your name beside your no.",
    "You can change your mind at any time: vote again.",
)
BLOCK: Final = (
    "This node links with {name}'s devices no more. Nobody is told, and it is for this node alone.",
    "What {name} writes still comes by way of other neighbours, and what you write goes to them that way.",
    "`meshnode unblock {name}` takes it back.",
)
FOLLOW: Final = (
    "{names} were parted with, so many in a short time that this node has asked you first.",
    "If you follow, it links with them no more, gives them no new key and seals nothing to them.",
)
GO_ON: Final = (
    "This node goes on linking with {names}. What they write from now on is not taken anywhere, also not here.",
    "`meshnode follow` changes that later.",
)
VOID: Final = ("The code lets nobody in any more.",)
VOID_KEEPS: Final = "{names} came in with it, and stay."
VOID_DROPS: Final = "{names} came in with it, and lose your word: without another neighbour's they belong no more."
