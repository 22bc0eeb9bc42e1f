"""Place: what every place has: the bar, the row of places, the key bar, and one sentence when the window is too small.

Rules of this module:
1. A place paints from what is held when told what is dirty; it asks the node for nothing by itself while idle.
2. What was just done stands in the key bar until the next key or for a few seconds.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar, cast

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import Screen
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Static

from tui.alarm_facts import band
from tui.call_facts import called_tail
from tui.held import EVERYTHING
from tui.language import translated
from tui.moments import minute_line
from tui.themes import Paint
from tui.widgets.bars import Band, KeyBar, NavRow, TopBar
from tui.wording import counted, say

if TYPE_CHECKING:
    from tui.app import MeshnodeApp

PLACES = (("2", "home"), ("3", "board"), ("4", "asks"), ("5", "roll"), ("8", "net"))

NARROW_CELLS = 76


class TooSmall(Static):
    """What is said when nothing else fits."""


class Place(Screen[None]):
    """A place, or a card laid over one."""

    place: ClassVar[str] = ""
    name_key: ClassVar[str] = ""

    @property
    def mesh(self) -> MeshnodeApp:
        """The app, by its own type."""
        return cast("MeshnodeApp", self.app)

    def __init__(self) -> None:
        super().__init__()
        self._silence: Timer | None = None
        self.behind = False
        """Whether something changed while another place was seen."""

    @property
    def card(self) -> str | None:
        """The record that actions here are about."""
        return None

    def compose(self) -> ComposeResult:
        """Bars around the body."""
        glyphs, paint = self.mesh.glyphs, self.mesh.paint
        with Vertical(id="all"):
            yield TopBar(glyphs, paint, id="top")
            yield NavRow(glyphs, paint, id="nav")
            yield Band(glyphs, paint, id="band")
            yield from self.body()
            yield KeyBar(glyphs, paint, id="keys")
        yield TooSmall(say("small"), markup=False)

    def body(self) -> Iterable[Widget]:
        """What is between the bars."""
        return ()

    def on_mount(self) -> None:
        """Say where one is."""
        self.paint_bars()

    # -- painting ---------------------------------------------------------------------------------------------------

    def paint_changes(self, dirty: frozenset[str] | set[str]) -> None:
        """Paint what changed; a place extends this."""
        self.paint_bars()

    def paint_my_change(self, record: str) -> None:
        """The node has just done what a key here asked for."""
        self.paint_changes({record})

    def repaint_with(self, paint: Paint) -> None:
        """Other colours from now on."""
        for widget in self.query("*"):
            if hasattr(widget, "paint"):
                widget.paint = paint
                widget.refresh()
            painter = getattr(widget, "painter", None)
            if painter is not None:
                painter.paint = paint
                widget.refresh()

    def paint_bars(self) -> None:
        """The lines that every place has."""
        if not self.is_attached or not self.query(TopBar):
            return
        held, app = self.mesh.held, self.mesh
        narrow = self.size.width < NARROW_CELLS
        left = say("bar.title", network=held.network_name, dash=app.glyphs.dash, place=say(self.name_key))
        if app.doing.acting.name:
            left = say("acting.bar", title=left, name=app.doing.acting.name)
        nodes = self._linked_text(narrow) if held.linked else say("bar.away")
        now = app.clock.now()
        right = say("bar.right", nodes=nodes, clock=f"{now:%H:%M}" if narrow else minute_line(now))
        away = not held.linked and (held.complete or bool(held.status))
        self.query_one(TopBar).show(left, right, away)
        self.query_one(NavRow).show(self._places())
        self.query_one(Band).show(*band(held, app.glyphs, called_tail(held)))
        self.paint_keys()

    def _places(self) -> list[tuple[str, str, bool]]:
        if self.mesh.held.outside:
            return []
        places = [(number, say(f"place.{name}"), name == self.place) for number, name in PLACES]
        return [*places, ("?", say("place.help"), False)]

    def _linked_text(self, narrow: bool) -> str:
        held = self.mesh.held
        if held.outside or not held.status:
            return ""
        me = held.status.get("me") or {}
        if me.get("left") or me.get("removed"):
            return say("bar.left" if me.get("left") else "bar.removed")
        peers = held.peers
        if not peers:
            return say("bar.alone")
        linked = sum(bool(peer.get("linked")) for peer in peers)
        if narrow:
            return say("bar.linked-short", count=linked, total=len(peers))
        sent = say("bar.sent" if (held.status.get("mine") or {}).get("held_by_all") else "bar.unsent")
        return say("bar.nodes", linked=counted("bar.linked", linked, total=len(peers)), sent=sent)

    def paint_keys(self) -> None:
        """The keys that do something now."""
        keys: list[tuple[str, str]] = []
        for active in self.active_bindings.values():
            binding = active.binding
            shown = (binding.key_display or binding.key, translated(binding.description))
            if binding.show and active.enabled and shown not in keys:
                keys.append(shown)
        alarm = [] if self.mesh.held.outside else [("!", say("key.alarm"))]
        self.query_one(KeyBar).show(keys, *alarm, ("?", say("key.help")))

    # -- saying -----------------------------------------------------------------------------------------------------

    def tell(self, notice: str, seconds: float) -> None:
        """Say it instead of the keys for a while."""
        if self.query(KeyBar):
            self.query_one(KeyBar).tell(notice)
            if self._silence is not None:
                self._silence.stop()
            self._silence = self.set_timer(seconds, self.hush)

    def hush(self) -> None:
        """Show the keys again."""
        if self._silence is not None:
            self._silence.stop()
            self._silence = None
            self.query_one(KeyBar).tell("")

    def on_key(self, event: events.Key) -> None:
        """Any key ends a notice."""
        self.hush()

    def on_resize(self) -> None:
        """Another width has room for other words."""
        self.call_after_refresh(self.paint_bars)

    def on_screen_resume(self) -> None:
        """Seen again: the keys of this place count, and what changed meanwhile is painted."""
        if self.behind:
            self.behind = False
            self.paint_changes({EVERYTHING})
        self.paint_bars()

    def on_descendant_focus(self) -> None:
        """Other keys where something else has the focus."""
        self.call_after_refresh(self.paint_bars)
