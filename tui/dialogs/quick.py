"""Quick: one line for a new task, with what was understood below it while it is typed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.widgets import Input, Static

from tui.actions import action_named
from tui.dialogs.dialog import Dialog
from tui.keymap import DIALOG_KEYS
from tui.language import translated
from tui.moments import day
from tui.quick_entry import Understood, understand
from tui.widgets.line_entry import LineEntry
from tui.wording import say

Submit = Callable[[Mapping[str, str]], Awaitable[str | None]]
DRAFT = ("quick", "")


class Quick(Dialog[None]):
    """A line; Enter writes it down and leaves the line empty for the next, Esc closes."""

    BINDINGS: ClassVar[list[BindingType]] = [*DIALOG_KEYS]

    def __init__(self, submit: Submit) -> None:
        super().__init__()
        self._submit = submit
        self._busy = False

    def compose(self) -> ComposeResult:
        """The line, what it means, and how to write one."""
        kept = self.mesh.drafts.get(DRAFT, {}).get("line", "")
        with VerticalScroll(classes="dialog", can_focus=False) as box:
            self.frame(box, translated(action_named("task.add").title))
            entry = LineEntry(kept, id="line", select_on_focus=False)
            entry.cursor_blink = False
            self.frame(entry, say("quick.label"), say("quick.example"))
            yield entry
            yield Static("", markup=False, id="understood")
            yield Static("", markup=False, classes="error-line", id="refusal")
            yield Static(say("quick.keys"), markup=False)

    def on_mount(self) -> None:
        """Begin to type."""
        self.query_one("#refusal").display = False
        self.query_one("#line").focus()
        self._preview()

    @property
    def _understood(self) -> Understood:
        return understand(self.query_one("#line", Input).value, self.mesh.clock.today())

    @on(Input.Changed)
    def _preview(self) -> None:
        self.query_one("#understood", Static).update(Text(self._told()))

    def _told(self) -> str:
        """What was understood, in words."""
        found = self._understood
        known = {argument.name: translated(argument.title) for argument in action_named("task.add").arguments}
        lines = [
            say(
                "quick.line", label=known.get(name, name), value=day(self.mesh.clock, value) if name == "due" else value
            )
            for name, value in found.values.items()
            if value and name in known
        ]
        lines += [say("quick.unclear", word=word) for word in found.unclear]
        return "\n".join(lines) or say("quick.nothing")

    @on(Input.Submitted)
    def _save(self) -> None:
        if not self._busy and self._understood.values.get("title"):
            self._busy = True
            self.run_worker(self._ask_node())

    async def _ask_node(self) -> None:
        known = {argument.name for argument in action_named("task.add").arguments}
        values = {name: value for name, value in self._understood.values.items() if name in known}
        refusal = await self._submit(values)
        self._busy = False
        line = self.query_one("#refusal", Static)
        line.display = bool(refusal)
        line.update(Text(refusal or ""))
        if refusal is None:
            self.query_one("#line", Input).value = ""
            self.mesh.drafts.pop(DRAFT, None)

    def action_close(self) -> None:
        """Close and keep what was typed."""
        typed = self.query_one("#line", Input).value
        if typed.strip():
            self.mesh.drafts[DRAFT] = {"line": typed}
        else:
            self.mesh.drafts.pop(DRAFT, None)
        self.dismiss(None)
