"""AsksScreen: offers and requests, what may fit what, and one key for each thing people do with them."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType

from tui.keymap import ASKS_KEYS
from tui.listing_lines import ListingLines
from tui.screens.searched_place import SearchedPlace
from tui.widgets.line_list import Line


class AsksScreen(SearchedPlace):
    """The board of offers and requests."""

    place = "asks"
    name_key = "place.asks"
    title_key = "asks.title"
    BINDINGS: ClassVar[list[BindingType]] = ASKS_KEYS

    def _build(self, width: int) -> list[Line]:
        app = self.mesh
        return ListingLines(app.held, app.clock, app.glyphs, app.paint, self._words).build(width)

    def action_new(self) -> None:
        """Offer or ask for something."""
        self.mesh.doing.start("listing.add")

    def action_listing(self, name: str) -> None:
        """A declared action on the selected listing."""
        self.mesh.doing.start(name)

    def action_still(self) -> None:
        """It is still true: for another while, without questions."""
        self.mesh.doing.at_once("listing.renew")
