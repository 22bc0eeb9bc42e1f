"""What people can do with alarms.

Rules of this module:
1. Anyone may raise an alarm, and anyone who knows of it may stand it down; who it was is shown for ever.
2. Whoever goes has seen it. Nobody is counted as having seen what they did not say they saw.
"""

from __future__ import annotations

from crdt.action import Accepted, Action, Actor, Argument
from crdt.boards import alarm_fields as fields
from crdt.boards.alarm_fields import VERSION
from crdt.edits import Planned, Put
from crdt.fields import entry
from crdt.kinds import VERSION_KEY, View
from crdt.marks import mark

KIND = "alarm"


def _own(group: str, actor: Actor, note: str = "") -> Put:
    said = {"text": note} if note else {}
    return Put(f"{group}/{actor.member.hex()}", entry(group, on=True, **said))


def _has(view: View, group: str, actor: Actor) -> bool:
    return any(each["member"] == actor.member.hex() for each in view.get(group, ()))


def _raise(view: View, accepted: Accepted, actor: Actor) -> list[Planned]:
    drill = accepted.pop("drill", "no")
    written = [Put(key, value) for key, value in accepted.items() if value != ""]
    return [Put(VERSION_KEY, VERSION), *written, Put("drill", drill), mark("state", "on")]


def _edit(view: View, accepted: Accepted, actor: Actor) -> list[Planned]:
    return [
        Put(key, value) for key, value in accepted.items() if value != view[key] or key in view.get("conflicts", ())
    ]


def _seen(view: View, accepted: Accepted, actor: Actor) -> list[Planned]:
    return [_own("seen", actor)]


def _going(view: View, accepted: Accepted, actor: Actor) -> list[Planned]:
    going = _own("going", actor, accepted.get("note", ""))
    return [going] if _has(view, "seen", actor) else [going, _own("seen", actor)]


def _not_going(view: View, accepted: Accepted, actor: Actor) -> list[Planned]:
    return [Put(f"going/{actor.member.hex()}", "")]


def _stand_down(view: View, accepted: Accepted, actor: Actor) -> list[Planned]:
    return [mark("state", "down", how=accepted.get("with"), note=accepted.get("note"))]


def _again(view: View, accepted: Accepted, actor: Actor) -> list[Planned]:
    return [mark("state", "on", note=accepted.get("note"))]


def _comment(view: View, accepted: Accepted, actor: Actor) -> list[Planned]:
    if not accepted["text"].strip():
        raise fields.COMMENT.bad("Write what you want to say.")
    return [Put(f"comment/{actor.member.hex()}/{actor.new_id()}", entry("text", text=accepted["text"]))]


_OVER = "This alarm was stood down. If it is not over, raise it again: `meshnode alarm again`."


def _while_on(view: View, actor: Actor) -> str | None:
    return _OVER if view.get("state") == "down" else None


def _seen_why_not(view: View, actor: Actor) -> str | None:
    return "You have said already that you see it." if _has(view, "seen", actor) else _while_on(view, actor)


def _not_going_why_not(view: View, actor: Actor) -> str | None:
    return None if _has(view, "going", actor) else "You have not said that you are going."


def _stand_down_why_not(view: View, actor: Actor) -> str | None:
    settled = view.get("state") == "down"
    return "This alarm was stood down already." if settled else None


def _again_why_not(view: View, actor: Actor) -> str | None:
    on = view.get("state") == "on" and not view.get("contradicted")
    return "This alarm is still on." if on else None


_FORMS = tuple(Argument(field) for field in (fields.TITLE, fields.PLACE, fields.NEEDS))
ACTIONS = (
    Action(
        "alarm.raise",
        "Raise an alarm",
        "Alarm everybody: it covers every screen and sounds until people say that they see it.",
        {"what": "fire", "title": "smoke at number 7", "place": "Elm Street 7", "needs": "two people and a ladder"},
        KIND,
        (Argument(fields.WHAT, True), *_FORMS, Argument(fields.DRILL)),
        _raise,
        needs_record=False,
    ),
    Action(
        "alarm.edit",
        "Edit",
        "Say it better: what, where, what is needed.",
        {"place": "the garden behind number 7"},
        KIND,
        (Argument(fields.WHAT), *_FORMS),
        _edit,
    ),
    Action(
        "alarm.seen",
        "I see it",
        "Say that you have seen it; it stops sounding on this node.",
        {},
        KIND,
        (),
        _seen,
        why_not=_seen_why_not,
    ),
    Action(
        "alarm.going",
        "I'm going",
        "Say that you are on your way.",
        {"note": "with the ladder"},
        KIND,
        (Argument(fields.NOTE),),
        _going,
        why_not=_while_on,
    ),
    Action(
        "alarm.not_going",
        "Not going",
        "Take it back: you are not on your way after all.",
        {},
        KIND,
        (),
        _not_going,
        why_not=_not_going_why_not,
    ),
    Action(
        "alarm.stand_down",
        "Stand down",
        "Say that it is over, and with whom you agreed on that.",
        {"with": "Jon and the fire brigade"},
        KIND,
        (Argument(fields.WITH), Argument(fields.NOTE)),
        _stand_down,
        why_not=_stand_down_why_not,
    ),
    Action(
        "alarm.again",
        "Raise again",
        "It is not over: everybody is alarmed anew.",
        {"note": "it burns again"},
        KIND,
        (Argument(fields.NOTE),),
        _again,
        why_not=_again_why_not,
    ),
    Action(
        "alarm.comment",
        "Comment",
        "Say what you know about it.",
        {"text": "The road is blocked at the bridge."},
        KIND,
        (Argument(fields.COMMENT, True),),
        _comment,
    ),
)
