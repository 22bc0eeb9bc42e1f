"""NeighbourLines: the nodes of the neighbourhood and what each lacks, as lines for a given width.

Rules of this module:
1. Pure. Every state is a word; colour only underlines it.
2. A personal device is linked or not; when it was last heard is said of hubs only.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rich.style import Style

from meshnode.api.schema import Json
from tui.glyphs import Glyphs
from tui.held import Held
from tui.moments import Clock, moment
from tui.painting import Piece
from tui.plain_text import clean, fit, wrap
from tui.themes import Paint
from tui.widgets.line_list import Line
from tui.wording import counted, say

WIDE_CELLS = 100
MIDDLE_CELLS = 60


@dataclass(frozen=True, slots=True)
class NeighbourLines:
    """Builds the lines of the neighbours' place."""

    held: Held
    clock: Clock
    glyphs: Glyphs
    paint: Paint

    def build(self, width: int) -> list[Line]:
        """All lines."""
        if not self.held.status:
            return [Line(((say("board.reading"), self.paint.dim),))]
        return [
            *self._trouble(width),
            *self._table(width),
            *self._written(width),
            *self._this_node(width),
            Line(),
            *self._wrapped(say("net.calm"), width, self.paint.dim),
        ]

    def _wrapped(self, text: str, width: int, style: Style, indent: int = 0) -> Iterator[Line]:
        for part in wrap(text, width - indent):
            yield Line(((" " * indent + part, style),))

    def _trouble(self, width: int) -> Iterator[Line]:
        sentences = [clean(str(each)) for each in self.held.status.get("trouble") or ()]
        if self.held.status.get("clock") == "unsure":
            sentences.append(say("net.clock-unsure"))
        for sentence in sentences:
            text = say("net.trouble", sign=self.glyphs.warning, trouble=sentence)
            yield from self._wrapped(text, width, self.paint.pending)
        if sentences:
            yield Line()

    # -- the nodes --------------------------------------------------------------------------------------------------

    def _columns(self, width: int) -> list[tuple[str, int]]:
        """Which columns fit, with their widths; the first takes what is left."""
        columns = [("node", 0), ("state", 10)]
        if width >= MIDDLE_CELLS:
            columns = [("node", 0), ("since", 16), ("they", 10), ("state", 10)]
        if width >= WIDE_CELLS:
            columns = [("node", 0), ("since", 16), ("address", 24), ("they", 10), ("we", 10), ("state", 10)]
        rest = width - sum(cells for _, cells in columns)
        return [("node", rest), *columns[1:]]

    def _table(self, width: int) -> Iterator[Line]:
        columns = self._columns(width)
        yield Line(tuple((fit(say(f"net.{name}"), cells), self.paint.dim) for name, cells in columns))
        me = self.held.status.get("me") or {}
        own = {
            "node": clean(str(me.get("name") or "")) or say("someone"),
            "since": say("net.this"),
            "address": "",
            "they": self.glyphs.dash,
            "we": self.glyphs.dash,
            "state": say("net.here"),
        }
        yield self._row(own, columns, self.paint.good, "node:me")
        for peer in self.held.peers:
            cells, style = self._cells(peer)
            yield self._row(cells, columns, style, f"node:{peer.get('device')}")
        if not self.held.peers:
            yield Line()
            yield from self._wrapped(say("net.no-peers"), width, self.paint.text)

    def _row(self, cells: dict[str, str], columns: list[tuple[str, int]], style: Style, key: str) -> Line:
        pieces: list[Piece] = []
        for name, width in columns:
            text = fit(cells[name], width - 1, self.glyphs.ellipsis) + " "
            pieces.append((text, style if name == "state" else self.paint.text))
        return Line(tuple(pieces), key)

    def _cells(self, peer: Json) -> tuple[dict[str, str], Style]:
        since = peer.get("since_ms")
        linked = bool(peer.get("linked"))
        they, we = peer.get("they_lack"), peer.get("i_lack")
        state, style = self._state(linked, they, we)
        when = say("net.linked-since", when=moment(self.clock, since)) if linked and isinstance(since, int) else ""
        if not linked:
            when = self._last_heard(peer)
        cells = {
            "node": f"{self._name(peer)}  ({clean(str(peer.get('words') or ''))})",
            "since": when,
            "address": clean(str(peer.get("address") or "")),
            "they": str(they) if isinstance(they, int) else say("net.unknown"),
            "we": str(we) if isinstance(we, int) else say("net.unknown"),
            "state": state,
        }
        return cells, style

    def _name(self, peer: Json) -> str:
        name = clean(str(peer.get("name") or "")) or say("someone")
        return say("net.a-hub", name=name) if peer.get("kind") == "hub" else name

    def _last_heard(self, peer: Json) -> str:
        heard = peer.get("last_heard_ms")
        if peer.get("kind") == "hub" and isinstance(heard, int):
            return say("net.heard", when=moment(self.clock, heard))
        return ""

    def _state(self, linked: bool, they: object, we: object) -> tuple[str, Style]:
        if not linked:
            return say("net.away"), self.paint.pending
        if they:
            return say("net.sending"), self.paint.pending
        if we:
            return say("net.getting"), self.paint.pending
        return say("net.in-step"), self.paint.good

    # -- what is where ----------------------------------------------------------------------------------------------

    def _written(self, width: int) -> Iterator[Line]:
        yield Line()
        yield Line(((say("net.written"), self.paint.strong),))
        yield from self._wrapped(self._mine(), width, self.paint.text, 2)
        for peer in self.held.peers:
            lacks = peer.get("they_lack")
            if isinstance(lacks, int) and lacks > 0:
                name = self.held.device_name(peer.get("device"))
                yield from self._wrapped(say("net.lacks", name=name, count=lacks), width, self.paint.pending, 2)

    def _mine(self) -> str:
        mine = self.held.status.get("mine") or {}
        nodes = mine.get("on_nodes")
        if not mine.get("changes"):
            return say("net.mine-none")
        if isinstance(nodes, int) and nodes > 0:
            return counted("net.mine-all", nodes)
        return say("net.mine-none-yet") if self.held.peers else say("net.mine-alone")

    def _this_node(self, width: int) -> Iterator[Line]:
        status = self.held.status
        me = status.get("me") or {}
        name, words = clean(str(me.get("name") or "")), clean(str(me.get("words") or ""))
        addresses = ", ".join(clean(str(each)) for each in status.get("listening") or ())
        discovery = clean(str(status.get("discovery") or ""))
        known = {"open", "quiet", "off"}
        sentences = [
            say("net.hub" if self.held.at_hub else "net.me", name=name, words=words),
            say("net.listening", addresses=addresses) if addresses else say("net.not-listening"),
            say(f"net.discovery-{discovery}") if discovery in known else say("net.discovery", discovery=discovery),
        ]
        counts = status.get("counts") or {}
        sentences.append(say("net.counts", records=counts.get("records", 0), changes=counts.get("changes", 0)))
        if me.get("established") is False and not self.held.at_hub:
            sentences.append(say("net.newcomer"))
        yield Line()
        yield Line(((say("net.this-node"), self.paint.strong),))
        for sentence in sentences:
            yield from self._wrapped(sentence, width, self.paint.text, 2)
