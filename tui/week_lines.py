"""WeekLines: the days from today on with what is due on each, as lines for a given width.

Rules of this module:
1. Pure. A day is a civil day of the neighbourhood.
2. What is past and not done is not listed as late: it stands on the board as it did before.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from meshnode.api.schema import Json
from tui.faces import column_of, title_of, who_line
from tui.glyphs import Glyphs
from tui.held import Held
from tui.home_facts import tasks_of
from tui.language import short_date, weekday
from tui.moments import Clock, day
from tui.plain_text import clip, fit
from tui.themes import Paint
from tui.widgets.line_list import Line
from tui.wording import say

DAYS = 7
WHO_CELLS = 20


@dataclass(frozen=True, slots=True)
class WeekLines:
    """Builds the lines of a week."""

    held: Held
    clock: Clock
    glyphs: Glyphs
    paint: Paint
    first: date

    @property
    def last(self) -> date:
        """The last day shown."""
        return self.first + timedelta(days=DAYS - 1)

    def title(self) -> str:
        """From when to when."""
        return say("week.title", first=short_date(self.first, year=False), last=short_date(self.last, year=True))

    def build(self, width: int) -> list[Line]:
        """Every day with its tasks, then those without a day."""
        lines: list[Line] = []
        tasks = [task for task in tasks_of(self.held) if column_of(task) != "aside"]
        for number in range(DAYS):
            when = self.first + timedelta(days=number)
            lines += self._day(when, [task for task in tasks if task.get("due") == when.isoformat()], width)
        return lines

    def _day(self, when: date, due: list[Json], width: int) -> Iterator[Line]:
        here = when == self.clock.today()
        named = day(self.clock, when.isoformat()) if here else weekday(when)
        head = say("week.day", day=named, date=short_date(when, year=False))
        yield Line(((head, self.paint.title_focus if here else self.paint.strong),), f"day:{when.isoformat()}")
        for task in due:
            sign = self.glyphs.done if column_of(task) == "done" else self.glyphs.bullet
            who = clip(who_line(self.held, task), WHO_CELLS, self.glyphs.ellipsis)
            room = max(8, width - WHO_CELLS - 6)
            title = fit(title_of(task), room, self.glyphs.ellipsis)
            pieces = ((f"  {sign} ", self.paint.text), (title, self.paint.text), (f"  {who}", self.paint.dim))
            yield Line(pieces, f"card:{task['id']}")
        if not due:
            yield Line(((f"    {say('week.nothing')}", self.paint.dim),))
