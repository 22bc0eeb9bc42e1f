"""People: members as people name them, for every request that takes some.

Rules of this module:
1. A name means the one current member who is called so; the beginning of a member's key means exactly that one.
2. Nothing is guessed at: a name that fits nobody or several is refused with what to write instead.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from crdt.actions import Action
from crdt.display import display_line
from crdt.identifiers import MemberId
from meshnode.api.member_views import Names
from meshnode.api.schema import Json
from meshnode.errors import BadInput
from meshnode.membership.kinds import DeviceKind
from meshnode.replica.replica import Replica
from meshnode.wording import listed

_KEY_BEGINNING = re.compile("[0-9a-f]{8,64}")
SHOWN_KEY_LETTERS = 8


def with_people(action: Action, given: Json, replica: Replica) -> Json:
    """An action's arguments, with members' keys in the place of their names.

    Raises:
        BadInput: a name fits nobody, several, or a hub.
    """
    kinds = {argument.name: argument.kind for argument in action.arguments}
    wanted = {name: value for name, value in given.items() if kinds.get(name) == "people"}
    if not wanted:
        return given
    called = Names(replica)
    names = {member.id: called.of(member.id) for member in replica.membership.members.values() if member.current}
    return given | {name: _keys(value, names, replica) for name, value in wanted.items()}


def _keys(value: object, names: Mapping[MemberId, str], replica: Replica) -> object:
    words = value.split(",") if isinstance(value, str) else value
    if not isinstance(words, list):
        return value
    typed = [display_line(str(word)) for word in words]
    return [_the_one(word, names, replica).hex() for word in typed if word]


def _the_one(word: str, names: Mapping[MemberId, str], replica: Replica) -> MemberId:
    found = [member for member, name in names.items() if display_line(name).casefold() == word.casefold()]
    if not found and _KEY_BEGINNING.fullmatch(word.lower()):
        found = [member for member in names if member.hex().startswith(word.lower())]
    if len(found) == 1:
        return found[0]
    if found:
        keys = ", ".join(member.hex()[:SHOWN_KEY_LETTERS] for member in sorted(found))
        raise BadInput(
            f"{len(found)} people here are called {word}.",
            next_step=f"Name the one you mean by the beginning of their key: {keys}.",
        )
    devices = replica.membership.devices.values()
    if any(device.kind is DeviceKind.HUB and device.name.casefold() == word.casefold() for device in devices):
        raise BadInput(f"{word} is a hub: it carries what is sealed, unread.", next_step="Name people.")
    called = listed(sorted(map(display_line, names.values()), key=str.casefold)[:12])
    raise BadInput(f"Nobody here is called {word}.", next_step=f"Here are {called}.")
