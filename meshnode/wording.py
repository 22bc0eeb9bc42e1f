"""Wording: the longer texts that the screen and the commands both show, word for word the same.

Rules of this module:
1. Only texts, and how a sentence lists names; it imports nothing of the project, so that any room may show them.
2. Plain, short, kind, and true: what the network cannot promise is said before somebody says yes.
3. A sentence is whole, so that it can be translated; British spelling.
"""

from __future__ import annotations

from collections.abc import Sequence
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
    "If a machine is lost, give it up on another device of yours (meshnode device drop), or come back with your key "
    "card and do it then: meshnode help keys.",
)

FOR_EVER_TITLE: Final = "What cannot be taken back"
FOR_EVER: Final = (
    "What has reached another node stays there. Undo and edits are new entries; the old text stays in the history.",
    "What you made you can have wiped on every node that hears of it (meshnode forget). Copies may remain even then.",
    "Leaving is final for this key. What you wrote stays with your neighbours; coming back needs a new invite.",
    "Someone you let in can keep a copy of everything they could read.",
)

KEYS_TITLE: Final = "Your keys, your devices, your card"
KEYS: Final = (
    "Each device has keys of its own, which never leave it. Your member key says whose devices they are; it is on "
    "your main device, where you began or joined, and on your key card.",
    "Another machine becomes yours with a code that your main device shows (meshnode device add). It writes as "
    "you; what only the member key can say is said on the main device, or with the card: --card.",
    "Print the key card while all is well (meshnode card print), try it (meshnode card check), and keep it away "
    "from the device. Whoever has it can act as you.",
    "When every device is lost: on a new one meshnode card restore, with an invite of any neighbour, then give "
    "the lost ones up. Without a card you come back as a new member only, and your neighbours have to vouch for "
    "you again.",
    "Giving a device up (meshnode device drop) reaches every node in time. It does not wipe the device: what is "
    "on its disk stays there, and whoever opens it can read it.",
    "If your main device was stolen, whoever opens it has your member key too, and can make devices of yours. "
    "Then take a new invite, join as a new member, and leave with the old key.",
    "A hub is nobody's own: one to five stewards answer for it. One of them, or two other established neighbours, "
    "can give it up.",
)

SEALED_TITLE: Final = "What sealing a note can and cannot promise"
SEALED: Final = (
    "A sealed note opens only on the own devices of the people it is for, and of whoever wrote it. Hubs and all other "
    "nodes carry it unread, and it lies on every disk as unreadable as that.",
    "Everybody can see its title, who wrote it and when, for whom it is, and about how long it is.",
    "Whoever has read it can remember it, or show it to others. Taking somebody out keeps later texts from them, not "
    "this one.",
    "Whoever steals a device of a reader and its key file can open what was sealed to that device until then.",
    "When a reader gets a device or loses one, the writer's device seals the note anew by itself, once it hears of it. "
    "If the writer has no device left, nobody does: whoever can read it writes a new note.",
    "It cannot be undone, only written anew. To be rid of it, the whole note must be forgotten; copies may remain.",
)

HUB_TITLE: Final = "What the screen of a hub can and cannot promise"
HUB: Final = (
    "Whoever stands at a hub says who they are, and nobody checks it: no password, no key. Everybody reads who it was "
    "said to be and at which hub.",
    "What you have claimed or passed on with a device of your own, no hub can change or hide.",
    "Profiles, settings, sealed notes and everything that decides who belongs are done on devices of one's own only.",
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
    (SEALED_TITLE, SEALED),
    (HUB_TITLE, HUB),
    (STRANGERS_TITLE, STRANGERS),
)
"""Headings, each with its sentences."""

