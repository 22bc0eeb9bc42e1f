"""Acting: who acts in a request: the person whose device this is, or at a hub whoever the request names.

Rules of this module:
1. A hub does nothing by itself: a request there says `as`, a member or a name. On a person's own device nobody else is
   named: what is done there is said in that person's name.
2. A name by which a member is called means that member; any other one is a neighbour without a key.
3. What would not be read later is refused now: fields that are not for hubs, and what a member's own device has said.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence

from crdt.acting import accept_name, person_of
from crdt.actions import Actor
from crdt.edits import Planned
from crdt.identifiers import MemberId, RecordId
from crdt.kinds import FRAME_KEYS, Kind
from meshnode.api.member_views import Names
from meshnode.api.moments import now_of
from meshnode.api.schema import Json
from meshnode.errors import BadInput, NotPossible, WhoActs
from meshnode.replica.replica import Replica

ENTRY_ID_BYTES = 6
"""Unique among one member's entries of one record."""
_NOT_HERE = "That is not done at a hub, where anybody may stand."
_ELSEWHERE = "Do it on a device of your own."
_KEY_BEGINNING = re.compile("[0-9a-f]{8,64}")


class Acting:
    """Who acts on one node."""

    def __init__(self, replica: Replica) -> None:
        self._replica = replica

    @property
    def at_hub(self) -> bool:
        """Whether this node is a hub, which is nobody's."""
        return self._replica.identity.member is None

    def actor(self, arguments: Json) -> Actor:
        """Who acts in a request, on the civil day of the network's time zone.

        Raises:
            WhoActs: this is a hub, and nobody is named.
            BadInput: somebody is named who cannot be meant, or who need not be.
            BadValue: the name is empty or too long.
        """
        replica = self._replica
        by = self._by(arguments.get("as"))
        person = person_of(by, replica.network) if by else replica.identity.person
        return Actor(person, replica.identity.device, self._today(), lambda: os.urandom(ENTRY_ID_BYTES).hex(), by)

    def _by(self, named: object) -> str:
        if not self.at_hub:
            if named is not None:
                raise BadInput(
                    "This device is a person's own: what is done here is said in their name.",
                    next_step="Leave out who acts; it is asked at the screen of a hub only.",
                )
            return ""
        match named:
            case {"member": str(key)}:
                return self._member(key)
            case {"name": str(typed)}:
                name = accept_name(typed)
                names = Names(self._replica)
                called = [member for member in self._current() if names.of(member).casefold() == name.casefold()]
                return self._the_one(called, f"called {name}") if called else name
            case _:
                raise WhoActs

    def _member(self, key: str) -> str:
        beginning = key.lower()
        found = [member for member in self._current() if member.hex().startswith(beginning)]
        if not found or not _KEY_BEGINNING.fullmatch(beginning):
            raise BadInput("No neighbour here has that key.", next_step="`meshnode members` shows who is here.")
        return self._the_one(found, "meant by that key")

    def _the_one(self, found: Sequence[MemberId], how: str) -> str:
        if len(found) == 1:
            return found[0].hex()
        keys = ", ".join(member.hex()[:8] for member in sorted(found))
        raise BadInput(
            f"{len(found)} neighbours are {how}.", next_step=f"Say which one by the beginning of their key: {keys}."
        )

    def _current(self) -> list[MemberId]:
        return [member.id for member in self._replica.membership.members.values() if member.current]

    def _today(self) -> str:
        return now_of(self._replica).date().isoformat()

    def check_kind(self, kind: Kind) -> None:
        """Let pass what has anything for hubs.

        Raises:
            NotPossible: this is a hub, and such a record is written on a person's own device only.
        """
        if self.at_hub and not any(declared.at_hub for declared in kind.fields):
            raise NotPossible(_NOT_HERE, next_step=_ELSEWHERE)

    def check(self, kind: Kind, record: RecordId | None, edits: Sequence[Planned]) -> None:
        """Let pass what counts when this node writes it.

        Raises:
            NotPossible: at a hub, what is not for hubs, or what a member has decided on a device of their own.
        """
        if not self.at_hub:
            return
        for edit in edits:
            declared = kind.field_of(edit.key)
            if edit.key not in FRAME_KEYS and not (declared and declared.at_hub):
                raise NotPossible(_NOT_HERE, next_step=_ELSEWHERE)
            records = self._replica.records
            if record is not None and records.open(record).reading(records).is_owners_word(edit.key):
                raise NotPossible(
                    "You have decided this on a device of your own, and that stands.", next_step="Change it there."
                )
