"""What the screen makes of alarms: which are on, which still interrupt whoever looks, and how long ago things were.

Rules of this module:
1. Pure. What is real comes before what is a drill, then the latest first.
2. Whether somebody need be interrupted is asked of the alarm's own declaration, with this node's person and device.
"""

from __future__ import annotations

from crdt.ageing import age_of
from crdt.boards.alarm_fields import WHAT_WORDS
from crdt.boards.alarms import ALARM, is_acknowledged, is_active, rings
from meshnode.api.schema import Json
from tui.faces import title_of
from tui.glyphs import Glyphs
from tui.held import Held
from tui.moments import Clock
from tui.plain_text import clean
from tui.wording import counted, say


def now_ms(clock: Clock) -> int:
    """Now, in UTC milliseconds."""
    return int(clock.now().timestamp() * 1000)


def clock_unsure(held: Held) -> bool:
    """Whether the node cannot tell the time for sure."""
    return str(held.status.get("clock") or "ok") != "ok"


def age(held: Held, clock: Clock, at_ms: object) -> str:
    """How long ago a claimed moment was, in words."""
    found = age_of(at_ms if isinstance(at_ms, int) else 0, now_ms(clock))
    words = counted("age.days", found.count) if found.unit == "days" else say(f"age.{found.unit}", count=found.count)
    return say("age.unsure", age=words) if clock_unsure(held) else words


def active_alarms(held: Held) -> list[Json]:
    """Every alarm that was not stood down."""
    found = [view for view in held.records.values() if view.get("kind") == ALARM.name and is_active(view)]
    return sorted(found, key=lambda view: (bool(view.get("drill")), -_raised(view), str(view.get("id"))))


def _raised(view: Json) -> int:
    at_ms = view.get("raised_ms")
    return at_ms if isinstance(at_ms, int) else 0


def acknowledged(held: Held, view: Json) -> bool:
    """Whether somebody here has said to see it."""
    device = str((held.status.get("me") or {}).get("device") or "")
    return is_acknowledged(view, "" if held.at_hub else held.me, device)


def loud_alarms(held: Held, clock: Clock) -> list[Json]:
    """The alarms that cover the screen and sound."""
    return [
        view
        for view in active_alarms(held)
        if rings(view, now_ms(clock), clock_unsure=clock_unsure(held)) and not acknowledged(held, view)
    ]


def what_of(view: Json) -> str:
    """What kind of alarm it is, in one loud word."""
    what = str(view.get("what") or "other")
    return say(f"what.{what}") if what in _WHATS else say("what.other")


_WHATS = ("other", "fire", "medical", "water", "danger", "missing")
KINDS = (*_WHATS[1:], _WHATS[0])
"""In the order of their numbers: what is picked by 1 comes first."""


def own_words(view: Json) -> str:
    """What was said of it beyond what kind it is; nothing where nothing was."""
    title = title_of(view)
    return "" if title == WHAT_WORDS.get(str(view.get("what"))) else title


def about(view: Json) -> str:
    """What is wrong and where, in one line."""
    place = clean(str(view.get("place") or ""))
    return "  ".join(part for part in (own_words(view), place) if part)


def band(held: Held, glyphs: Glyphs, tail: str) -> tuple[str, bool]:
    """The line that stays on every place while an alarm is on, and whether it is about a drill."""
    on = active_alarms(held)
    if not on:
        return "", False
    drill = bool(on[0].get("drill"))
    said = say("band.drill" if drill else "band.alarm", sign=glyphs.warning, what=what_of(on[0]), about=about(on[0]))
    more = [say("band.more", count=len(on) - 1)] if len(on) > 1 else []
    return "  ".join([said, *more, tail or say("band.look")]), drill
