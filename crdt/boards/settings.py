"""The network's own record: what the neighbourhood is called, its time zone and language.

Rules of this module:
1. Every node makes the same record for one network, so that two who write it first merge instead of doubling.
2. It holds no texts: a Text could be made twice by two first writers.
"""

from __future__ import annotations

import hashlib

from crdt.action import Accepted, Action, Actor, Argument
from crdt.edits import Edit, Put
from crdt.fields import Choice, Json, Line
from crdt.identifiers import NetworkId, RecordId
from crdt.kinds import VERSION_KEY, Kind, View
from crdt.reading import Reading

CODE = 0x21
VERSION = 1

_NAME = Line("name", "Name", "What the neighbourhood calls itself.", longest=60)
_ZONE = Line("zone", "Time zone", "The zone that days are meant in, for example Europe/Berlin.", longest=60)
_LANGUAGE = Choice("language", "Language", "The language of printed sheets.", options=("en", "de", "es", "fr", "it"))
_FIELDS = (_NAME, _ZONE, _LANGUAGE)


def settings_record_id(network: NetworkId) -> RecordId:
    """The one settings record of a network."""
    return RecordId(bytes([CODE]) + hashlib.blake2b(network, digest_size=15, person=b"meshnode-settngs").digest())


def _show(reading: Reading) -> dict[str, Json]:
    return {declared.key: reading.value(declared.key) for declared in _FIELDS}


def _edit(view: View, accepted: Accepted, actor: Actor) -> list[Edit]:
    disputed = view.get("conflicts", [])
    edits: list[Edit] = [
        Put(key, value) for key, value in accepted.items() if view.get(key) != value or key in disputed
    ]
    return edits if not edits or view.get("changes") else [Put(VERSION_KEY, VERSION), *edits]


SETTINGS = Kind(CODE, "settings", VERSION, _FIELDS, _show, lambda changes: "edit", derived=True)
ACTIONS = (
    Action(
        name="settings.edit",
        title="Edit settings",
        help="Change what the neighbourhood is called, its time zone or language.",
        example={"name": "Elm Street", "zone": "Europe/Berlin"},
        record_kind="settings",
        arguments=tuple(Argument(declared) for declared in _FIELDS),
        planner=_edit,
        needs_record=False,
    ),
)
