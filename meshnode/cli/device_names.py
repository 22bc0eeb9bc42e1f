"""Devices as people name them.

Rules of this module:
1. A device is named by its name, or by its words, or by some of them: whatever fits one device alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from crdt.display import display_line
from meshnode.cli.command import Json
from meshnode.errors import BadInput

STATES = {"current": "", "past": "no longer", "removed": "shut out"}
WHYS = {"retired": "retired", "lost": "given up as lost", "stolen": "given up as stolen"}


def device_line(device: Json) -> str:
    """A device in a sentence."""
    return f"{display_line(device['name']) or 'a device'} ({device['words']})"


def state_of(device: Json) -> str:
    """What a list says of a device."""
    if device["dropped"]:
        return WHYS[device["dropped"]]
    if device["here"]:
        return "this one"
    if device["state"] != "current":
        return "belongs no more"
    return "linked" if device["linked"] else "away"


def named_device(devices: Sequence[Json], words: Sequence[str]) -> Json:
    """The device that somebody named.

    Raises:
        BadInput: none fits, or several do.
    """
    wanted = " ".join(words).casefold().split()
    alike = [each for each in devices if each["name"].casefold().split() == wanted]
    fits = alike or [each for each in devices if set(wanted) <= set(each["words"].split())]
    if len(fits) == 1:
        return fits[0]
    shown = " ".join(words) if " ".join(words).isprintable() else "that"
    if not fits:
        raise BadInput(f"There is no device called {shown!r}.", next_step="See `meshnode device list`.")
    lines = "; ".join(device_line(each) for each in fits)
    raise BadInput(f"{shown!r} fits several: {lines}.", next_step="Say its four words.")
