"""What people can do with tasks.

Rules of this module:
1. Work is offered and claimed, never assigned: an action writes only its actor's own claim.
2. Anyone may start, finish, set aside or reopen: everything can be undone, and every change has an author.
3. A field that is disputed is written even if the value stays: that settles it.
"""

from __future__ import annotations

from crdt.action import Accepted, Action, Actor, Argument, Reason
from crdt.boards.task_fields import DETAILS, DUE, PEOPLE, PLACE, STATUS, TITLE, VERSION, WINDOW, WORK
from crdt.edits import Edit, Put, splices
from crdt.fields import Line, Prose, Reference, entry
from crdt.kinds import VERSION_KEY, View

_COMMENT = Prose("text", "Comment", "What you want to say.", longest=4000)
_THANKS = Line("thanks", "Thanks", "A word of thanks to everyone who helped.", longest=500)
_ITEM_TEXT = Line("text", "Checklist line", "One step of the task.", longest=200, required=True)
_ITEM = Line("item", "Checklist line", "The line's short id, as `meshnode task show` lists it.", required=True)
_RECORD = Reference("record", "Entry", "The entry to link to.")
_RELATION = Line("relation", "Relation", "How they belong together, for example: part of, needs, follows.", longest=60)


def _mine(view: View, actor: Actor) -> bool:
    return any(claim["member"] == actor.member.hex() for claim in view.get("claims", ()))


def _status(view: View) -> str:
    status: str = view.get("status", "open")
    return status


def _own(group: str, actor: Actor) -> str:
    return f"{group}/{actor.member.hex()}"


def _claimed(actor: Actor) -> Put:
    return Put(_own("claim", actor), entry("claim", on=True))


def _add(view: View, accepted: Accepted, actor: Actor) -> list[Edit]:
    details = accepted.pop("details", "")
    return [
        Put(VERSION_KEY, VERSION),
        *(Put(key, value) for key, value in accepted.items() if value != ""),
        *splices("details", "", details),
    ]


def _edit(view: View, accepted: Accepted, actor: Actor) -> list[Edit]:
    edits: list[Edit] = []
    for key, value in accepted.items():
        if key == "details":
            edits += splices(key, view["details"], value)
        elif value != _stored(view, key) or key in view["conflicts"]:
            edits.append(Put(key, value))
    return edits


def _stored(view: View, key: str) -> object:
    return "open" if key == "status" and view[key] == "claimed" else view[key]


def _claim(view: View, accepted: Accepted, actor: Actor) -> list[Edit]:
    return [_claimed(actor)]


def _pass(view: View, accepted: Accepted, actor: Actor) -> list[Edit]:
    edits: list[Edit] = [Put(_own("claim", actor), "")]
    if _status(view) == "doing" and len(view["claims"]) == 1:
        edits.append(Put("status", "open"))
    return edits


def _start(view: View, accepted: Accepted, actor: Actor) -> list[Edit]:
    edits: list[Edit] = [Put("status", "doing")]
    return edits if _mine(view, actor) else [*edits, _claimed(actor)]


def _done(view: View, accepted: Accepted, actor: Actor) -> list[Edit]:
    edits: list[Edit] = [Put("status", "done")]
    thanks = accepted.get("thanks")
    if thanks:
        edits.append(Put(f"{_own('thanks', actor)}/{actor.new_id()}", entry("thanks", text=thanks)))
    return edits


def _aside(view: View, accepted: Accepted, actor: Actor) -> list[Edit]:
    return [Put("status", "aside")]


def _reopen(view: View, accepted: Accepted, actor: Actor) -> list[Edit]:
    return [Put("status", "open")]


def _comment(view: View, accepted: Accepted, actor: Actor) -> list[Edit]:
    if not accepted["text"].strip():
        raise _COMMENT.bad("Write what you want to say.")
    return [Put(f"{_own('comment', actor)}/{actor.new_id()}", entry("text", text=accepted["text"]))]


def _check_add(view: View, accepted: Accepted, actor: Actor) -> list[Edit]:
    return [Put(f"{_own('check', actor)}/{actor.new_id()}", entry("text", text=accepted["text"]))]


def _check(view: View, accepted: Accepted, actor: Actor) -> list[Edit]:
    for item in view["checklist"]:
        if item["id"] == accepted["item"]:
            return [Put(f"tick/{item['id']}", entry("item", done=not item["done"]))]
    raise _ITEM.bad("There is no such line in the checklist. Look at the task again for its lines.")


