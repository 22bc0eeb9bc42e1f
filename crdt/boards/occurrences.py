"""Occurrences: what people do on one day of a series, and the task board with those days on it.

The record of a day holds what people did, and what is different that day; title and details are the series'. A day
that nobody has touched has no record: it is shown as a task all the same, and the first action on it begins one.

Rules of this module:
1. Shown are the latest due day and the next one of each running series, and every day that somebody has begun. No day
   is ever called late.
2. The joined view is a task's view with `series` and `day`: what can be done with a task can be done with it.
3. Days of a role are no tasks: a role is held from one of its days to the next.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from crdt.boards import tasks
from crdt.boards.series import days_around, state
from crdt.boards.series_day import OCCURRENCE_CODE, OF, SeriesDay, occurrence_record_id, read_of
from crdt.boards.task_fields import DONE_BY_PEOPLE, DUE, PLACE, STATUS, WINDOW
from crdt.errors import NotPossibleNow
from crdt.fields import Json, Number
from crdt.identifiers import NetworkId
from crdt.kinds import Kind, View, is_frame
from crdt.reading import Reading

VERSION = 1
_PEOPLE = Number("people_needed", "People needed", "How many hands it takes.", least=1, most=99, default=0, at_hub=True)
FIELDS = (OF, STATUS, PLACE, DUE, WINDOW, _PEOPLE, *DONE_BY_PEOPLE)
_OWN = ("place", "due", "window", "people_needed")
"""What one day may say otherwise than its series."""
_BEGUN = ("claimed", "doing")


def _show(reading: Reading) -> dict[str, Json]:
    of = read_of(reading)
    own = {key: reading.value(key) for key in _OWN}
    return {"series": of.series, "day": of.day} | own | tasks.what_people_did(reading)


OCCURRENCE = Kind(OCCURRENCE_CODE, "occurrence", VERSION, FIELDS, _show, tasks.call, derived=True)


def must_be_of_one_day(keys: Iterable[str]) -> None:
    """Let pass what can be written for one day of a series.

    Raises:
        NotPossibleNow: it is the same for every day.
    """
    for key in keys:
        if not is_frame(key) and OCCURRENCE.field_of(key) is None:
            raise NotPossibleNow("This is the same every time. Change it for the series: `meshnode series edit`.")


def joined(series: View, of: SeriesDay, record: View | None, network: NetworkId) -> View:
    """One day of a series as a task.

    Args:
        series: the series' view.
        of: which day.
        record: the view of the day's own record; None, or one without changes, while nobody has begun it.
        network: the network they belong to.
    """
    begun = record if record is not None and record.get("changes") else None
    own: View = begun or {}
    nothing: View = {"status": "open", "claims": [], "checklist": [], "comments": [], "links": [], "thanks": []}
    frame = {"newer": False, "conflicts": [], "created": series["created"], "changed": series["changed"], "changes": 0}
    return {
        "id": occurrence_record_id(network, of).hex(),
        **{key: own.get(key, value) for key, value in (frame | nothing).items()},
        **{key: own.get(key) or series[key] for key in ("place", "window", "people_needed")},
        "kind": "task",
        "series": of.series,
        "day": of.day,
        "due": own.get("due") or of.day,
        "title": series["title"],
        "details": series["details"],
        "work": series["work"],
        "copied": "",
    }


@dataclass(slots=True)
class SeriesViews:
    """The views that make the days of all series, by what they are about."""

    network: NetworkId
    zone: str = ""
    series: dict[str, View] = field(default_factory=dict)
    days: dict[SeriesDay, View] = field(default_factory=dict)

    def take(self, view: View) -> None:
        """Take a view in, if it is one of these."""
        match view.get("kind"):
            case "settings":
                self.zone = str(view.get("zone") or "")
            case "series":
                self.series[view["id"]] = view
            case "occurrence" if view.get("series"):
                self.days[SeriesDay(view["series"], view["day"])] = view

    def tasks(self, today: str) -> list[View]:
        """Every day that is shown now, as tasks."""
        begun: dict[str, set[str]] = {}
        for of, view in self.days.items():
            if view.get("status") in _BEGUN:
                begun.setdefault(of.series, set()).add(of.day)
        found = []
        for record, series in sorted(self.series.items()):
            if series.get("rotates") == "role":
                continue
            for day in sorted(begun.get(record, set()) | self._due(series, today)):
                of = SeriesDay(record, day)
                found.append(joined(series, of, self.days.get(of), self.network))
        return found

    def _due(self, series: View, today: str) -> set[str]:
        if state(series, today) != "running":
            return set()
        return {day for day in days_around(series, today, self.zone) if day}


def series_views(views: Iterable[View], network: NetworkId) -> SeriesViews:
    """Those of all views that make the days of series."""
    found = SeriesViews(network)
    for view in views:
        found.take(view)
    return found


def tasks_now(views: Iterable[View], network: NetworkId, today: str) -> list[View]:
    """The task board: every task, and the days of series that are shown today.

    Args:
        views: the views of every kind; only those that matter are looked at.
        network: the network they belong to.
        today: the civil day in the network's zone.
    """
    every = list(views)
    return [view for view in every if view.get("kind") == "task"] + series_views(every, network).tasks(today)


def of_view(view: Mapping[str, Json]) -> dict[str, str] | None:
    """What a request says about which day of which series a joined view is; None for a plain task."""
    return {"series": view["series"], "day": view["day"]} if view.get("series") and view.get("kind") == "task" else None
