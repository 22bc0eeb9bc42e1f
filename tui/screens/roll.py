"""RollScreen: the emergency roster; with a roll call open, one key a household.

Rules of this module:
1. A key marks the household under the cursor and goes on to the next; u goes back to the one that was marked last.
2. In a drill every mark is the drill's own: nothing here ever takes it for real.
"""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType

from crdt.boards.rollcalls import mark_arguments
from meshnode.api.schema import Json
from tui.call_facts import households, open_call, round_of, tally_of
from tui.faces import title_of
from tui.keymap import ROLL_KEYS
from tui.roll_lines import RollLines
from tui.screens.searched_place import SearchedPlace
from tui.widgets.line_list import Line, LineList
from tui.wording import counted, say

IN_A_CALL = frozenset({"mark", "tried", "close_call"})


class RollScreen(SearchedPlace):
    """Households, and how to reach them."""

    place = "roll"
    name_key = "place.roll"
    title_key = "roster.title"
    BINDINGS: ClassVar[list[BindingType]] = ROLL_KEYS

    def __init__(self) -> None:
        super().__init__()
        self._marked = ""

    @property
    def _call(self) -> Json | None:
        return open_call(self.mesh.held)

    def _build(self, width: int) -> list[Line]:
        app = self.mesh
        return RollLines(app.held, app.clock, app.glyphs, app.paint, self._call, self._words).build(width)

    def paint_changes(self, dirty: frozenset[str] | set[str]) -> None:
        """Say above what this is; ages move on by themselves."""
        if self.is_attached and self.query(LineList):
            call = self._call
            if call is None:
                here = [view for view in households(self.mesh.held) if view.get("kept") != "aside"]
                title = counted("roster.households", len(here))
            else:
                found = tally_of(self.mesh.held, call)
                counts = {"help": len(found.need_help), "missing": len(found.not_yet), "reached": len(found.reached)}
                title = say("roll.title-drill" if call["drill"] else "roll.title-open", title=title_of(call), **counts)
            self.lines.retitle(title)
            self.lines.rebuild()
        super().paint_changes(dirty)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys of a call are there when one is open."""
        return None if action in IN_A_CALL and self._call is None else True

    # -- the call ---------------------------------------------------------------------------------------------------

    def action_call(self, drill: bool) -> None:
        """Open a roll call, or a drill."""
        call = self._call
        if call is not None and (drill or not call["drill"]):
            self.mesh.doing.tell(say("call.open-already", title=title_of(call)))
            return
        self.mesh.doing.start("rollcall.open", written={"drill": "yes" if drill else "no"})

    def action_close_call(self) -> None:
        """End it, after a yes."""
        from tui.dialogs.confirm import Confirm

        call = self._call
        if call is None:
            return
        waiting = len(tally_of(self.mesh.held, call).not_yet)

        def answered(yes: bool | None) -> None:
            if yes:
                for each in round_of(self.mesh.held, call):
                    self.mesh.doing.at_once("rollcall.close", on=str(each["id"]))

        text = counted("call.close-text", waiting)
        self.mesh.push_screen(Confirm(say("call.close", title=title_of(call)), text), answered)

    def action_mark(self, word: str) -> None:
        """How the household under the cursor is; on to the next."""
        record, call = self.card, self._call
        if record is None or call is None:
            return
        keys = self.lines.keys
        at = keys.index(self.lines.selected) if self.lines.selected in keys else 0
        self._marked = record
        self.mesh.doing.at_once("roster.mark", on=record, given=mark_arguments(call, word))
        if at + 1 < len(keys):
            self.lines.select(keys[at + 1])

    def action_tried(self) -> None:
        """No answer on the signal that is shown: the next one is."""
        record, call = self.card, self._call
        if record is None or call is None:
            return
        row = next((each for each in tally_of(self.mesh.held, call).rows if each.household["id"] == record), None)
        if row is None or row.next_signal is None or row.all_tried:
            self.mesh.doing.tell(say("call.all-tried"))
            return
        arguments = {"household": record, "signal": row.next_signal[0]}
        self.mesh.doing.at_once("rollcall.tried", on=str(call["id"]), given=arguments)

    def action_undo(self) -> None:
        """Take back my last mark, else my last change of the household under the cursor."""
        if self._marked:
            self.lines.select(self._marked)
            self._marked = ""
        super().action_undo()

    # -- the roster -------------------------------------------------------------------------------------------------

    def action_new(self) -> None:
        """Put a household on the roster."""
        self.mesh.doing.start("roster.add")

    def action_edit(self) -> None:
        """Change what its entry says."""
        self.mesh.doing.start("roster.edit")
