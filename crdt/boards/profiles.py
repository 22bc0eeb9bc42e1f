"""What a member tells about themselves: the name they like, a few words, how to reach them.

Rules of this module:
1. A member's profile is one record whose id follows from the network and the member, so all their devices write it.
2. Every key carries the member (`name/<member>`) and counts only if that member wrote it: nobody speaks for another.
   `profile_of` picks the owner's part of a view; what others wrote into the record is not theirs to show.
"""

from __future__ import annotations

import hashlib

from crdt.action import Accepted, Action, Actor, Argument
from crdt.edits import Edit, Put
from crdt.fields import Json, Line, MemberEntry, entry, entry_text
from crdt.identifiers import MemberId, NetworkId, RecordId
from crdt.kinds import VERSION_KEY, Kind, View
from crdt.reading import Reading

CODE = 0x22
VERSION = 1

_ARGUMENTS = (
    Line("name", "Name", "The name you want to be called by.", longest=60),
    Line("about", "About", "A few words about you, if you like.", longest=500),
    Line("reach", "How to reach me", "A phone number, a bell, a time: open to all members.", longest=200),
)
_FIELDS = tuple(MemberEntry(line.key, line.title, line.help) for line in _ARGUMENTS)


def profile_record_id(network: NetworkId, member: MemberId) -> RecordId:
    """The one profile record of a member."""
    digest = hashlib.blake2b(network + member, digest_size=15, person=b"meshnode-profile").digest()
    return RecordId(bytes([CODE]) + digest)


def profile_of(view: View, member: MemberId) -> dict[str, str]:
    """`name`, `about` and `reach` as a member wrote them in their profile record, "" where they wrote nothing."""
    written = view.get("members", {}).get(member.hex(), {})
    return {line.key: written.get(line.key, "") for line in _ARGUMENTS}


def _show(reading: Reading) -> dict[str, Json]:
    members: dict[str, dict[str, str]] = {}
    for declared in _FIELDS:
        for read in reading.entries(declared.key):
            if not read.id:
                members.setdefault(read.member, {})[declared.key] = entry_text(read.content)
    return {"members": {member: members[member] for member in sorted(members)}}


def _edit(view: View, accepted: Accepted, actor: Actor) -> list[Edit]:
    before = profile_of(view, actor.member)
    edits: list[Edit] = [
        Put(f"{key}/{actor.member.hex()}", entry(key, text=value) if value else "")
        for key, value in accepted.items()
        if before[key] != value
    ]
    return edits if not edits or view.get("changes") else [Put(VERSION_KEY, VERSION), *edits]


PROFILE = Kind(CODE, "profile", VERSION, _FIELDS, _show, lambda changes: "edit", derived=True)
ACTIONS = (
    Action(
        name="profile.edit",
        title="Edit my profile",
        help="Say what you want to be called, a few words about you, and how to reach you.",
        example={"name": "Ana", "reach": "Ring twice at number 7"},
        record_kind="profile",
        arguments=tuple(Argument(line) for line in _ARGUMENTS),
        planner=_edit,
        needs_record=False,
    ),
)
