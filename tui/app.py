"""MeshnodeApp: the program on the screen: wires the feed, what is held, the places and the keys. Decides nothing else.

Rules of this module:
1. Messages come up, what is held goes down: a place paints itself from `held` when told what is dirty.
2. Nothing is shown as done before the node said so.
3. Colours, glyphs, the clock and the environment are chosen once, here.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from textual import events
from textual.binding import BindingType

from meshnode.api.schema import Json
from tui import glyphs, language, themes
from tui.alarming import Alarming
from tui.beginning import Beginning
from tui.card_paper import CardOnPaper
from tui.doing import Doing
from tui.faces import is_task
from tui.feed import GATHER_SECONDS, GATHER_SECONDS_OVER_SSH, Feed
from tui.forgetting import Forgetting
from tui.held import Held
from tui.inviting import Inviting
from tui.keymap import EVERYWHERE
from tui.leaving import Leaving
from tui.messages import FeedMoved, NetworkChanged
from tui.moments import Clock
from tui.note_opening import open_note
from tui.outcome import NewStart, Outcome
from tui.places import Places
from tui.screens.place import Place
from tui.window_keys import WindowKeys
from tui.wording import say


class MeshnodeApp(WindowKeys):
    """One person's screen onto one node."""

    CSS_PATH = "app.tcss"
    ENABLE_COMMAND_PALETTE = False
    TITLE = "meshnode"
    BINDINGS: ClassVar[list[BindingType]] = EVERYWHERE
    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (50, "-narrow"), (76, "-normal"), (110, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-flat"), (15, "-short"), (22, "-medium"), (32, "-tall")]

    def __init__(
        self,
        socket_path: Path | str,
        profile: str = "default",
        *,
        glyph_set: str = "auto",
        theme_name: str = "auto",
        language_name: str = "en",
        place: str = "home",
        keys_folder: Path | None = None,
        keys: Mapping[str, str] | None = None,
        clock: Clock | None = None,
        environ: Mapping[str, str] | None = None,
        begun: Json | None = None,
    ) -> None:
        """Prepare a screen; nothing is opened yet.

        Args:
            socket_path: where the node of this profile listens.
            profile: its name, for the title.
            glyph_set, theme_name, language_name: as in the settings file; auto looks at the terminal.
            place: where to begin.
            keys_folder: where this profile keeps its keys, if the node runs on this machine.
            keys: other keys for bindings, by id.
            clock, environ: the time and the environment, for tests.
            begun: what there is to say of the new start that led here.
        """
        environ = os.environ if environ is None else environ
        language.use(language.choose(language_name, environ))
        self.look = themes.choose(theme_name, environ)
        super().__init__(ansi_color=self.look.ansi)
        self.animation_level = "none"
        self.glyphs = glyphs.choose(glyph_set, environ)
        self.clock = clock or Clock()
        self.profile = profile
        self.held = Held()
        gather = GATHER_SECONDS_OVER_SSH if environ.get("SSH_CONNECTION") else GATHER_SECONDS
        self.feed = Feed(socket_path, self.post_message, gather)
        self.doing, self.inviting, self.forgetting = Doing(self), Inviting(self), Forgetting(self)
        self.card_on_paper, self.alarming, self.leaving = CardOnPaper(self), Alarming(self), Leaving(self)
        self.keys_folder = keys_folder
        self.beginning = Beginning(self)
        self.new_start: NewStart | None = None
        self.kiosk = environ.get("MESH_KIOSK", "") not in {"", "0"}
        """Whether anybody passes by this screen: who acts is asked each time."""
        self.drafts: dict[tuple[str, str], dict[str, str]] = {}
        self._keys = dict(keys or {})
        self.places = Places(self)
        self._begins_at = place
        self._begun = begun

    @property
    def paint(self) -> themes.Paint:
        """The styles of the theme in use."""
        return self.look.paint

    def on_mount(self) -> None:
        """Take the theme, open the first place and begin to listen."""
        self.register_theme(self.look.theme)
        self.theme = self.look.theme.name
        self.set_keymap(self._keys)
        self.add_class(self.glyphs.name)
        self.run_worker(self.feed.run(), group="feed", exclusive=True)
        self.show_place(self._begins_at)
        if self._begun is not None:
            self.beginning.begun(self._begun)
        self._tick()

    def _tick(self) -> None:
        """Tell the places the time, and again when the minute is over."""
        self.repaint(self.held.day_begins(self.clock.today().isoformat()))
        now = self.clock.now()
        self.set_timer(60.0 - now.second - now.microsecond / 1e6 + 0.01, self._tick)

    # -- places -----------------------------------------------------------------------------------------------------

    def show_place(self, name: str) -> None:
        """Go to a place by its name."""
        self.places.show(name)
        self.alarming.look()

    def open_card(self, record: str) -> None:
        """Lay one card over the place."""
        from tui.screens.card import CardScreen
        from tui.screens.entry import EntryScreen

        made = CardScreen if is_task(self.held.records.get(record, {"kind": "task"})) else EntryScreen
        self.push_screen(made(record))

    def repaint(self, dirty: frozenset[str] | set[str]) -> None:
        """Let the place that is seen paint what changed; the others catch up when they are seen again."""
        seen = True
        for screen in reversed(self.screen_stack):
            if isinstance(screen, Place):
                if seen:
                    screen.paint_changes(dirty)
                else:
                    screen.behind = screen.behind or bool(dirty)
                seen = False
        self.alarming.look()

    # -- what the feed says -----------------------------------------------------------------------------------------

    def on_feed_moved(self, message: FeedMoved) -> None:
        """Hold what came and paint it."""
        dirty = self.held.apply(message.events) | self.held.day_begins(self.clock.today().isoformat())
        self._go_where_one_belongs()
        self.repaint(dirty)

    def on_node_came(self) -> None:
        """The node answers."""
        was_away, self.held.linked = not self.held.linked, True
        self.repaint(frozenset())
        if was_away and self.held.complete:
            self.doing.note(say("away.back"))

    def on_node_went(self) -> None:
        """The node is away: everything stays visible, nothing can be written."""
        self.held.linked = False
        self.repaint(frozenset())

    def on_network_changed(self, _: NetworkChanged) -> None:
        """Another neighbourhood begins: what was held is of another world."""
        self.held.forget()

    def _go_where_one_belongs(self) -> None:
        """Outside a neighbourhood the welcome is the only place; inside it is none."""
        if not self.held.complete:
            return
        place = next((each.place for each in self.screen_stack if isinstance(each, Place)), "")
        if self.held.outside and place != "welcome":
            self.show_place("welcome")
        elif not self.held.outside and place == "welcome":
            self.show_place("home")
            self.doing.note(say("joined", network=self.held.network_name))

    def on_key(self, event: events.Key) -> None:
        """A letter that comes up to here while a form is open was typed ahead of it."""
        from tui.dialogs.form import Form

        if isinstance(self.screen, Form) and event.is_printable and event.character:
            self.screen.take_early(event.character)

    # -- keys of every place ----------------------------------------------------------------------------------------

    def action_place(self, name: str) -> None:
        """Go to a place by its number."""
        if not self.held.outside:
            self.show_place(name)

    async def action_back(self) -> None:
        """Esc leads home, one step a press."""
        if len(self.screen_stack) > 2:
            self.pop_screen()

    def action_help(self) -> None:
        """Everything that can be done here, searchable."""
        from tui.dialogs.palette import Palette

        self.push_screen(Palette(self.screen), self._run_chosen)

    def _run_chosen(self, chosen: str | None) -> None:
        """Do what was picked in the palette: an action of a screen, a declared action, a card or a note."""
        if chosen is None:
            return
        kind, _, rest = chosen.partition(":")
        if kind == "card":
            self.open_card(rest)
        elif kind == "note":
            open_note(self, rest)
        elif kind == "do":
            self.doing.start(rest)
        elif kind == "key":
            self.call_later(self.run_action, rest, self.screen)
        else:
            self.call_later(self.run_action, rest)

    def action_next_theme(self) -> None:
        """Other colours; with few or no colours there is nothing to choose."""
        names = [name for name, look in themes.LOOKS.items() if not look.ansi]
        looks = [themes.LOOKS[name] for name in names]
        if self.look not in looks:
            return
        self.look = looks[(looks.index(self.look) + 1) % len(looks)]
        self.register_theme(self.look.theme)
        self.theme = self.look.theme.name
        for screen in self.screen_stack:
            if isinstance(screen, Place):
                screen.repaint_with(self.look.paint)

    def action_somebody_else(self) -> None:
        """Whoever was remembered at this hub has gone."""
        self.doing.acting.forget()

    def action_ask_quit(self) -> None:
        """q asks; ctrl+q does not, because nothing can be lost."""
        from tui.dialogs.confirm import Confirm

        def answered(yes: bool | None) -> None:
            if yes:
                self.exit(Outcome.QUIT)

        self.push_screen(Confirm(say("quit.title"), say("quit.text")), answered)

    def action_help_quit(self) -> None:
        """Ctrl+C asks as q does; a window over a place closes, as with Esc."""
        self.action_ask_quit()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Outside a neighbourhood there are no places to go to, and the help names none."""
        return not (action in {"place", "alarm"} and self.held.outside)

    async def action_quit(self) -> None:
        """Close at once."""
        self.exit(Outcome.QUIT)
