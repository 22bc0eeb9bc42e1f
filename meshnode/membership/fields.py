"""Fields: the few ways in which statements write numbers, texts and lists of keys.

Rules of this module:
1. Every value has one spelling; what is left over or missing is refused.
2. Sizes are bounded before anything is read.
"""

from __future__ import annotations

from collections.abc import Iterable

from meshnode.membership.frame import StatementRefused

KEY_BYTES = 32
LONGEST_TEXT_BYTES = 64
"""A name: fits one line of a small screen in most scripts."""
LONGEST_REASON_BYTES = 500
"""A reason that everybody can read at once, on a small screen too."""


def text_field(text: str) -> bytes:
    """Length 1 | UTF-8.

    Raises:
        ValueError: longer than 64 bytes.
    """
    encoded = text.encode()
    if len(encoded) > LONGEST_TEXT_BYTES:
        raise ValueError(f"a name in a statement has at most {LONGEST_TEXT_BYTES} bytes")
    return bytes([len(encoded)]) + encoded


def long_text_field(text: str) -> bytes:
    """Length 2 | UTF-8: a reason, in a few sentences.

    Raises:
        ValueError: longer than 500 bytes.
    """
    encoded = text.encode()
    if len(encoded) > LONGEST_REASON_BYTES:
        raise ValueError(f"a reason in a statement has at most {LONGEST_REASON_BYTES} bytes")
    return len(encoded).to_bytes(2, "big") + encoded


def keys_field(keys: Iterable[bytes], count_bytes: int = 1) -> bytes:
    """Count | 32 bytes each."""
    listed = list(keys)
    return len(listed).to_bytes(count_bytes, "big") + b"".join(listed)


class FieldReader:
    """Reads a body from its beginning."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._at = 0

    @property
    def position(self) -> int:
        """How many bytes have been read."""
        return self._at

    def take(self, count: int) -> bytes:
        """The next `count` bytes.

        Raises:
            StatementRefused: there are fewer.
        """
        end = self._at + count
        if end > len(self._body):
            raise StatementRefused("truncated")
        taken = self._body[self._at : end]
        self._at = end
        return taken

    def key(self) -> bytes:
        """A public key or an id."""
        return self.take(KEY_BYTES)

    def number(self, count: int) -> int:
        """An unsigned number of `count` bytes."""
        return int.from_bytes(self.take(count), "big")

    def text(self) -> str:
        """A short text.

        Raises:
            StatementRefused: it is too long, or not UTF-8.
        """
        return self._text(1, LONGEST_TEXT_BYTES)

    def long_text(self) -> str:
        """A reason.

        Raises:
            StatementRefused: it is too long, or not UTF-8.
        """
        return self._text(2, LONGEST_REASON_BYTES)

    def _text(self, length_bytes: int, most: int) -> str:
        length = self.number(length_bytes)
        if length > most:
            raise StatementRefused("text-length")
        try:
            return self.take(length).decode()
        except UnicodeDecodeError as error:
            raise StatementRefused("text") from error

    def keys(self, most: int, count_bytes: int = 1) -> tuple[bytes, ...]:
        """A list of distinct keys.

        Raises:
            StatementRefused: there are more than `most`, or one comes twice.
        """
        count = self.number(count_bytes)
        if count > most:
            raise StatementRefused("too-many")
        listed = tuple(self.key() for _ in range(count))
        if len(set(listed)) != count:
            raise StatementRefused("listed-twice")
        return listed
