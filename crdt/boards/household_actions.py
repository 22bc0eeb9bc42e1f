"""What people can do with the households of the emergency roster.

Rules of this module:
1. Anyone may mark anyone, as a neighbour at the door or a caller on the radio would; who it was stays with the mark.
2. Only whoever lives there agrees that the entry stands here, and only they take that back.
3. A mark in a drill is written under a key of its own and leaves the real status as it is.
4. Who has gone out and wants to be back is said by them or for them; nothing else is noted of where people are.
"""

from __future__ import annotations

from crdt.action import Accepted, Action, Actor, Argument
from crdt.boards import household_fields as fields
from crdt.boards.household_fields import OPEN_LINES, VERSION
from crdt.boards.household_sealed import SEALED_ACTIONS
from crdt.edits import Planned, Put
from crdt.fields import entry
from crdt.kinds import VERSION_KEY, View
from crdt.marks import mark

KIND = "household"
_FORMS = tuple(Argument(line) for line in OPEN_LINES)
_ADD_FORMS = (Argument(fields.TITLE, True), *_FORMS[1:], Argument(fields.LIVES))


def _lives(actor: Actor, *, on: bool) -> Put:
    return Put(f"lives/{actor.member.hex()}", entry("lives", on=on))


def _agrees(view: View, actor: Actor) -> bool:
    return any(each["member"] == actor.member.hex() for each in view.get("lives", ()))


def _add(view: View, accepted: Accepted, actor: Actor) -> list[Planned]:
    lives_there = accepted.pop("lives", "yes") == "yes" and not actor.by
    written = [Put(key, value) for key, value in accepted.items() if value != ""]
    return [Put(VERSION_KEY, VERSION), *written, *([_lives(actor, on=True)] if lives_there else [])]


def _edit(view: View, accepted: Accepted, actor: Actor) -> list[Planned]:
    return [
        Put(key, value) for key, value in accepted.items() if value != view[key] or key in view.get("conflicts", ())
    ]


def _mark(view: View, accepted: Accepted, actor: Actor) -> list[Planned]:
    key = "drill" if accepted.get("drill") == "yes" else "status"
    said = {name: accepted.get(name) for name in ("how", "note", "call")}
    return [mark(key, accepted["word"], **said, at_ms=accepted.get("at"))]


def _out(view: View, accepted: Accepted, actor: Actor) -> list[Planned]:
    if not accepted["back"]:
        raise fields.BACK.bad("Say when they want to be back: 18:00, or in 2 hours.")
    who = accepted.get("who", "")
    same = next((each["id"] for each in view.get("outs", ()) if each["who"].casefold() == who.casefold()), None)
    said = {name: accepted[name] for name in ("who", "where") if accepted.get(name)}
    return [Put(f"out/{same or actor.new_id()}", entry("out", back=accepted["back"], **said))]


def _back(view: View, accepted: Accepted, actor: Actor) -> list[Planned]:
    trip = accepted.get("trip")
    found = [each["id"] for each in view["outs"] if trip in (None, "", each["id"], each["who"])]
    if not found:
        raise fields.TRIP.bad("Nobody of that name or id is out. Look at the entry for who is.")
    return [Put(f"out/{each}", "") for each in found]


def _buddy(view: View, accepted: Accepted, actor: Actor) -> list[Planned]:
    if accepted["household"] == view["id"]:
        raise fields.BUDDY.bad("A household cannot be its own buddy. Choose another one.")
    return [] if accepted["household"] in view["buddies"] else [Put(f"buddy/{accepted['household']}", "buddy")]


def _unbuddy(view: View, accepted: Accepted, actor: Actor) -> list[Planned]:
    return [Put(f"buddy/{accepted['household']}", "")] if accepted["household"] in view["buddies"] else []


def _on_roster(view: View, actor: Actor) -> str | None:
    return "This household is not on the roster any more. Put it back first." if view.get("kept") == "aside" else None


