"""RaiseAlarm: what is it, where, what would help, is it a drill; then one deliberate key sends it to everybody.

Rules of this module:
1. Two keys are enough, and no fewer: what it is, and Shift+Y. Nothing is chosen beforehand.
2. What was typed is kept until it was sent.
"""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.widgets import Input, Static

from tui.alarm_facts import KINDS
from tui.dialogs.dialog import Dialog
from tui.keymap import DIALOG_KEYS, bind
from tui.widgets.line_entry import EnterLeaves, LetterKeys
from tui.wording import say

DRAFT = ("alarm.raise", "")
ROW = 3
"""So many kinds stand side by side."""
KIND_CELLS = 22


class RaiseAlarm(Dialog[dict[str, str]]):
    """Asks what an alarm says; answers with the action's arguments."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind("raise.kind", "1", "kind(0)", "alarm-kind", display="1-6"),
        *(bind(f"raise.kind-{number}", str(number), f"kind({number - 1})", "alarm-kind") for number in range(2, 7)),
        bind("raise.drill", "d", "drill", "drill-or-not", display="d"),
        bind("raise.send", "Y", "send", "send-alarm", display="Shift+Y"),
        *DIALOG_KEYS,
    ]
    AUTO_FOCUS = "LetterKeys"

    def __init__(self) -> None:
        super().__init__()
        self._kind = ""
        self._drill = False

    def compose(self) -> ComposeResult:
        """Kinds, two lines, and what the keys do."""
        kept = self.mesh.drafts.get(DRAFT, {})
        self._kind, self._drill = kept.get("what", ""), kept.get("drill") == "yes"
        with VerticalScroll(classes="dialog", can_focus=False) as box:
            self.frame(box, say("raise.title"))
            yield LetterKeys("", markup=False, id="kinds")
            for name in ("place", "needs"):
                entry = EnterLeaves(kept.get(name, ""), id=name, select_on_focus=False)
                entry.cursor_blink = False
                self.frame(entry, say(f"raise.{name}"))
                yield entry
            yield Static("", markup=False, id="told")

    def on_mount(self) -> None:
        """Say how it stands."""
        self._tell()

    def on_resize(self) -> None:
        """Kinds stand in rows as the width allows."""
        self.call_after_refresh(self._tell)

    def on_descendant_focus(self) -> None:
        """Other keys count while one types."""
        self.call_after_refresh(self._tell)

    def _tell(self, refusal: str = "") -> None:
        if not self.is_attached or not self.query("#told"):
            return
        paint, typing = self.mesh.paint, isinstance(self.focused, Input)
        kinds = Text(say("raise.ask"))
        row = ROW if self.query_one("#kinds").size.width >= ROW * KIND_CELLS else ROW - 1
        for at, kind in enumerate(KINDS):
            chosen = kind == self._kind
            words = say("raise.kind", number=at + 1, what=say(f"what.{kind}"))
            kinds.append("\n" if at % row == 0 else " ")
            kinds.append(f"[{words}]" if chosen else f" {words} ", paint.selected if chosen else paint.text)
            if at % row < row - 1:
                kinds.append(" " * max(0, KIND_CELLS - len(words) - 3))
        self.query_one("#kinds", Static).update(kinds)
        told = Text(say("raise.drill" if self._drill else "raise.real"), paint.drill if self._drill else paint.text)
        told.append(" ")
        told.append(say("raise.keys-typing" if typing else "raise.keys-kinds"), paint.text)
        what = say(f"what.{self._kind}") if self._kind else ""
        last = say("raise.send", what=what) if what else say("raise.no-kind")
        told.append(f"\n{refusal or last}", paint.conflict if refusal else paint.strong)
        self.query_one("#told", Static).update(told)

    # -- keys -------------------------------------------------------------------------------------------------------

    @on(LetterKeys.Pressed)
    def _pressed(self, event: LetterKeys.Pressed) -> None:
        """A letter beside the fields, in the order in which they were pressed."""
        letter = event.character
        if letter in "123456":
            self.action_kind(int(letter) - 1)
        elif letter in "dD":
            self.action_drill()
        elif letter == "Y":
            self.action_send()

    def action_kind(self, number: int) -> None:
        """It is this."""
        self._kind = KINDS[number]
        self._tell()

    def action_drill(self) -> None:
        """A drill, or not."""
        self._drill = not self._drill
        self._tell()

    @property
    def _values(self) -> dict[str, str]:
        typed = {name: self.query_one(f"#{name}", Input).value.strip() for name in ("place", "needs")}
        return {"what": self._kind, "drill": "yes" if self._drill else "no"} | typed

    def action_send(self) -> None:
        """Send it to everybody."""
        if not self._kind:
            self._tell(say("raise.pick-first"))
            return
        self.mesh.drafts[DRAFT] = self._values
        self.dismiss({name: value for name, value in self._values.items() if value})

    def action_close(self) -> None:
        """Send nothing; keep what was typed, but not what was only pressed."""
        typed = {name: value for name, value in self._values.items() if name in {"place", "needs"} and value}
        if typed:
            self.mesh.drafts[DRAFT] = typed
        else:
            self.mesh.drafts.pop(DRAFT, None)
        self.dismiss(None)
