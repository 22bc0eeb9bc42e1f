"""Keymap: every key of the screen, each with an id, in one place.

Rules of this module:
1. Only keys that exist on every terminal: printable ones, arrows, F-keys, Tab, Enter, Esc, control with a letter.
2. Every binding has an id, so that all of them can be given other keys, and a text, so that the help can name them.
3. The places' numbers 2 to 9 are reserved: a number means the same place for ever.
"""

from __future__ import annotations

from textual.binding import Binding, BindingType

from tui.wording import say


def bind(
    id: str, keys: str, action: str, text: str, *, bar: bool = False, display: str = "", priority: bool = False
) -> Binding:
    """One binding; `bar` lets it into the key bar."""
    return Binding(keys, action, say(f"key.{text}"), show=bar, key_display=display or None, priority=priority, id=id)


EVERYWHERE: list[BindingType] = [
    bind("help", "f1,question_mark,1", "help", "help", display="?"),
    bind("palette", "ctrl+p,f10,colon", "help", "palette", display=":"),
    bind("place.home", "2,f2", "place('home')", "home", display="2"),
    bind("place.board", "3,f3", "place('board')", "board", display="3"),
    bind("place.asks", "4,f4", "place('asks')", "asks", display="4"),
    bind("place.roll", "5,f5", "place('roll')", "roll", display="5"),
    bind("place.net", "8,f8", "place('net')", "net", display="8"),
    bind("alarm", "exclamation_mark", "alarm", "alarm", display="!"),
    bind("alarm.any", "f12", "alarm", "alarm-any", display="F12", priority=True),
    bind("escape", "escape", "back", "escape", display="Esc"),
    bind("theme", "f9", "next_theme", "theme", display="F9"),
    bind("ask-quit", "q", "ask_quit", "ask-quit", display="q"),
    bind("quit", "ctrl+q", "quit", "quit", display="Ctrl+Q", priority=True),
]
LIST_KEYS: list[BindingType] = [
    bind("list.up", "up,k", "up", "up", display="Up"),
    bind("list.down", "down,j", "down", "down", display="Down"),
    bind("list.page-up", "pageup", "page(-1)", "page-up", display="PgUp"),
    bind("list.page-down", "pagedown", "page(1)", "page-down", display="PgDn"),
    bind("list.first", "home,g", "end(False)", "first", display="Home"),
    bind("list.last", "end,G", "end(True)", "last", display="End"),
]
TASK_KEYS: list[BindingType] = [
    bind("task.claim", "c", "task('task.claim')", "claim", bar=True, display="c"),
    bind("task.on", "right_square_bracket,greater_than_sign,L", "move_on", "on", bar=True, display="]"),
    bind("task.back", "left_square_bracket,less_than_sign,H", "move_back", "back", bar=True, display="["),
    bind("task.edit", "e", "task('task.edit')", "edit", bar=True, display="e"),
    bind("undo", "u,ctrl+z", "undo", "undo", bar=True, display="u"),
    bind("redo", "U,ctrl+y", "redo", "redo", display="U"),
    bind("task.pass", "p", "task('task.pass')", "pass", display="p"),
    bind("task.start", "s", "task('task.start')", "start", display="s"),
    bind("task.done", "d", "task('task.done')", "done", display="d"),
    bind("task.aside", "x", "task('task.aside')", "aside", display="x"),
    bind("task.reopen", "o", "task('task.reopen')", "reopen", display="o"),
    bind("task.comment", "m", "task('task.comment')", "comment", display="m"),
]
BOARD_KEYS: list[BindingType] = [
    bind("board.open", "enter", "open", "open", bar=True, display="Enter"),
    bind("task.add", "n", "new", "new", bar=True, display="n"),
    *TASK_KEYS,
    bind("find", "slash", "find", "find", bar=True, display="/"),
    bind("quick", "a", "app.quick", "quick", display="a"),
    bind("board.week", "W", "app.week", "week", display="W"),
    bind("board.aside", "v", "show_aside", "show-aside", display="v"),
    bind("invite", "i", "invite", "invite", display="i"),
    bind("find.clear", "escape", "clear_search", "escape", display="Esc"),
    bind("board.left", "left,h", "column(-1)", "left", display="Left"),
    bind("board.right", "right,l", "column(1)", "right", display="Right"),
    *LIST_KEYS,
]
CARD_KEYS: list[BindingType] = [
    bind("card.back", "escape", "app.back", "close", bar=True, display="Esc"),
    bind("card.keep-a", "a", "keep(0)", "keep-a", bar=True, display="a"),
    bind("card.keep-b", "b", "keep(1)", "keep-b", bar=True, display="b"),
    bind("card.write-third", "w", "write_third", "write-third", bar=True, display="w"),
    bind("card.open", "enter", "open", "open", display="Enter"),
    bind("card.tick", "space", "tick", "tick", display="Space"),
    bind("card.note", "N", "task('note.add')", "note", display="N"),
    bind("card.forget", "W", "forget", "forget", display="W"),
    bind("card.add-line", "plus", "task('task.check_add')", "add-line", display="+"),
    *TASK_KEYS,
    *LIST_KEYS,
]
HOME_KEYS: list[BindingType] = [
    bind("home.open", "enter", "open", "open", bar=True, display="Enter"),
    bind("task.add", "n", "new", "new", bar=True, display="n"),
    bind("quick", "a", "app.quick", "quick", bar=True, display="a"),
    bind("home.claim", "c", "task('task.claim')", "claim", bar=True, display="c"),
    bind("week", "w", "app.week", "week", bar=True, display="w"),
    bind("home.done", "d", "task('task.done')", "done", display="d"),
    bind("undo", "u,ctrl+z", "undo", "undo", bar=True, display="u"),
    bind("redo", "U,ctrl+y", "redo", "redo", display="U"),
    bind("invite", "i", "invite", "invite", bar=True, display="i"),
    *LIST_KEYS,
]
ENTRY_KEYS: list[BindingType] = [
    bind("card.back", "escape", "app.back", "close", bar=True, display="Esc"),
    bind("entry.do", "d", "do", "do", bar=True, display="d"),
    bind("entry.edit", "e", "edit", "edit", bar=True, display="e"),
    bind("undo", "u,ctrl+z", "undo", "undo", bar=True, display="u"),
    bind("redo", "U,ctrl+y", "redo", "redo", display="U"),
    bind("card.keep-a", "a", "keep(0)", "keep-a", bar=True, display="a"),
    bind("card.keep-b", "b", "keep(1)", "keep-b", bar=True, display="b"),
    bind("card.write-third", "w", "write_third", "write-third", bar=True, display="w"),
    bind("card.open", "enter", "open", "open", display="Enter"),
    bind("card.forget", "W", "forget", "forget", display="W"),
    *LIST_KEYS,
]
ASKS_KEYS: list[BindingType] = [
    bind("asks.open", "enter", "open", "open", bar=True, display="Enter"),
    bind("asks.add", "n", "new", "offer-or-ask", bar=True, display="n"),
    bind("asks.respond", "c", "listing('listing.respond')", "respond", bar=True, display="c"),
    bind("asks.accept", "a", "listing('listing.accept')", "accept", bar=True, display="a"),
    bind("asks.given", "g", "listing('listing.given')", "given", bar=True, display="g"),
    bind("asks.thank", "t", "listing('listing.thank')", "thank", bar=True, display="t"),
    bind("asks.renew", "r", "still", "renew", display="r"),
    bind("asks.edit", "e", "listing('listing.edit')", "edit", display="e"),
    bind("asks.do", "d", "do", "do", display="d"),
    bind("undo", "u,ctrl+z", "undo", "undo", display="u"),
    bind("redo", "U,ctrl+y", "redo", "redo", display="U"),
    bind("find", "slash", "find", "find", bar=True, display="/"),
    bind("find.clear", "escape", "clear_search", "escape", display="Esc"),
    bind("invite", "i", "invite", "invite", display="i"),
    *LIST_KEYS,
]
ROLL_KEYS: list[BindingType] = [
    bind("roll.open", "enter", "open", "open", bar=True, display="Enter"),
    bind("roll.safe", "s", "mark('safe')", "safe", bar=True, display="s"),
    bind("roll.help", "h", "mark('help')", "needs-help", bar=True, display="h"),
    bind("roll.away", "a", "mark('away')", "away", bar=True, display="a"),
    bind("roll.no-word", "w", "mark('unknown')", "no-word", bar=True, display="w"),
    bind("roll.tried", "t", "tried", "tried", bar=True, display="t"),
    bind("roll.call", "O", "call(False)", "open-call", bar=True, display="O"),
    bind("roll.drill", "D", "call(True)", "open-drill", bar=True, display="D"),
    bind("roll.close", "C", "close_call", "close-call", display="C"),
    bind("roll.new", "n", "new", "new-household", bar=True, display="n"),
    bind("roll.edit", "e", "edit", "edit", display="e"),
    bind("roll.do", "d", "do", "do", display="d"),
    bind("undo", "u,ctrl+z", "undo", "undo", display="u"),
    bind("redo", "U,ctrl+y", "redo", "redo", display="U"),
    bind("find", "slash", "find", "find", display="/"),
    bind("find.clear", "escape", "clear_search", "escape", display="Esc"),
    *LIST_KEYS,
]
WEEK_KEYS: list[BindingType] = [
    bind("week.back", "escape", "app.back", "close", bar=True, display="Esc"),
    bind("week.open", "enter", "open", "open", bar=True, display="Enter"),
    bind("quick", "a", "app.quick", "quick", bar=True, display="a"),
    bind("week.on", "right_square_bracket,greater_than_sign,right,l", "turn(1)", "turn-on", bar=True, display="]"),
    bind("week.before", "left_square_bracket,less_than_sign,left,h", "turn(-1)", "turn-back", bar=True, display="["),
    bind("week.today", "t", "today", "this-week", bar=True, display="t"),
    *LIST_KEYS,
]
NET_KEYS: list[BindingType] = [
    bind("net.back", "escape", "app.back", "board", bar=True, display="Esc"),
    bind("net.members", "m", "members", "members", bar=True, display="m"),
    bind("net.devices", "d", "devices", "devices", bar=True, display="d"),
    bind("invite", "i", "invite", "invite", bar=True, display="i"),
    *LIST_KEYS,
]
DEVICE_KEYS: list[BindingType] = [
    bind("devices.back", "escape", "app.back", "close", bar=True, display="Esc"),
    bind("devices.add", "a", "add_device", "add-device", bar=True, display="a"),
    bind("devices.hub", "h", "add_hub", "add-hub", bar=True, display="h"),
    bind("devices.card", "p", "app.card_paper", "card-paper", bar=True, display="p"),
    bind("devices.check", "c", "app.card_check", "card-check", display="c"),
    bind("devices.drop", "x", "drop_device", "drop-device", bar=True, display="x"),
    *LIST_KEYS,
]
MEMBER_KEYS: list[BindingType] = [
    bind("members.back", "escape", "app.back", "close", bar=True, display="Esc"),
    bind("members.vouch", "v", "vouch", "vouch", bar=True, display="v"),
    bind("members.yes", "y", "vote(True)", "vote-yes", bar=True, display="y"),
    bind("members.no", "n", "vote(False)", "vote-no", bar=True, display="n"),
    bind("members.come", "c", "come", "come", bar=True, display="c"),
    bind("members.follow", "f", "follow", "follow", bar=True, display="f"),
    bind("members.go-on", "F", "go_on", "go-on", display="F"),
    bind("members.invites", "I", "my_invites", "my-invites", display="I"),
    bind("members.part", "P", "part", "part", display="P"),
    bind("members.let-in", "l", "let_in", "stick-let-in", display="l"),
    bind("members.block", "b", "block", "block", display="b"),
    bind("members.anew", "A", "app.anew", "anew", display="A"),
    bind("invite", "i", "invite", "invite", bar=True, display="i"),
    *LIST_KEYS,
]
ALARM_KEYS: list[BindingType] = [
    bind("alarm.seen", "k", "seen", "i-see-it", bar=True, display="k"),
    bind("alarm.going", "g", "going", "i-go", bar=True, display="g"),
    bind("alarm.call", "r", "roll_call", "roll-call", bar=True, display="r"),
    bind("alarm.stand-down", "A", "stand_down", "stand-down", bar=True, display="Shift+A"),
    bind("alarm.leave", "escape", "leave", "leave-band", bar=True, display="Esc"),
    bind("alarm.another", "n", "another", "another-alarm", bar=True, display="n"),
    bind("alarm.up", "up,pageup", "up", "up", display="Up"),
    bind("alarm.down", "down,pagedown", "down", "down", display="Down"),
]
WELCOME_KEYS: list[BindingType] = [
    bind("welcome.open", "enter", "open", "open", bar=True, display="Enter"),
    bind("welcome.found", "1", "choose('found')", "found", display="1"),
    bind("welcome.join", "2", "choose('join')", "join", display="2"),
    bind("welcome.demo", "3", "choose('demo')", "demo", display="3"),
    bind("welcome.device", "4", "choose('device')", "become-device", display="4"),
    bind("welcome.hub", "5", "choose('hub')", "become-hub", display="5"),
    bind("welcome.stick", "6", "choose('stick')", "join-stick", display="6"),
    bind("welcome.card", "7", "choose('card')", "card-back", display="7"),
    *LIST_KEYS[:2],
    bind("welcome.quit", "q", "app.ask_quit", "ask-quit", bar=True, display="q"),
]
DIALOG_KEYS: list[BindingType] = [
    bind("dialog.escape", "escape,ctrl+c", "close", "close", bar=True, display="Esc"),
]