def _back_why_not(view: View, actor: Actor) -> str | None:
    return None if view.get("outs") else "Nobody of this household is noted as out."


def _buddy_why_not(view: View, actor: Actor) -> str | None:
    return None if view.get("buddies") else "This household has no buddies yet."


def _own_device(actor: Actor) -> str | None:
    return "Say so on a device of your own: at a shared screen anybody could say it in your name." if actor.by else None


def _agree_why_not(view: View, actor: Actor) -> str | None:
    return "You have agreed already." if _agrees(view, actor) else _own_device(actor)


def _withdraw_why_not(view: View, actor: Actor) -> str | None:
    return _own_device(actor) if _agrees(view, actor) else "You have not agreed, so there is nothing to take back."


def _restore_why_not(view: View, actor: Actor) -> str | None:
    return None if view.get("kept") == "aside" else "This household is on the roster."


ACTIONS = (
    Action(
        "roster.add",
        "Add a household",
        "Put a household on the emergency roster, with its signals in the order to try them.",
        {"title": "Rosa and Jon, number 7", "primary": "radio channel 3", "skills": "first aid"},
        KIND,
        _ADD_FORMS,
        _add,
        needs_record=False,
    ),
    Action("roster.edit", "Edit", "Change what an entry says.", {"alternate": "phone 555 0101"}, KIND, _FORMS, _edit),
    Action(
        "roster.mark",
        "Mark",
        "Say how a household is: safe, help, away or unknown; by yourself, as a buddy, or as a caller.",
        {"word": "safe", "how": "heard on radio"},
        KIND,
        (
            Argument(fields.WORD, True),
            *(Argument(each) for each in (fields.HOW, fields.NOTE, fields.HEARD, fields.CALL, fields.IN_DRILL)),
        ),
        _mark,
        why_not=_on_roster,
    ),
    Action(
        "roster.out",
        "Out, back by",
        "Note who goes out and when they want to be back; past that, every node shows it.",
        {"back": 1795888800000, "who": "Jon", "where": "creek path"},
        KIND,
        (Argument(fields.BACK, True), Argument(fields.WHO), Argument(fields.WHERE)),
        _out,
        why_not=_on_roster,
    ),
    Action(
        "roster.back",
        "Back again",
        "Note that they are back.",
        {"trip": "Jon"},
        KIND,
        (Argument(fields.TRIP),),
        _back,
        why_not=_back_why_not,
    ),
    Action(
        "roster.buddy",
        "Add a buddy",
        "Name a household that looks after this one.",
        {"household": "01" + "0" * 30},
        KIND,
        (Argument(fields.BUDDY, True),),
        _buddy,
    ),
    Action(
        "roster.unbuddy",
        "Remove a buddy",
        "That household looks after this one no more.",
        {"household": "01" + "0" * 30},
        KIND,
        (Argument(fields.BUDDY, True),),
        _unbuddy,
        why_not=_buddy_why_not,
    ),
    Action(
        "roster.agree",
        "I live here and agree",
        "Say that you live there and agree that this stands here for all members to read.",
        {},
        KIND,
        (),
        lambda view, accepted, actor: [_lives(actor, on=True)],
        why_not=_agree_why_not,
    ),
    Action(
        "roster.withdraw",
        "Agree no more",
        "Take your agreement back; once nobody who lives there agrees, only the name is shown.",
        {},
        KIND,
        (),
        lambda view, accepted, actor: [_lives(actor, on=False)],
        why_not=_withdraw_why_not,
    ),
    *SEALED_ACTIONS,
    Action(
        "roster.aside",
        "Take off the roster",
        "They have moved away, or want to be on it no more; it can be put back.",
        {},
        KIND,
        (),
        lambda view, accepted, actor: [Put("kept", "aside")],
        why_not=_on_roster,
    ),
    Action(
        "roster.restore",
        "Put back",
        "Put it back on the roster.",
        {},
        KIND,
        (),
        lambda view, accepted, actor: [Put("kept", "here")],
        why_not=_restore_why_not,
    ),
)
