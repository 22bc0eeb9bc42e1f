"""Texts of coming in by USB stick: the invite that goes out, the reply that comes back, and who is let in.

Rules of this module:
1. As in `texts`. Each step ends with what to do next, and on whose machine.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

STICKS: Mapping[str, str] = MappingProxyType(
    {
        "key.join-stick": "Join with a USB stick",
        "key.stick": "An invite on a USB stick",
        "key.stick-let-in": "Let somebody in whose reply is on a USB stick",
        # choosing the stick
        "stick.found": "Plugged in",
        "stick.none": "No stick yet. Plug one in and wait, or type a folder.",
        "stick.read-only": "write-protected: {folder}",
        "stick.files": "Several invites: whose is meant?",
        "stick.choose-file": "There are several invites here. Choose one with the arrows.",
        "stick.folder": "The stick's folder",
        "stick.keys": "Up and Down = which stick, Tab = next field, Enter = {go}, Esc = back",
        "stick.go-invite": "Write the invite",
        "stick.go-let-in": "Read the replies",
        "stick.go-join": "Read the invite",
        "stick.writing": "Writing. Leave the stick in.",
        "stick.reading": "Reading. Leave the stick in.",
        # an invite goes out
        "stick.invite-title": "An invite on a USB stick",
        "stick.invite-text": "For a neighbour whose machine never meets yours on one network. The stick goes to them, "
        "and comes back to you.",
        "stick.invited-title": "The invite is on the stick",
        "stick.invited": "It is in {path}, good until {until}, for one person.\n\n"
        "1. Take the stick out (if your system has an Eject, use it first) and carry it to your new neighbour. "
        "Whoever has it can come in: give it to nobody else.\n"
        "2. On the new machine: start meshnode and choose 'Join with a USB stick'. It writes a reply on the stick.\n"
        "3. Bring the stick back, plug it in here or at any neighbour's, and press i and then l: let in.",
        # a reply comes back
        "stick.let-in-title": "Let in from a USB stick",
        "stick.let-in-text": "Plug in the stick that came back from your new neighbour. You are asked before anybody "
        "is let in.",
        "stick.let-in-ask": "Let {name} in?",
        "stick.let-in-effect": "{name} asks to come in to {network}, with an invite of {inviter}.\n\n"
        "A yes makes them a member: they read the boards and write on them, their node keeps a copy, and everybody "
        "sees their name. You cannot take it back alone.",
        "stick.let-in-done": "From the stick",
        "stick.is-in": "{name} is in. Their node opens the board as soon as it meets one of ours: on one Wi-Fi or "
        "cable, with both machines running.",
        "stick.was-in": "{name} is in already.",
        "stick.not-in": "{name} was not let in.",
        "stick.bad-file": "{file}: {why}",
        "stick.make-new": "{why} Put a new invite on the stick (i, then s), and carry it over once more.",
        # a newcomer answers
        "stick.join-title": "Join with a USB stick",
        "stick.join-text": "Plug in the stick that your neighbour gave you. You see whose invite it is before "
        "anything is written.",
        "stick.join-yes": "Yes, write my reply",
        "stick.ask-new": "{why} Ask your neighbour for a new invite on the stick.",
        "stick.replied-title": "Now carry the stick back",
        "stick.replied": "Your reply is in {path}.\n\n"
        "1. Take the stick out (if your system has an Eject, use it first) and carry it back to {inviter}, or to "
        "anybody of {network}. There: i and then l, let in.\n"
        "2. Leave meshnode running here. As soon as this machine and one of theirs are on the same Wi-Fi or cable, "
        "the board opens by itself.\n\n"
        "If the stick is lost, begin again with another one: nothing is spoilt.",
    }
)
