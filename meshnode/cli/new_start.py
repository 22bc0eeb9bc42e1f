"""A new start: founds another neighbourhood in a new profile, copies the board, and asks the chosen people along.

Rules of this module:
1. The command and the screen both begin one through here; whoever calls it has had its effect agreed to.
2. What would be refused is refused before anything is founded.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from crdt.display import display_line
from meshnode import wording
from meshnode.cli.asking import Snapshot, conversation, snapshot, with_node
from meshnode.cli.command import Call, Json
from meshnode.cli.deciding import names_of
from meshnode.cli.invite_address import lan_address
from meshnode.cli.new_profile import new_profile
from meshnode.cli.qr import SEPARATOR

COPIED_AT_A_TIME = 20
INVITE_DAYS = 30
"""As long as an invite can last: people look at their nodes now and then."""


@dataclass(frozen=True, slots=True)
class NewStart:
    """What somebody wants to begin, checked by the node."""

    name: str
    reason: str
    people: Sequence[Json]
    """Who is asked along, as the node's `members` shows them."""
    hear: frozenset[str]
    """Who of them hears of it through the old neighbourhood, by id."""
    known: Snapshot

    @property
    def old(self) -> str:
        """What the old neighbourhood is called."""
        return display_line(self.known.status["network"]["name"])

    def effect(self) -> list[str]:
        """What it does, in sentences."""
        told = [each for each in self.people if each["id"] in self.hear]
        apart = [each for each in self.people if each["id"] not in self.hear]
        sentences = [
            *((text, self.people) for text in wording.ANEW),
            *((f"{wording.ANEW_TOLD_TITLE}: {text}", told) for text in wording.ANEW_TOLD if told),
            *((text, apart) for text in (wording.ANEW_BY_HAND,) if apart),
            *((text, self.people) for text in wording.ANEW_UNTOLD),
        ]
        name = display_line(self.name)
        return [text.format(name=name, old=self.old, names=names_of(people)) for text, people in sentences]


@dataclass(frozen=True, slots=True)
class Begun:
    """What was begun."""

    call: Call
    """The call, meant for the new profile."""
    value: Json
    lines: list[str]

    def for_screen(self, start: NewStart) -> Json:
        """What the first screen of the new neighbourhood tells."""
        apart = [each for each in start.people if each["id"] not in start.hear]
        return {
            "name": start.name,
            "old": start.old,
            "profile": self.value["profile"],
            "copied": self.value["copied"],
            "told": [each["name"] for each in start.people if each["id"] in start.hear],
            "by_hand": [[each["name"], self.value["ways"][each["id"]]["short"]] for each in apart],
        }


def planned(call: Call, name: str, people: Sequence[Json], reason: str) -> NewStart:
    """Have the node check what is wanted.

    Raises:
        MeshnodeError: the node would refuse it; nothing was founded.
    """
    known = with_node(call, snapshot)
    with conversation(call) as talk:
        members = [each["id"] for each in people]
        checked = talk.ask("refound_check", name=name, reason=reason, members=members)
    return NewStart(checked["name"], reason.strip(), people, frozenset(checked["hear"]), known)


def begin(call: Call, start: NewStart, *, me: str | None = None, profile_name: str | None = None) -> Begun:
    """Found it, copy the board, ask people along.

    Args:
        call: of the old profile.
        start: what is wanted.
        me: what the neighbours call this person there; by default as here.
        profile_name: of the new profile; by default it follows from the neighbourhood's name.
    """
    fresh = new_profile(call, start.name, profile_name)
    value = _found(fresh, start, me or str(start.known.status["me"]["name"]))
    with conversation(call) as talk:
        tokens = {member: way["sealed"] for member, way in value["ways"].items()}
        request = {"network": value["network"], "name": start.name, "reason": start.reason, "tokens": tokens}
        asked = talk.ask("refound", **request)
        started = talk.node.started
    return Begun(fresh, value | asked, _after(fresh, start, value, old_runs=not started))


def _found(fresh: Call, start: NewStart, me: str) -> Json:
    """Found the new neighbourhood, copy the board, make an invite for each."""
    names = {member: str(person["name"]) for member, person in start.known.members.items()}
    with conversation(fresh) as talk:
        status = talk.ask("found", network=start.name, name=me)
        copied = 0
        for tasks in _portions([task for task in start.known.of_kind("task") if not task.get("series")]):
            source = str(start.known.status["network"]["name"])
            copied += talk.ask("copy_in", tasks=tasks, names=names, source=source)["copied"]
        ways = {}
        for person in start.people:
            invite = talk.ask("invite", uses=1, days=INVITE_DAYS)
            address = lan_address(invite) or next(iter(invite["address"]), None)
            sealed = f"{invite['token']}{SEPARATOR}{address}" if address else str(invite["token"])
            ways[person["id"]] = {"sealed": sealed, "short": invite["short"], "token": invite["token"]}
        return {
            "network": status["network"]["id"],
            "profile": fresh.paths.profile,
            "copied": copied,
            "ways": ways,
        }


def _portions(tasks: Sequence[Json]) -> Iterator[Sequence[Json]]:
    for first in range(0, len(tasks), COPIED_AT_A_TIME):
        yield tasks[first : first + COPIED_AT_A_TIME]


def _after(fresh: Call, start: NewStart, value: Json, *, old_runs: bool) -> list[str]:
    name = display_line(start.name)
    entries = "1 task" if value["copied"] == 1 else f"{value['copied']} tasks"
    lines = [f"{name} is there, with {entries} copied."]
    told = [each for each in start.people if each["id"] in start.hear]
    if told:
        lines += [
            f"Asked along: {names_of(told)}. A word about it goes to their nodes in {start.old}, and",
            "`meshnode refound --accept`, or c on their members' place, brings them in.",
        ]
        if not old_runs:
            lines.append("They hear of it when a node of yours meets theirs: keep one running there, too.")
    lines.append(f"Keep its node running, so that somebody answers: meshnode --profile {fresh.paths.profile} run")
    apart = [each for each in start.people if each["id"] not in start.hear]
    if apart:
        lines.append(wording.ANEW_BY_HAND.format(old=start.old, names=names_of(apart)))
    lines += ["", "By hand, each code for one person:"]
    lines += [f"  {display_line(each['name'])}: {value['ways'][each['id']]['short']}" for each in start.people]
    return lines
