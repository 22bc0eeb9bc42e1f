"""LinkEnd: why a link ended, and who was to blame.

Rules of this module:
1. A peer's fault and a failing disk have a code; anything else is our bug, and goes to the log as one.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass

from meshnode.errors import ConnectionLost, PeerError, StorageError

log = logging.getLogger("meshnode.peers")


@dataclass(frozen=True, slots=True)
class LinkEnd:
    """Why a link ended."""

    code: str
    polite: bool


def end_of(tasks: set[asyncio.Task[None]]) -> LinkEnd:
    """What ended the link: the first task to finish, judged by who is to blame."""
    for task in tasks:
        error = None if task.cancelled() else task.exception()
        match error:
            case None:
                continue
            case ConnectionLost():
                return LinkEnd("cut-off", polite=False)
            case PeerError() | StorageError():
                return LinkEnd(error.code, polite=False)
            case _:
                log.error("a link failed on our side", exc_info=error)
                return LinkEnd("local-fault", polite=False)
    return LinkEnd("closed", polite=True)
