"""What belongs to one day of a series: records whose ids follow from network, series and day.

So no two nodes make the same Friday twice: whoever writes first, wherever they are, writes in the same record. The key
`of/<series>.<day>` says which day it is, and the record's id proves it: a key that does not fit says nothing, and
nobody can take away one that does.

Rules of this module:
1. Pure: ids are computed from what they are about, and from nothing else.
"""

from __future__ import annotations

import hashlib
from typing import NamedTuple

from crdt.dates import Day
from crdt.edits import Edit, Put
from crdt.fields import RECORD_HEX, Link
from crdt.identifiers import RECORD_ID_BYTES, NetworkId, RecordId
from crdt.kinds import OF_GROUP, VERSION_KEY
from crdt.reading import Reading

OCCURRENCE_CODE = 0x26
DRAW_CODE = 0x27
_PERSONS = {OCCURRENCE_CODE: b"meshnode-series", DRAW_CODE: b"meshnode-draw"}
OF = Link(OF_GROUP, "Of", "The series and the day that this is about.", at_hub=True)
_DAY = Day("day", "Day")


class SeriesDay(NamedTuple):
    """One day of a series; both "" for none."""

    series: str
    """The series' record in hex."""
    day: str
    """The civil day in the network's zone, "YYYY-MM-DD"."""


NO_DAY = SeriesDay("", "")


def record_of(code: int, network: NetworkId, of: SeriesDay) -> RecordId:
    """The record of a kind that belongs to one day of a series."""
    about = network + bytes.fromhex(of.series) + of.day.encode()
    digest = hashlib.blake2b(about, digest_size=RECORD_ID_BYTES - 1, person=_PERSONS[code]).digest()
    return RecordId(bytes([code]) + digest)


def occurrence_record_id(network: NetworkId, of: SeriesDay) -> RecordId:
    """The record of what people do on one day of a series."""
    return record_of(OCCURRENCE_CODE, network, of)


def draw_record_id(network: NetworkId, of: SeriesDay) -> RecordId:
    """The record of the lottery for one day of a series."""
    return record_of(DRAW_CODE, network, of)


def begin_edits(version: int, of: SeriesDay) -> list[Edit]:
    """What the first change of such a record says besides what is done with it."""
    return [Put(VERSION_KEY, version), Put(f"{OF.key}/{of.series}.{of.day}", "on")]


def read_of(reading: Reading) -> SeriesDay:
    """Which day a record is about: the one that its id follows from; `NO_DAY` while nothing proves one."""
    prefix = f"{OF.key}/"
    for key in reading.writers.by_key:
        series, dot, day = key.removeprefix(prefix).partition(".")
        if not (key.startswith(prefix) and dot and RECORD_HEX.fullmatch(series) and _DAY.read(day)):
            continue
        of = SeriesDay(series, day)
        if record_of(reading.record[0], reading.network, of) == reading.record:
            return of
    return NO_DAY