EMERGENCY_TITLE: Final = "When something happens: alarm, roster, roll call, drill"
EMERGENCY: Final = (
    "Before: put your household on the roster (meshnode roster add), with its signals in the order to try them, "
    "and seal your address, medical needs and who has the key for the people who need them (meshnode roster "
    "seal).",
    "An alarm (meshnode alarm raise) goes before everything else on every link. It covers every screen and can "
    "sound a siren ([alarm] in the settings) until somebody at that node says that they see it.",
    "How far it has come is told from proof alone (meshnode alarm reach): a node is named once it is proved to "
    "hold it, a person once they said so. A node that is not named may have it all the same.",
    "Anybody may say how a household is: safe, help, away, unknown (meshnode roster mark), and how they know. "
    "Marks that contradict each other are all shown, the most worrying on top, until a new one settles it. Old "
    "words are called old.",
    "A roll call (meshnode rollcall open) asks everybody; as many callers as you like, also while apart, make "
    "one list.",
    "Who goes out says when they will be back (meshnode roster out); past that, every node shows it.",
    "A drill (meshnode drill) is marked as one everywhere and touches nobody's real status; meshnode drill "
    "report shows how far it came. An alarm that was once real is never shown as a drill.",
    "Whoever belongs can raise a false alarm or stand a true one down, under their name. Raise it again if it is "
    "not over.",
)

PEOPLE_TITLE: Final = "Who belongs, and what neighbours decide about each other"
PEOPLE: Final = (
    "Whoever comes in with an invite is a newcomer: they read, write and pass things on. With the word of two "
    "neighbours, or of the one who founded it, they are established: they invite, vouch, ask for somebody's removal, "
    "and vote.",
    "No one or two people can remove anyone. It takes three yes by established neighbours (one more for each further "
    "person), and more yes than no. Who asked, why, and who said what is signed and can be read by everybody.",
    "Whoever is removed is told by whom and why, and keeps all they have. More no votes bring them back, at any time.",
    "A node that hears of many removals in a week follows three, or one in ten, and asks its person about the rest.",
    "A block is one node's own: it links with somebody's devices no more. Nobody is told, and nobody else is affected.",
    "Anybody may leave, or start anew with those who want to come along; also somebody who was removed.",
    "After a removal the network has a new key. What was read before can be remembered: nothing is wiped from afar.",
    "Three people who act together can remove somebody, and invented people can vouch for each other. Against that "
    "helps to know one's neighbours, and to start anew.",
)

SEALED_FOR: Final = "Only {people} can read this. Hubs carry it unread. Whoever has read it can remember it."
SEALED_FOR_ME: Final = "Only you can read this, on your own devices. Hubs carry it unread."

FORGET_EFFECT: Final = (
    "It is wiped on every node that hears of it, this one first. That cannot be undone.",
    "What others wrote in it goes too, and they are told.",
    "Copies on paper, on sticks, in heads and on worn flash cells may remain.",
)

FOUND_EFFECT: Final = (
    "You start a neighbourhood of which you are the first member, and invite the others.",
    "It has no owner: once others are established, nobody can remove them alone, and neither can you.",
)

JOIN_EFFECT: Final = (
    "Your node and theirs will exchange everything on the board, whenever they meet.",
    "You can leave at any time, without giving a reason.",
)

ANEW_TITLE: Final = "What begins"
ANEW: Final = (
    "You found {name}, in a new profile on this machine. The profile you have stays as it is, and so does {old}: you "
    "belong to both, until you leave one.",
    "What is on the board is copied: as it reads now, without its history, under your name, with who wrote it as text. "
    "Sealed notes are not copied.",
)
ANEW_TOLD_TITLE: Final = "Who is told"
ANEW_TOLD: Final = (
    "{names}: with your reason, and an invitation that only their own devices can open. Nobody has to come.",
)
ANEW_BY_HAND: Final = (
    "Not through {old}, because nodes do not link there: {names}. You get a code for each, to give them by hand."
)
ANEW_UNTOLD_TITLE: Final = "Who is not told, and what they can see"
ANEW_UNTOLD: Final = (
    "Nobody else in {old} gets a word about it. It is no secret, though: it is signed, and whoever looks for it can "
    "read that you started anew, its name, your reason, and whose devices you asked.",
    "They can read neither the invitations nor what is written in {name}.",
)

LEAVE_EFFECT: Final = (
    "Your nodes stop sharing with this neighbourhood, for good with this key.",
    "What you wrote stays with your neighbours. Coming back needs a new invite.",
    "No reason is asked.",
)


def listed(names: Sequence[str]) -> str:
    """Names as a sentence lists them: "you, Bo and Kai"."""
    if not names:
        return "nobody"
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last
