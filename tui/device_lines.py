"""DeviceLines: a person's devices and the hubs, as lines for a given width.

Rules of this module:
1. Pure. Every state is a word; colour only underlines it.
2. Foreign values are read totally: a missing or odd field reads as empty.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rich.style import Style

from meshnode.api.schema import Json
from tui.glyphs import Glyphs
from tui.plain_text import clean, fit, wrap
from tui.themes import Paint
from tui.widgets.line_list import Line
from tui.wording import say

STATE_CELLS = 10
WORDS_CELLS = 36


@dataclass(frozen=True, slots=True)
class DeviceLines:
    """Builds the lines of the devices' place from the node's answer to `devices`."""

    answer: Json
    glyphs: Glyphs
    paint: Paint

    def build(self, width: int) -> list[Line]:
        """All lines."""
        if not self.answer:
            return [Line(((say("devices.reading"), self.paint.dim),))]
        devices = [each for each in self.answer.get("devices") or () if isinstance(each, dict)]
        hubs = [each for each in devices if each.get("kind") == "hub"]
        mine = [each for each in devices if each.get("kind") != "hub"]
        lines: list[Line] = []
        if mine:
            key = "devices.main" if self.answer.get("main") else "devices.not-main"
            lines = [Line(((say("devices.mine"), self.paint.strong),)), *self._rows(mine, width)]
            lines += [*self._wrapped(say(key), width, self.paint.dim), Line()]
        lines += [Line(((say("devices.hubs"), self.paint.strong),)), *self._rows(hubs, width)]
        return lines if hubs else [*lines, *self._wrapped(say("devices.no-hubs"), width, self.paint.dim)]

    def _rows(self, devices: list[Json], width: int) -> Iterator[Line]:
        words = WORDS_CELLS if width >= 2 * WORDS_CELLS else 0
        name = width - STATE_CELLS - words
        for device in devices:
            style = self.paint.good if device.get("linked") or device.get("here") else self.paint.text
            yield Line(
                (
                    (fit(name_of(device), name - 1, self.glyphs.ellipsis) + " ", self.paint.text),
                    (fit(clean(str(device.get("words") or "")), words, self.glyphs.ellipsis), self.paint.dim),
                    (fit(_state(device), STATE_CELLS, self.glyphs.ellipsis), style),
                ),
                f"device:{device.get('device')}",
            )
            stewards = [clean(str(each.get("name"))) for each in device.get("stewards") or ()]
            if stewards:
                key = "devices.steward" if len(stewards) == 1 else "devices.stewards"
                yield from self._wrapped(say(key, names=", ".join(stewards)), width, self.paint.dim, 2)

    def _wrapped(self, text: str, width: int, style: Style, indent: int = 0) -> Iterator[Line]:
        for part in wrap(text, width - indent):
            yield Line(((" " * indent + part, style),))


def name_of(device: Json) -> str:
    """What a device is called; its words where it has no name."""
    return clean(str(device.get("name") or device.get("words") or ""))


def name_and_words(device: Json) -> str:
    """A device as two people compare it."""
    return f"{name_of(device)} ({clean(str(device.get('words') or ''))})"


def _state(device: Json) -> str:
    dropped = str(device.get("dropped") or "")
    if dropped in ("retired", "lost", "stolen"):
        return say(f"devices.{dropped}")
    if device.get("here"):
        return say("devices.here")
    if device.get("state") != "current":
        return say("devices.past")
    return say("devices.linked" if device.get("linked") else "devices.away")