def _link(view: View, accepted: Accepted, actor: Actor) -> list[Edit]:
    if accepted["record"] == view["id"]:
        raise _RECORD.bad("An entry cannot be linked to itself. Choose another one.")
    return [Put(f"link/{accepted['record']}", accepted.get("relation") or "see also")]


def _unless(reasons: dict[str, str]) -> Reason:
    """Possible unless the task stands at one of these, each with its reason; a disputed status forbids nothing."""

    def why_not(view: View, actor: Actor) -> str | None:
        return None if "status" in view.get("conflicts", ()) else reasons.get(_status(view))

    return why_not


_FINISHED = {
    "done": "This task is done already. Reopen it first if there is more to do.",
    "aside": "This task is set aside. Reopen it first.",
}


def _claim_why_not(view: View, actor: Actor) -> str | None:
    return "You have claimed this task already." if _mine(view, actor) else _unless(_FINISHED)(view, actor)


def _pass_why_not(view: View, actor: Actor) -> str | None:
    return None if _mine(view, actor) else "You have not claimed this task, so there is nothing to pass on."


def _check_why_not(view: View, actor: Actor) -> str | None:
    return None if view.get("checklist") else "This task has no checklist yet. Add a line first."


ACTIONS = (
    Action(
        "task.add",
        "Add a task",
        "Put something that needs doing on the board.",
        {"title": "Fix the garden gate", "due": "sat", "place": "Elm Street 7"},
        "task",
        (Argument(TITLE, True), *map(Argument, (DETAILS, PLACE, DUE, WINDOW, WORK, PEOPLE))),
        _add,
        needs_record=False,
    ),
    Action(
        "task.edit",
        "Edit",
        "Change what a task says; also settles a field that two people wrote differently.",
        {"due": "2026-11-27"},
        "task",
        tuple(Argument(field) for field in (TITLE, DETAILS, PLACE, DUE, WINDOW, WORK, PEOPLE, STATUS)),
        _edit,
    ),
    Action(
        "task.claim",
        "Claim",
        "Say that you will do it, alone or with others.",
        {},
        "task",
        (),
        _claim,
        why_not=_claim_why_not,
    ),
    Action(
        "task.pass",
        "Pass on",
        "Give your claim back, without a reason; the task is open to others.",
        {},
        "task",
        (),
        _pass,
        why_not=_pass_why_not,
    ),
    Action(
        "task.start",
        "Start",
        "Say that work has begun; claims it for you, too.",
        {},
        "task",
        (),
        _start,
        why_not=_unless({**_FINISHED, "doing": "Work on this task has started already."}),
    ),
    Action(
        "task.done",
        "Done",
        "Say that it is done, with a word of thanks if you like.",
        {"thanks": "Thank you, everyone!"},
        "task",
        (Argument(_THANKS),),
        _done,
        why_not=_unless({"done": "This task is done already.", "aside": _FINISHED["aside"]}),
    ),
    Action(
        "task.aside",
        "Set aside",
        "Take it off the board without doing it; it can be reopened.",
        {},
        "task",
        (),
        _aside,
        why_not=_unless({"aside": "This task is set aside already."}),
    ),
    Action(
        "task.reopen",
        "Reopen",
        "Put it back on the board as open.",
        {},
        "task",
        (),
        _reopen,
        why_not=_unless(dict.fromkeys(("open", "claimed"), "This task is open already.")),
    ),
    Action(
        "task.comment",
        "Comment",
        "Say something about it; everyone can read it.",
        {"text": "I can bring the drill."},
        "task",
        (Argument(_COMMENT, True),),
        _comment,
    ),
    Action(
        "task.check_add",
        "Add a checklist line",
        "Add one step to the task's checklist.",
        {"text": "Buy hinges"},
        "task",
        (Argument(_ITEM_TEXT, True),),
        _check_add,
    ),
    Action(
        "task.check",
        "Tick",
        "Tick a checklist line, or take the tick away again.",
        {"item": "k3f9"},
        "task",
        (Argument(_ITEM, True),),
        _check,
        why_not=_check_why_not,
    ),
    Action(
        "task.link",
        "Link",
        "Link it to another entry.",
        {"record": "20" + "0" * 30, "relation": "needs"},
        "task",
        (Argument(_RECORD, True), Argument(_RELATION)),
        _link,
    ),
)
