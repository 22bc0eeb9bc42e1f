"""WindowKeys: the keys and help entries that open a window over any place: inviting, the key card, one line, the week.

Rules of this module:
1. Each does one thing: it hands on to whoever knows how that window goes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import App

from tui.outcome import Outcome

if TYPE_CHECKING:
    from tui.alarming import Alarming
    from tui.beginning import Beginning
    from tui.card_paper import CardOnPaper
    from tui.doing import Doing
    from tui.inviting import Inviting
    from tui.leaving import Leaving


class WindowKeys(App[Outcome]):
    """The part of the app that opens windows."""

    inviting: Inviting
    doing: Doing
    card_on_paper: CardOnPaper
    beginning: Beginning
    leaving: Leaving
    alarming: Alarming

    def action_alarm(self) -> None:
        """Look at the alarm that is on, or raise one."""
        self.alarming.key()

    def action_week(self) -> None:
        """The calendar of the week."""
        from tui.screens.week import WeekScreen

        self.push_screen(WeekScreen())

    def action_quick(self) -> None:
        """A task in one line."""
        self.doing.quick()

    def action_invite_words(self) -> None:
        """Let a neighbour in with three words."""
        self.inviting.words()

    def action_invite_event(self) -> None:
        """Let many in at a meeting."""
        self.inviting.event()

    def action_stick_invite(self) -> None:
        """Put an invite on a stick."""
        self.inviting.sticks.invite()

    def action_stick_let_in(self) -> None:
        """Let in whose reply is on a stick."""
        self.inviting.sticks.let_in()

    def action_card_paper(self) -> None:
        """The member key on paper."""
        self.card_on_paper.show()

    def action_card_check(self) -> None:
        """Whether a key card was written down without a mistake."""
        self.card_on_paper.check()

    def action_anew(self) -> None:
        """Start anew with chosen people."""
        self.beginning.begin()

    def action_leave(self) -> None:
        """Leave the neighbourhood, after saying what that means."""
        self.leaving.begin()
