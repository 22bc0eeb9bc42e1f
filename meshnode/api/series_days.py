"""SeriesDays: the days of series as a request means them: found, joined with their series, begun when first written.

Rules of this module:
1. A day is meant by `of` ({series, day}) or by its record; both lead to the same record on every node.
2. Any day may be meant, also one that no list shows: somebody claims the third Friday from now.
"""

from __future__ import annotations

from collections.abc import Sequence

from crdt.boards.occurrences import OCCURRENCE, joined, must_be_of_one_day, tasks_now
from crdt.boards.series import SERIES
from crdt.boards.series_day import SeriesDay, begin_edits, occurrence_record_id
from crdt.catalog import KINDS
from crdt.dates import Day
from crdt.edits import Planned
from crdt.fields import RECORD_HEX
from crdt.identifiers import RecordId
from crdt.kinds import Kind, View
from meshnode.api.moments import now_of
from meshnode.api.schema import Json
from meshnode.errors import BadInput, UnknownRecord
from meshnode.replica.replica import Replica

_DAY = Day("day", "Day")


class SeriesDays:
    """The days of one network's series."""

    def __init__(self, replica: Replica) -> None:
        self._replica = replica

    @property
    def today(self) -> str:
        """The civil day in the network's zone."""
        return now_of(self._replica).date().isoformat()

    def tasks(self) -> list[View]:
        """The task board as it is shown today."""
        return tasks_now(self._replica.records.views(), self._replica.network, self.today)

    def named(self, of: object) -> SeriesDay:
        """The day that a request names.

        Raises:
            BadInput: this names none.
            UnknownRecord: its series is not on this node.
        """
        match of:
            case {"series": str(series), "day": str(day)} if RECORD_HEX.fullmatch(series) and _DAY.read(day):
                record = RecordId(bytes.fromhex(series))
                if record[0] != SERIES.code or not self._replica.records.exists(record):
                    raise UnknownRecord("There is no such series on this node.")
                return SeriesDay(series, day)
        raise BadInput("`of` must name a series and a day: {series, day}.")

    def of_record(self, record: RecordId) -> SeriesDay | None:
        """Which day a record is about; None for a record of another kind.

        Raises:
            UnknownRecord: nobody has begun it, or its series has not arrived here.
        """
        if record[0] != OCCURRENCE.code:
            return None
        view = self._replica.records.view(record)
        if not view["series"]:
            raise UnknownRecord
        return self.named({"series": view["series"], "day": view["day"]})

    def is_unbegun(self, named: object) -> bool:
        """Whether this names the record of a day on which nothing has happened yet."""
        if not isinstance(named, str) or not RECORD_HEX.fullmatch(named):
            return False
        record = RecordId(bytes.fromhex(named))
        return record[0] == OCCURRENCE.code and not self._replica.records.exists(record)

    def task(self, of: SeriesDay) -> View:
        """A day as a task."""
        records, network = self._replica.records, self._replica.network
        series = records.view(RecordId(bytes.fromhex(of.series)))
        return joined(series, of, records.view(occurrence_record_id(network, of)), network)

    def begun(self, kind: Kind, record: RecordId, of: SeriesDay, edits: Sequence[Planned]) -> list[Planned]:
        """Edits of a day's record, with what its first change says where nobody has begun it.

        Raises:
            NotPossibleNow: something in them is the same for every day.
        """
        if kind is OCCURRENCE:
            must_be_of_one_day(edit.key for edit in edits)
        return [*edits] if self._replica.records.exists(record) else [*begin_edits(kind.version, of), *edits]

    def shown(self, record: RecordId) -> Json:
        """What a reply says besides the view of a day's record: the task that people see."""
        of = self.of_record(record) if KINDS[record[0]] is OCCURRENCE else None
        return {} if of is None else {"task": self.task(of)}
