"""What people can do with offers and requests.

Rules of this module:
1. Nobody is matched by a machine: whoever wrote the listing accepts an answer, or does not.
2. An answer, a thanks, a pledge are each person's own word.
3. A listing that has run out is hidden, never deleted; saying that it is still true brings it back.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from crdt.action import Accepted, Action, Actor, Argument, Planner, Reason
from crdt.boards import listing_fields as fields
from crdt.boards.listing_fields import LIFE_DAYS, REACH_KEY, USUAL_LIFE_DAYS, VERSION
from crdt.edits import Planned, Put, Seal, splices
from crdt.fields import entry
from crdt.identifiers import MemberId
from crdt.kinds import VERSION_KEY, View
from crdt.sealed import circle, people_of

KIND = "listing"
_FORMS = tuple(Argument(line) for line in fields.OPEN_LINES)
_ADD_FORMS = tuple(Argument(line, line in (fields.SIDE, fields.TITLE)) for line in fields.OPEN_LINES)


def until_of(what: str, today: str) -> str:
    """The day until which a listing of a kind stands when nothing else is said; "" for until it is withdrawn."""
    days = LIFE_DAYS.get(what, USUAL_LIFE_DAYS)
    return (date.fromisoformat(today) + timedelta(days)).isoformat() if days else ""


def is_mine(view: View, actor: Actor) -> bool:
    """Whether the actor wrote a listing: with a device of their own, or at the hub where it was written."""
    created = view["created"]
    return bool(created["member"] == actor.member.hex() or (actor.by and created.get("by") == actor.by))


def _own(group: str, actor: Actor) -> str:
    return f"{group}/{actor.member.hex()}"


def _add(view: View, accepted: Accepted, actor: Actor) -> list[Planned]:
    details = accepted.pop("details", "")
    if "until" not in accepted:
        accepted["until"] = until_of(str(accepted.get("what") or "thing"), actor.today)
    written = [Put(key, value) for key, value in accepted.items() if value != ""]
    return [Put(VERSION_KEY, VERSION), *written, *splices("details", "", details)]


def _edit(view: View, accepted: Accepted, actor: Actor) -> list[Planned]:
    edits: list[Planned] = []
    for key, value in accepted.items():
        if key == "details":
            edits += splices(key, view["details"], value)
        elif value != view[key] or key in view["conflicts"]:
            edits.append(Put(key, value))
    return edits


def _renew(view: View, accepted: Accepted, actor: Actor) -> list[Planned]:
    until = accepted.get("until") or until_of(view["what"], actor.today)
    return [] if until == view["until"] and "until" not in view["conflicts"] else [Put("until", until)]


def _respond(view: View, accepted: Accepted, actor: Actor) -> list[Planned]:
    if not accepted["text"].strip():
        raise fields.ANSWER.bad("Write what you want to say.")
    return [Put(_own("response", actor), entry("text", text=accepted["text"]))]


def _take_back(view: View, accepted: Accepted, actor: Actor) -> list[Planned]:
    return [Put(_own("response", actor), "")]


def _accept(view: View, accepted: Accepted, actor: Actor) -> list[Planned]:
    people = people_of(accepted.get("who", "")) or [
        MemberId(bytes.fromhex(answer["member"])) for answer in view["responses"]
    ]
    if not people:
        raise fields.WHO.bad("Nobody has answered yet. Name whom you have agreed with, or wait for an answer.")
    edits: list[Planned] = [Put(f"accept/{person.hex()}", entry("accept", on=True)) for person in people]
    reach = accepted.get("reach", "").strip()
    known = [MemberId(bytes.fromhex(member)) for member in view["sealed"].get("reach", {}).get("for", ())]
    if reach or known:
        edits.append(Seal(REACH_KEY, reach or None, circle(actor.member, [*known, *people])))
    return edits


def _given(view: View, accepted: Accepted, actor: Actor) -> list[Planned]:
    said = {"count": accepted.get("count", 1), "price": accepted.get("price", 0), "per": accepted.get("per", "")}
    noted = Put(f"{_own('given', actor)}/{actor.new_id()}", entry("given", day=actor.today, **said))
    return [Put("status", "given"), noted]


def _thank(view: View, accepted: Accepted, actor: Actor) -> list[Planned]:
    text = accepted.get("thanks") or "Thank you!"
    return [Put(f"{_own('thanks', actor)}/{actor.new_id()}", entry("thanks", text=text))]


def _pledge(view: View, accepted: Accepted, actor: Actor) -> list[Planned]:
    return [Put(_own("pledge", actor), entry("pledge", day=accepted.get("day", ""), done=False))]


def _passed_on(view: View, accepted: Accepted, actor: Actor) -> list[Planned]:
    return [Put(_own("pledge", actor), entry("pledge", day=_my_pledge(view, actor)["day"], done=True))]


def _my_pledge(view: View, actor: Actor) -> View:
    return next((each for each in view.get("pledges", ()) if each["member"] == actor.member.hex()), {})


def _status(word: str) -> list[Planned]:
    return [Put("status", word)]


def _mine_only(reasons: dict[str, str]) -> Reason:
    """Possible for whoever wrote it, unless it stands at one of these, each with its reason."""

    def why_not(view: View, actor: Actor) -> str | None:
        if not is_mine(view, actor):
            return "Whoever wrote this decides that. Answer it, or ask them."
        return None if "status" in view.get("conflicts", ()) else reasons.get(str(view.get("status")))

    return why_not


_WITHDRAWN = {"withdrawn": "This was withdrawn. Put it up again first."}
_OVER = _WITHDRAWN | {"given": "This was given already. Put it up again first if there is more."}


def _respond_why_not(view: View, actor: Actor) -> str | None:
    if is_mine(view, actor):
        return "This is your own. Others answer it."
    return _OVER.get(str(view.get("status")))


def _take_back_why_not(view: View, actor: Actor) -> str | None:
    mine = any(each["member"] == actor.member.hex() for each in view.get("responses", ()))
    return None if mine else "You have not answered this, so there is nothing to take back."


def _given_why_not(view: View, actor: Actor) -> str | None:
    return _WITHDRAWN.get(str(view.get("status")))


def _pledge_why_not(view: View, actor: Actor) -> str | None:
    if view.get("what") != "skill":
        return "Only a skill can be passed on so."
    return None if view.get("status") == "given" else "First say that it was taught: given."


def _passed_on_why_not(view: View, actor: Actor) -> str | None:
    pledge = _my_pledge(view, actor)
    if not pledge:
        return "You have not said that you would pass it on."
    return "You have passed it on already." if pledge["done"] else None


def _reopen_why_not(view: View, actor: Actor) -> str | None:
    return "This stands already." if view.get("status") == "open" else None


def _action(name: str, title: str, help: str, planner: Planner, **more: Any) -> Action:
    settings = {"example": {}, "arguments": (), **more}
    return Action(f"listing.{name}", title, help, record_kind=KIND, planner=planner, **settings)


ACTIONS = (
    _action(
        "add",
        "Offer or ask",
        "Say what you offer or what you need.",
        _add,
        example={"side": "request", "title": "A ladder of 3 m", "window": "Saturday"},
        arguments=_ADD_FORMS,
        needs_record=False,
    ),
    _action(
        "edit", "Edit", "Change what it says; also settles what two people wrote differently.", _edit,
        example={"window": "Sunday"}, arguments=_FORMS,
    ),
    _action(
        "renew", "Still true", "Say that it still stands, for another while.", _renew,
        example={"until": "in 2 weeks"}, arguments=(Argument(fields.UNTIL),), why_not=_mine_only(_OVER),
    ),
    _action(
        "respond", "Answer", "Say that you can help, or that you would like it.", _respond,
        example={"text": "I have one. Come by after six."}, arguments=(Argument(fields.ANSWER, True),),
        why_not=_respond_why_not,
    ),
    _action(
        "take_back", "Take my answer back", "Take your answer back, without a reason.", _take_back,
        why_not=_take_back_why_not,
    ),
    _action(
        "accept", "Accept", "Accept an answer; how to reach you can be sealed to whom you accept.", _accept,
        example={"who": "ab" * 32, "reach": "Ring twice at number 7"},
        arguments=(Argument(fields.WHO), Argument(fields.SEALED_REACH)), why_not=_mine_only(_OVER),
    ),
    _action(
        "given", "Given", "Say that it was given; what it costs elsewhere goes into sums of the whole group.", _given,
        example={"count": 3, "price": 2000, "per": "hour"},
        arguments=(Argument(fields.COUNT), Argument(fields.PRICE), Argument(fields.PER)), why_not=_given_why_not,
    ),
    _action(
        "thank", "Thank", "Say thank you; everyone can read it.", _thank,
        example={"thanks": "The gutter is mended!"}, arguments=(Argument(fields.THANKS),),
    ),
    _action(
        "withdraw", "Withdraw", "Take it off the board; no reason is asked.",
        lambda view, accepted, actor: _status("withdrawn"), why_not=_mine_only(_WITHDRAWN),
    ),
    _action(
        "reopen", "Put up again", "Put it up again as open.",
        lambda view, accepted, actor: [*_status("open"), *_renew(view, {}, actor)], why_not=_reopen_why_not,
    ),
    _action(
        "pledge", "Pass it on", "Say that you will teach one more neighbour what you learnt: an offer, not a debt.",
        _pledge, example={"day": "in 4 weeks"}, arguments=(Argument(fields.BY_DAY),), why_not=_pledge_why_not,
    ),
    _action(
        "passed_on", "Passed on", "Say that you have taught it to somebody else.", _passed_on,
        why_not=_passed_on_why_not,
    ),
)  # fmt: skip
