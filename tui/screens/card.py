"""CardScreen: one task whole: what it says, what is disputed, who did what, and what can be taken back.

Rules of this module:
1. History and conflicts are asked for when the card opens and when it changes, never in between.
2. What is shown stays when the node is away.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import events, on
from textual.binding import BindingType

from meshnode.api.schema import Json
from meshnode.errors import MeshnodeError
from tui.actions import FormField
from tui.card_lines import CardLines, field_name
from tui.faces import title_of
from tui.held import EVERYTHING
from tui.history_words import history_text
from tui.keymap import CARD_KEYS
from tui.moments import moment_or_doubt
from tui.note_opening import open_note
from tui.screens.list_place import ListPlace
from tui.widgets.line_list import Line, LineList
from tui.wording import say


class CardScreen(ListPlace):
    """One record."""

    name_key = "bar.card"
    BINDINGS: ClassVar[list[BindingType]] = CARD_KEYS

    def __init__(self, record: str) -> None:
        super().__init__()
        self._record = record
        self._history: list[Json] = []
        self._conflicts: list[Json] = []
        self._moved = False

    @property
    def card(self) -> str | None:
        """This card."""
        return self._record

    def on_mount(self) -> None:
        """Show what is held, and ask for the rest."""
        self._title()
        self.call_after_refresh(self._start)

    def _start(self) -> None:
        self.lines.rebuild()
        self._ask()

    def _view(self) -> Json:
        return self.mesh.held.records.get(self._record, {})

    def _build(self, width: int) -> list[Line]:
        app = self.mesh
        if not self._view():
            return [Line(((self._gone(), app.paint.text),))]
        lines = CardLines(app.held, app.clock, app.glyphs, app.paint, self._view(), self._history, self._conflicts)
        return lines.build(width)

    def _gone(self) -> str:
        by = self.mesh.held.wiped.get(self._record)
        return say("card.wiped", name=self.mesh.held.device_name(by)) if by else say("card.gone")

    def _title(self) -> None:
        self.lines.retitle(title_of(self._view()) if self._view() else "")

    # -- painting ---------------------------------------------------------------------------------------------------

    def paint_changes(self, dirty: frozenset[str] | set[str]) -> None:
        """Ask anew when this card changed."""
        if self.is_attached and self.query(LineList):
            self._title()
            self.lines.rebuild()
            if self._record in dirty or EVERYTHING in dirty:
                self._ask()
        super().paint_changes(dirty)

    def _ask(self) -> None:
        self.run_worker(self._ask_history(), group="history", exclusive=True)

    async def _ask_history(self) -> None:
        try:
            if self._view().get("conflicts"):
                self._conflicts = list((await self.mesh.feed.ask("conflicts", record=self._record))["conflicts"])
            else:
                self._conflicts = []
            self._history = list((await self.mesh.feed.ask("history", record=self._record))["entries"])
        except (MeshnodeError, KeyError):
            return
        self.lines.rebuild()
        if not self._moved and self.lines.keys:
            self.lines.select(self.lines.keys[0])
        self.paint_bars()

    @on(LineList.Moved)
    def _selection_moved(self) -> None:
        self.paint_keys()

    # -- keys -------------------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys for conflicts are there when there is one."""
        if action in {"keep", "write_third"}:
            return True if self._conflicts else None
        return True

    def on_key(self, event: events.Key) -> None:
        """From the first key on, what comes from the node leaves the cursor where it is."""
        self._moved = True

    def action_task(self, name: str) -> None:
        """A declared action on this card."""
        self.mesh.doing.start(name)

    def action_move_on(self) -> None:
        """To the next column."""
        self._step(True)

    def action_move_back(self) -> None:
        """To the column before."""
        self._step(False)

    def _step(self, on: bool) -> None:
        from tui.screens.board import NEXT_STEP, STEP_BACK

        step = (NEXT_STEP if on else STEP_BACK).get(str(self._view().get("status") or ""), "")
        if step:
            self.mesh.doing.at_once(step)

    def action_undo(self) -> None:
        """Take back my last change of this card."""
        self.mesh.doing.undo()

    def action_redo(self) -> None:
        """Take back the undo."""
        self.mesh.doing.redo()

    def action_forget(self) -> None:
        """Have this card wiped, or the sealed note that is selected; asked first."""
        kind, _, rest = (self.lines.selected or "").partition(":")
        self.mesh.forgetting.ask(rest if kind == "note" else self._record)

    def action_tick(self) -> None:
        """Tick the selected line of the checklist."""
        kind, _, rest = (self.lines.selected or "").partition(":")
        if kind == "check":
            self.mesh.doing.start("task.check", item=rest)

    @on(LineList.Opened)
    def action_open(self) -> None:
        """What the selected line offers: tick it, keep it, go there, read it, or take it back."""
        kind, _, rest = (self.lines.selected or "").partition(":")
        match kind:
            case "check":
                self.action_tick()
            case "value":
                conflict, _, value = rest.partition(":")
                self._keep(int(conflict), int(value))
            case "link" if rest in self.mesh.held.records:
                self.mesh.open_card(rest)
            case "note":
                open_note(self.mesh, rest)
            case "change":
                self._ask_to_revert(rest)

    def _ask_to_revert(self, change: str) -> None:
        from tui.dialogs.confirm import Confirm

        entry = next((each for each in self._history if each.get("change") == change), None)
        if entry is None or not entry.get("undoable"):
            self.mesh.doing.tell(say("undo.not-any-more"))
            return
        app = self.mesh
        text = say(
            "revert.text",
            name=app.held.who(entry),
            when=moment_or_doubt(app.clock, int(entry.get("at_ms") or 0)),
            what=history_text(app.held, app.clock, app.glyphs, entry),
        )

        def answered(yes: bool | None) -> None:
            if yes:
                app.doing.revert(self._record, change)

        app.push_screen(Confirm(say("revert.title"), text), answered)

    # -- conflicts --------------------------------------------------------------------------------------------------

    def _at_conflict(self) -> int:
        """The conflict the cursor is in, else the first."""
        kind, _, rest = (self.lines.selected or "").partition(":")
        number = int(rest.partition(":")[0]) if kind == "value" else 0
        return number if number < len(self._conflicts) else 0

    def action_keep(self, value: int) -> None:
        """Keep the first or the second of the values with letters."""
        self._keep(0, value)

    def _keep(self, number: int, value: int) -> None:
        values = self._conflicts[number].get("values") or () if number < len(self._conflicts) else ()
        if value < len(values):
            field, kept = str(self._conflicts[number].get("field")), values[value].get("value")
            self._first(field, lambda by: self.mesh.run_worker(self._resolve(field, kept, by)))

    def _first(self, field: str, then: Callable[[str], object]) -> None:
        """Who settles it, where that is to be asked."""
        self.mesh.doing.acting.first(say("acting.settle", field=field_name(field)), title_of(self._view()), then)

    async def _resolve(self, field: str, value: object, by: str) -> None:
        refusal = await self.mesh.doing.resolve(self._record, field, value, by)
        if refusal is not None:
            self.mesh.doing.tell(refusal)

    def action_write_third(self) -> None:
        """Write a value that is neither."""
        from tui.dialogs.form import Form

        if not self._conflicts:
            return
        field = str(self._conflicts[self._at_conflict()].get("field"))
        third = FormField("value", say("conflict.third-label"), "", "line", True, "")

        title = say("conflict.third", field=field_name(field))

        def write(by: str) -> None:
            async def submit(typed: dict[str, str]) -> str | None:
                return await self.mesh.doing.resolve(self._record, field, typed.get("value", ""), by)

            self.mesh.push_screen(Form(title, [third], submit, ("resolve", f"{self._record} {field}")))

        self._first(field, write)
