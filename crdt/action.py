"""What an action is: something people can do with a record, declared once for CLI, palette, forms, help and completion.

Rules of this module:
1. An action is pure: from a view, arguments and the actor it plans edits. It writes nothing and reads no clock.
2. `possible` and `plan` agree: where `possible` gives a reason why not, `plan` raises it as NotPossibleNow.
3. Every sentence here is for a person: what is wrong, and what to do instead.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from crdt.edits import Planned
from crdt.errors import BadValue, NotPossibleNow
from crdt.fields import Field
from crdt.identifiers import DeviceId, MemberId
from crdt.kinds import View

Arguments = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, and what the pure rooms may not find out themselves."""

    member: MemberId
    """Whose own keys are written: the person, or at a hub whoever stands there (`acting.person_of`)."""
    device: DeviceId
    today: str
    """The civil day in the network's zone, "YYYY-MM-DD"."""
    new_id: Callable[[], str]
    """A short random id for a new entry, [0-9a-z]."""
    by: str = ""
    """At a hub, what its change says about who acted; "" on a person's own device."""


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of an action."""

    field: Field
    """How it is checked; its key is the argument's name."""
    required: bool = False

    @property
    def name(self) -> str:
        """What it is called in calls and forms."""
        return self.field.key

    @property
    def title(self) -> str:
        """What it is called on screen."""
        return self.field.title

    @property
    def kind(self) -> str:
        """The kind of field: line, prose, choice, number, day, member, people, entry, link."""
        return type(self.field).__name__.lower()

    @property
    def help(self) -> str:
        """One line for a person."""
        return self.field.help


Accepted = dict[str, Any]
Planner = Callable[[View, Accepted, Actor], Sequence[Planned]]
Reason = Callable[[View, Actor], str | None]


def _always(view: View, actor: Actor) -> str | None:
    return None


@dataclass(frozen=True, slots=True)
class Action:
    """Something a person can do."""

    name: str
    """`board.verb`, used by the CLI, the API and key bindings."""
    title: str
    help: str
    example: Mapping[str, Any]
    record_kind: str
    """The name of the kind of record it is for."""
    arguments: Sequence[Argument]
    planner: Planner
    needs_record: bool = True
    """False: it makes a new record (or writes one whose id is derived)."""
    why_not: Reason = _always

    def possible(self, view: View, actor: Actor) -> str | None:
        """None, or the reason why this cannot be done now."""
        # A newer version's record of a known kind stays open to what this version can say: keys merge one by one.
        if view.get("kind") == "unknown":
            return "This was written by a newer version of meshnode. Update this one first."
        return self.why_not(view, actor)

    def accept(self, arguments: Arguments, today: str) -> Accepted:
        """Check arguments; those left out are left out of the answer.

        Raises:
            BadValue: one is unknown, missing or not accepted.
        """
        known = {argument.name: argument for argument in self.arguments}
        for name in arguments:
            if name not in known:
                raise BadValue(name, f"{self.title} has no {name}. It takes: {', '.join(known) or 'nothing'}.")
        accepted: Accepted = {}
        for name, argument in known.items():
            if arguments.get(name) is not None:
                accepted[name] = argument.field.accept(arguments[name], today)
            elif argument.required:
                raise BadValue(name, f"{self.title} needs a {argument.title.lower()}.")
        return accepted

    def plan(self, view: View, arguments: Arguments, actor: Actor) -> list[Planned]:
        """The edits that do it. `view` is {} for a new record.

        Raises:
            BadValue: an argument is not accepted.
            NotPossibleNow: the record's state forbids it, or nothing would change.
        """
        accepted = self.accept(arguments, actor.today)
        reason = self.possible(view, actor)
        if reason is not None:
            raise NotPossibleNow(reason)
        edits = list(self.planner(view, accepted, actor))
        if not edits:
            raise NotPossibleNow("That changes nothing.")
        return edits
