"""What people can do with the sealed parts of a household's entry: its address, medical needs, and who has the key.

Rules of this module:
1. Only whoever made the entry seals something in it, and can always read it.
2. Each part has a circle of its own: who has the key need not know of an illness.
"""

from __future__ import annotations

from crdt.action import Accepted, Action, Actor, Argument
from crdt.boards import household_fields as fields
from crdt.edits import Planned, Seal
from crdt.identifiers import MemberId
from crdt.kinds import View
from crdt.sealed import GROUP, LONGEST_TEXT_BYTES, MOST_PEOPLE, circle, people_of


def _readers(view: View, which: str) -> list[MemberId]:
    sealed = (view.get("sealed") or {}).get(which) or {}
    return [MemberId(bytes.fromhex(member)) for member in sealed.get("for", ())]


def _sealed(actor: Actor, which: str, text: str | None, people: list[MemberId]) -> Seal:
    named = circle(actor.member, people)
    if len(named) > MOST_PEOPLE:
        raise fields.SEALED_FOR.bad(f"Choose at most {MOST_PEOPLE} people.")
    return Seal(f"{GROUP}/{which}", text, named)


def _seal(view: View, accepted: Accepted, actor: Actor) -> list[Planned]:
    which, text = accepted["which"], accepted["text"]
    if not text.strip():
        raise fields.SEALED_TEXT.bad("Write what only they shall read.")
    if len(text.encode()) > LONGEST_TEXT_BYTES:
        raise fields.SEALED_TEXT.bad(f"Keep the sealed text within {LONGEST_TEXT_BYTES:,} bytes.")
    people = people_of(accepted["to"]) if "to" in accepted else _readers(view, which)
    return [_sealed(actor, which, text, people)]


def _share(view: View, accepted: Accepted, actor: Actor) -> list[Planned]:
    which = accepted["which"]
    if which not in view.get("sealed", {}) or view["sealed"][which]["newer"]:
        raise fields.SEALED_WHICH.bad("Nothing is sealed there that this version can read. Seal it first.")
    before, out = set(_readers(view, which)), set(people_of(accepted.get("without", "")))
    if actor.member in out:
        raise fields.SEALED_WITHOUT.bad("Whoever sealed it can always read it. To be rid of it, forget the entry.")
    after = (before | set(people_of(accepted.get("with", "")))) - out
    return [_sealed(actor, which, None, sorted(after))] if after != before else []


def _why_not(view: View, actor: Actor) -> str | None:
    if actor.by or view.get("created", {}).get("member") != actor.member.hex():
        return "Only whoever made this entry can seal something in it, on a device of their own. Ask them."
    return None


SEALED_ACTIONS = (
    Action(
        "roster.seal",
        "Seal a detail",
        "Write the address, medical needs or who has the key so that only the people you name can read it.",
        {"which": "key", "text": "Under the blue pot", "to": "ab" * 32},
        "household",
        (Argument(fields.SEALED_WHICH, True), Argument(fields.SEALED_TEXT, True), Argument(fields.SEALED_FOR)),
        _seal,
        why_not=_why_not,
    ),
    Action(
        "roster.share",
        "Share a sealed detail",
        "Choose who else can read it, or who gets no later text; whoever has read it can remember it.",
        {"which": "key", "with": "ab" * 32},
        "household",
        (Argument(fields.SEALED_WHICH, True), Argument(fields.SEALED_WITH), Argument(fields.SEALED_WITHOUT)),
        _share,
        why_not=_why_not,
    ),
)
