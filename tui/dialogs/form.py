"""Form: fields generated from an action's declared arguments.

Rules of this module:
1. What was typed is kept: after a refusal, after the node went away, and when the form is closed and opened again.
2. Enter in a line saves; a text of several lines is left with Tab.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.widgets import Input, Static, TextArea

from tui.actions import FormField
from tui.dialogs.dialog import Choices, Dialog
from tui.keymap import DIALOG_KEYS, bind
from tui.plain_text import clean
from tui.widgets.line_entry import LineEntry, ProseEntry
from tui.wording import say

Submit = Callable[[dict[str, str]], Awaitable[str | None]]


class Form(Dialog[None]):
    """One action's arguments."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind("form.next", "down", "app.focus_next", "down", display="Down"),
        bind("form.previous", "up", "app.focus_previous", "up", display="Up"),
        *DIALOG_KEYS,
    ]

    def __init__(
        self,
        title: str,
        fields: list[FormField],
        submit: Submit,
        draft: tuple[str, str],
        *,
        keep: bool = False,
        save: str = "form.save",
        busy: str = "",
    ) -> None:
        """Prepare a form.

        Args:
            title: what it is about.
            fields: one entry each.
            submit: what Save does; it answers with a refusal, or nothing.
            draft: under which name what was typed is kept.
            keep: keep it after Save, too, because more questions follow.
            save: the text of the word that saves.
            busy: what to say while `submit` takes its time.
        """
        super().__init__()
        self._title = title
        self._keep = keep
        self._save_text = say(save)
        self._busy_text = busy
        self._fields = fields
        self._submit = submit
        self._draft = draft
        self._early = ""
        self._sent = False
        self._busy = False

    def compose(self) -> ComposeResult:
        """A field for every argument, and two words."""
        kept = self.mesh.drafts.get(self._draft, {})
        with VerticalScroll(classes="dialog", can_focus=False) as box:
            self.frame(box, self._title)
            yield Static(say("form.kept") if kept else "", markup=False, id="note")
            for field in self._fields:
                yield self._entry(field, kept.get(field.name, field.value))
            yield Static("", markup=False, classes="error-line", id="refusal")
            yield Choices([self._save_text, say("form.cancel")], self.mesh.glyphs, self.mesh.paint)
            prose = any(field.kind == "prose" for field in self._fields)
            yield Static(say("form.keys-prose" if prose else "form.keys", save=self._save_text), markup=False)

    def _entry(self, field: FormField, value: str) -> Input | TextArea:
        entry: Input | TextArea
        if field.kind == "prose":
            entry = ProseEntry(value, tab_behavior="focus", id=f"field-{field.name}", theme="css", show_cursor=True)
            entry.cursor_blink = False
        else:
            entry = LineEntry(value, id=f"field-{field.name}", select_on_focus=False)
            entry.cursor_blink = False
        self.frame(entry, field.title, say("form.newline") if field.kind == "prose" else clean(field.hint))
        return entry

    def on_mount(self) -> None:
        """Nothing to say yet: no empty lines."""
        self.query_one("#note").display = bool(self.mesh.drafts.get(self._draft))
        self.query_one("#refusal").display = False
        first = self.query("Input, TextArea").first()
        first.focus()
        if self._early and isinstance(first, Input):
            first.insert_text_at_cursor(self._early)

    def take_early(self, character: str) -> None:
        """A letter that was typed ahead, before the first field could take it, belongs into it."""
        if self.focused is None:
            self._early += character
        elif isinstance(self.focused, Input):
            self.focused.insert_text_at_cursor(character)

    @property
    def typed(self) -> dict[str, str]:
        """What stands in the fields now."""
        values: dict[str, str] = {}
        for field in self._fields:
            entry = self.query_one(f"#field-{field.name}")
            values[field.name] = entry.text if isinstance(entry, TextArea) else getattr(entry, "value", "")
        return values

    def on_input_submitted(self) -> None:
        """Enter saves."""
        self._save()

    def on_choices_chosen(self, message: Choices.Chosen) -> None:
        """The words below do the same."""
        if message.number == 0:
            self._save()
        else:
            self.action_close()

    def _save(self) -> None:
        if not self._busy:
            self._busy = True
            self._say(self._busy_text)
            self.run_worker(self._ask_node())

    async def _ask_node(self) -> None:
        refusal = await self._submit(self.typed)
        self._busy = False
        if refusal is None:
            self._sent = not self._keep
            self.action_close()
            return
        self._say(refusal)

    def _say(self, text: str) -> None:
        line = self.query_one("#refusal", Static)
        line.update(Text(text))
        line.display = bool(text)
        line.scroll_visible(animate=False)

    def action_close(self) -> None:
        """Close and keep what was typed."""
        typed = self.typed
        if not self._sent and any(typed[field.name] != field.value for field in self._fields):
            self.mesh.drafts[self._draft] = typed
        else:
            self.mesh.drafts.pop(self._draft, None)
        self.dismiss(None)
