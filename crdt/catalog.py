"""Every kind of record this version knows, by code and by name: the one registry.

Rules of this module:
1. A kind's code is the first byte of its records' ids for ever; a code is never used for anything else.
2. A record of an unknown kind is kept, replicated and shown as needing a newer version.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from crdt.boards.alarms import ALARM
from crdt.boards.households import HOUSEHOLD
from crdt.boards.listings import LISTING
from crdt.boards.notes import NOTE
from crdt.boards.occurrences import OCCURRENCE
from crdt.boards.profiles import PROFILE
from crdt.boards.rollcalls import ROLLCALL
from crdt.boards.series import SERIES
from crdt.boards.settings import SETTINGS
from crdt.boards.tasks import TASK
from crdt.display import display_line
from crdt.errors import UnknownKind
from crdt.identifiers import RecordId
from crdt.kinds import Kind, View
from crdt.reading import Reading

_ALL = (HOUSEHOLD, ALARM, ROLLCALL, TASK, SETTINGS, PROFILE, NOTE, LISTING, SERIES, OCCURRENCE)
KINDS: Mapping[int, Kind] = MappingProxyType({kind.code: kind for kind in _ALL})
KINDS_BY_NAME: Mapping[str, Kind] = MappingProxyType({kind.name: kind for kind in _ALL})


def kind_of(record: RecordId) -> Kind | None:
    """The kind of a record, if this version knows it."""
    return KINDS.get(record[0])


def require_kind(record: RecordId) -> Kind:
    """The kind of a record.

    Raises:
        UnknownKind: a newer version of meshnode made it.
    """
    kind = kind_of(record)
    if kind is None:
        raise UnknownKind("This entry was made by a newer version of meshnode. Update this one to edit it.")
    return kind


def show(reading: Reading) -> View:
    """The view of a record of any kind."""
    view: View = reading.frame()
    if reading.kind is None:
        title = reading.document.value("title")
        known = title[0] if title else ""
        return {**view, "kind": "unknown", "title": display_line(known) if isinstance(known, str) else ""}
    return {**view, "kind": reading.kind.name, **reading.kind.show(reading)}
