"""Texts of the members' place: who belongs, who stands for whom, and what is being asked of everybody.

Rules of this module:
1. As in `texts`. Parting with somebody is said as care for all, never as a punishment.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

MEMBERS: Mapping[str, str] = MappingProxyType(
    {
        "bar.members": "Members",
        "members.title": "Who belongs to {network}",
        "members.reading": "Asking the node ...",
        "members.people": "Members",
        "members.mine": "{name} (you)",
        "members.founder": "founder",
        "members.established": "established",
        "members.newcomer": "newcomer",
        "members.left": "has left",
        "members.removed": "parted",
        "members.past": "waits for a word",
        "members.blocked": "blocked by you",
        "members.by-hand": "{name} has met {them}",
        "members.by-invite": "invited by {name}",
        "members.more-word": "Newcomers read and write. The word of a second neighbour who has met them makes them "
        "established: then they may invite, too. v = I have met this person.",
        "members.asked": "What is asked of everybody",
        "members.decided": "What was decided",
        "members.petition": "{by} asks {network} to part with {targets}.",
        "members.reason": "Why: {reason}",
        "members.no-reason": "No reason is given.",
        "members.yes": "Yes: {names}",
        "members.no": "No: {names}",
        "members.nobody": "nobody",
        "members.needed.one": "{count} more yes and it takes effect.",
        "members.needed.many": "{count} more yes and it takes effect.",
        "members.effective": "It has taken effect. More no than yes brings them back.",
        "members.my-yes": "You said yes. n = change that to no.",
        "members.my-no": "You said no. y = change that to yes.",
        "members.my-none": "You have not said anything, and need not. y = yes, n = no.",
        "members.mine-it-is": "This is about you, so you have no say in it. What you wrote stays yours, and you can "
        "start anew with others: meshnode help leaving.",
        "members.brake": "{sign} Many people are to be removed at once: {names}. This node waits for your word before "
        "it closes its links to them. f = read more",
        "members.brake-title": "So many at once?",
        "members.brake-text": "The votes say that {names} no longer belong. That is unusually many within a week, so "
        "this node has gone on linking with them until you say otherwise. Talk to your neighbours first if you are "
        "not sure. Follow it now?",
        "members.offer": "{by} asks you along to {name}. c = come along, in a profile of its own",
        "members.offer-title": "Come along to {name}?",
        "members.offer-text": "This screen closes, and {name} is joined in a profile of its own, with the usual "
        "questions. You stay in {network}, too, until you leave it. Somebody there must have a node running near by.",
        "members.calm": "Nobody is in charge here. Whoever wants to go may go, and take a full copy along.",
        "members.vouch-title": "Have you met {name}?",
        "members.vouch-text": "You give your word that {name} is a neighbour whom you have met yourself. All members "
        "see it. It cannot be taken back, except by asking everybody to part with {name}.",
        "members.vouched": "Your word for {name} is written down.",
        "members.vote-yes-title": "Say yes to parting with {targets}?",
        "members.vote-no-title": "Say no to parting with {targets}?",
        "members.vote-text": "All members see how you voted. You can change it whenever you like.",
        "members.voted": "Your vote is written down.",
        "members.part-title": "Ask everybody to part with {name}",
        "members.part-reason": "Why? (everybody reads this, {name} too)",
        "members.part-hint": "what happened, in plain and fair words",
        "members.part-ask": "Have you spoken with {name}, or asked somebody to? If enough members say yes, all nodes "
        "stop linking with {name}. What {name} wrote stays, and so do all others. Your name stands under it. Ask "
        "everybody?",
        "members.parted": "Everybody is asked. Your yes is counted.",
        "members.block-title": "Block {name} on this node?",
        "members.block-text": "Your node stops linking with the devices of {name}. Nobody else is affected, nobody is "
        "told, and what {name} writes still reaches you through others.",
        "members.blocked-now": "This node links no more with {name}.",
        "members.unblocked": "This node links with {name} again.",
        "members.followed": "This node follows it now.",
        "members.not-you": "That is you.",
        "members.select": "Choose a line first.",
        "key.vouch": "I have met them",
        "key.vote-yes": "Yes",
        "key.vote-no": "No",
        "key.part": "Part with them",
        "key.block": "Block",
        "key.follow": "Follow",
        "key.come": "Come along",
        "key.members": "Members",
    }
)
