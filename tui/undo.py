"""Journal: which changes this person made from this screen, so that undo and redo go back and forth among them.

Rules of this module:
1. Undo and redo are new changes; nothing is removed from anybody's history.
2. What was done before this screen opened is undone through the node, which knows my last change of a record.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field


@dataclass(slots=True)
class _Track:
    done: list[str] = field(default_factory=list)
    undone: list[str] = field(default_factory=list)


class Journal:
    """Two stacks a record."""

    def __init__(self) -> None:
        self._tracks: defaultdict[str, _Track] = defaultdict(_Track)

    def did(self, record: str, change: str | None) -> None:
        """I changed this record; a redo of what was undone before would now be a surprise."""
        if change:
            track = self._tracks[record]
            track.done.append(change)
            track.undone.clear()

    def to_undo(self, record: str) -> str | None:
        """The change to undo now, if it was made from this screen."""
        done = self._tracks[record].done
        return done[-1] if done else None

    def may_ask_node(self, record: str) -> bool:
        """Whether the node may choose: not when its last change of mine is itself an undo."""
        return not self._tracks[record].undone

    def to_redo(self, record: str) -> str | None:
        """The undo to undo now."""
        undone = self._tracks[record].undone
        return undone[-1] if undone else None

    def undid(self, record: str, change: str | None) -> None:
        """The last change was undone by `change`."""
        track = self._tracks[record]
        if track.done:
            track.done.pop()
        if change:
            track.undone.append(change)

    def redid(self, record: str, change: str | None) -> None:
        """The last undo was undone by `change`."""
        track = self._tracks[record]
        if track.undone:
            track.undone.pop()
        if change:
            track.done.append(change)
