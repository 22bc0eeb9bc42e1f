"""Outbox: what goes to the peer next: what was said, then credit, then items as far as the window allows.

Rules of this module:
1. Short messages never wait for items. Items go lane by lane; within a burst an alarm overtakes everything else.
2. Items are read and packed only when they can be sent.
"""

from __future__ import annotations

from typing import Protocol

from meshnode.sync.codec import encode
from meshnode.sync.limits import BURST_BYTES
from meshnode.sync.messages import Block, Credit, Push, SyncMessage
from meshnode.sync.receipts import Receipts
from meshnode.sync.window import Window

HEAD_BYTES = 2


class ItemSource(Protocol):
    """Where items come from."""

    def next_items(self) -> Push | Block | None:
        """The most urgent message with items, if any."""
        ...

    @property
    def has_items(self) -> bool:
        """Whether `next_items` would give one."""
        ...


class Outbox:
    """One session's way out."""

    def __init__(self, receipts: Receipts) -> None:
        self.receipts = receipts
        self._frames: list[bytes] = []
        self.window = Window()

    def say(self, message: SyncMessage) -> None:
        """Queue a short message."""
        self._frames += encode(message)

    def push_now(self, push: Push) -> None:
        """Queue items outside their turn; they count against the window all the same."""
        frames = encode(push)
        self.window.sent(push.lane, _body_bytes(frames), len(push.items))
        self._frames += frames

    def has_more(self, source: ItemSource) -> bool:
        """Whether `frames` would give anything."""
        return bool(self._frames) or self.receipts.has_credit or (self.window.has_room and source.has_items)

    def frames(self, source: ItemSource | None) -> list[bytes]:
        """What is to be sent now, up to a burst of items."""
        credit = self.receipts.credit_due()
        if credit:
            self.say(Credit(credit))
        sent = 0
        while source is not None and sent < BURST_BYTES and self.window.has_room:
            message = source.next_items()
            if message is None:
                break
            frames = encode(message)
            size = _body_bytes(frames)
            items = len(message.items) if isinstance(message, Push) else message.count
            self.window.sent(message.lane, size, items)
            self._frames += frames
            sent += size
        frames, self._frames = self._frames, []
        return frames


def _body_bytes(frames: list[bytes]) -> int:
    return sum(map(len, frames)) - HEAD_BYTES * len(frames)
