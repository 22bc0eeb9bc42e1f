"""Frames: type 1 | more 1 | body. Messages that do not fit into one are cut here and put together again.

Rules of this module:
1. Parts of one message follow one another; nothing comes in between.
2. A message is bounded by its type while it is put together, so that memory is too.
"""

from __future__ import annotations

from collections.abc import Callable

from meshnode.errors import RemoteProtocolError
from meshnode.sync.limits import MAX_FRAME_BODY_BYTES

HEAD_BYTES = 2
LAST, MORE = 0, 1


def frames_of(kind: int, body: bytes) -> list[bytes]:
    """The frames of one message."""
    if len(body) <= MAX_FRAME_BODY_BYTES:
        return [bytes((kind, LAST)) + body]
    parts = [body[at : at + MAX_FRAME_BODY_BYTES] for at in range(0, len(body), MAX_FRAME_BODY_BYTES)]
    return [bytes((kind, MORE)) + part for part in parts[:-1]] + [bytes((kind, LAST)) + parts[-1]]


class Assembler:
    """Puts frames together; `limit_of` says how long a message of a type may be (None: not kept at all)."""

    def __init__(self, limit_of: Callable[[int], int | None]) -> None:
        self._limit_of = limit_of
        self._kind: int | None = None
        self._parts: list[bytes] = []
        self._length = 0

    def take(self, frame: bytes) -> tuple[int, bytes] | None:
        """The message that this frame completes, if it does and is of a known type.

        Raises:
            RemoteProtocolError: not a frame, not the continuation it should be, or too long a message.
        """
        if len(frame) < HEAD_BYTES or len(frame) > MAX_FRAME_BODY_BYTES + HEAD_BYTES or frame[1] > MORE:
            raise RemoteProtocolError("not a frame")
        kind, more = frame[0], frame[1]
        if self._kind is not None and kind != self._kind:
            raise RemoteProtocolError("a message is interrupted by another one")
        limit = self._limit_of(kind)
        if limit is None:
            return None
        self._length += len(frame) - HEAD_BYTES
        if self._length > limit:
            raise RemoteProtocolError("a message is too long")
        self._parts.append(frame[HEAD_BYTES:])
        if more:
            self._kind = kind
            return None
        body = self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)
        self._kind, self._parts, self._length = None, [], 0
        return kind, body
