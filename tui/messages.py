"""Messages: what the feed tells the app. Messages go up, what is held comes down."""

from __future__ import annotations

from textual.message import Message

from meshnode.api.schema import Json


class FeedMoved(Message):
    """The node told something: snapshot pages or changes, in order."""

    def __init__(self, events: list[Json]) -> None:
        super().__init__()
        self.events = events


class NodeCame(Message):
    """The node answers again (or for the first time)."""


class NodeWent(Message):
    """The node does not answer; the screen shows what it last knew."""


class NetworkChanged(Message):
    """This node has just joined or left a neighbourhood."""
