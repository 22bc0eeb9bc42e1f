"""NoteOpening: has the node open a sealed note, shows it, and begins what its author chooses.

Rules of this module:
1. A refusal is the node's sentence: on a hub, or where the note is for others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from meshnode.api.schema import Json
from meshnode.errors import MeshnodeError

if TYPE_CHECKING:
    from tui.app import MeshnodeApp


def open_note(app: MeshnodeApp, record: str) -> None:
    """Show what is sealed in a note."""
    app.run_worker(_open(app, record))


async def _open(app: MeshnodeApp, record: str) -> None:
    from tui.dialogs.note import WIPE, NoteDialog

    try:
        values = list((await app.feed.ask("open_sealed", record=record, field="text"))["values"])
    except MeshnodeError as error:
        app.doing.tell(app.doing.sentence(error))
        return

    def answered(action: str | None) -> None:
        if action == WIPE:
            app.forgetting.ask(record)
        elif action:
            app.doing.start(action, on=record, written=_written(values))

    app.push_screen(NoteDialog(app.held.records.get(record, {}), values), answered)


def _written(values: list[Json]) -> dict[str, str]:
    """What a form that writes it anew begins with."""
    text = values[0].get("text") if values else None
    return {"text": text} if isinstance(text, str) else {}
