"""Arguments: the plain values in a request, read with a sentence for whoever sent something else.

Rules of this module:
1. Nothing is guessed: a value of another type is refused, never converted.
"""

from __future__ import annotations

from typing import Any

from meshnode.api.schema import Json
from meshnode.errors import BadInput

ID_BYTES = 32


def text(arguments: Json, name: str) -> str:
    """A required text argument.

    Raises:
        BadInput: it is missing or not text.
    """
    value = arguments.get(name)
    if not isinstance(value, str) or not value.strip():
        raise BadInput(f"The {name} is missing.", next_step=f"Give a {name}.")
    return value


def optional_text(arguments: Json, name: str) -> str | None:
    """A text argument that may be left out."""
    value: Any = arguments.get(name)
    if value is not None and not isinstance(value, str):
        raise BadInput(f"The {name} must be text.")
    return value or None


def whole_number(arguments: Json, name: str, default: int) -> int:
    """A whole number that may be left out."""
    value = arguments.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool):
        raise BadInput(f"{name} must be a whole number.")
    return value


def id_of(arguments: Json, name: str) -> bytes:
    """An id in hex, 32 bytes long.

    Raises:
        BadInput: it is something else.
    """
    value = arguments.get(name)
    try:
        decoded = bytes.fromhex(value) if isinstance(value, str) else b""
    except ValueError:
        decoded = b""
    if len(decoded) != ID_BYTES:
        raise BadInput(f"The {name} must be its {2 * ID_BYTES} characters of hex.")
    return decoded
