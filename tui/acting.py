"""Acting: who acts at this screen. On a person's own device nobody is asked; at a hub whoever does something is.

Rules of this module:
1. Asking comes first, before a form: what is typed is somebody's.
2. On a kiosk, where anybody passes by, an answer is good for one action; elsewhere until the screen closes,
   if one likes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from crdt.acting import person_of
from crdt.identifiers import HASH_BYTES, MemberId, NetworkId
from meshnode.api.schema import Json
from tui.held import Held
from tui.wording import say

if TYPE_CHECKING:
    from tui.app import MeshnodeApp

KEY_LETTERS = 64
"""Of a member's key in hex; a name is shorter."""


class Acting:
    """The one who acts, as far as that is known."""

    def __init__(self, app: MeshnodeApp) -> None:
        self._app = app
        self._by = ""

    @property
    def name(self) -> str:
        """Who is remembered, for the screen; "" if nobody is."""
        return self._app.held.acted_name(self._by) if self._by else ""

    @property
    def by(self) -> str:
        """Who is remembered: a member's key or a name."""
        return self._by

    def first(self, what: str, title: str, then: Callable[[str], object]) -> None:
        """Find out who acts, then go on; "" stands for whoever's device this is.

        Args:
            what: what is to be done, as its name is on screen.
            title: what it is done to, if anything.
            then: goes on; not called when nobody answers.
        """
        from tui.dialogs.pick_name import Picked, PickName

        if not self._app.held.at_hub or self._by:
            then(self._by)
            return

        def answered(picked: Picked | None) -> None:
            if picked is None:
                return
            if picked.remember:
                self._by = picked.by
                self._app.repaint(frozenset())
            then(picked.by)

        about = say("acting.about", what=what, title=title) if title else what
        self._app.push_screen(PickName(say("acting.title", what=about)), answered)

    def forget(self) -> None:
        """The next one who does something is asked."""
        self._by = ""
        self._app.repaint(frozenset())
        self._app.doing.note(say("acting.forgotten"))


def named(by: str) -> Json:
    """What a request says about who acts."""
    if not by:
        return {}
    return {"as": {"member": by} if len(by) == KEY_LETTERS else {"name": by}}


def person(held: Held, by: str) -> MemberId:
    """Whose own keys are written by whoever acts; nobody's where that is not known."""
    network = from_hex((held.status.get("network") or {}).get("id"))
    if by and len(network) == HASH_BYTES:
        return person_of(by, NetworkId(network))
    return MemberId(from_hex(held.me))


def from_hex(hexadecimal: object) -> bytes:
    """The bytes of an id, none where it is none."""
    try:
        return bytes.fromhex(str(hexadecimal or ""))
    except ValueError:
        return b""
