"""`meshnode drill` and `meshnode drill report`: rehearse a blackout, and see how far it came.

Rules of this module:
1. Everything that a drill makes carries the drill flag; nothing in it touches how anybody really is.
"""

from __future__ import annotations

import argparse

from crdt.boards.alarms import is_active
from crdt.display import display_line
from meshnode.cli.acting import add_as, who_acts
from meshnode.cli.alarm_reach import reach_lines
from meshnode.cli.asking import Attached, Snapshot, snapshot, with_node
from meshnode.cli.command import Answer, Call, Command, Json
from meshnode.cli.entries import short_numbers
from meshnode.cli.layout import paragraph
from meshnode.cli.rollcall_lines import row_value, tally_lines, tally_of
from meshnode.errors import NotPossible, UnknownRecord

WHY = "Blackout drill"


def arguments(parser: argparse.ArgumentParser) -> None:
    """What `drill` takes."""
    parser.add_argument("--why", default=WHY, metavar="TEXT", help="what is rehearsed")
    add_as(parser)


def run(call: Call) -> Answer:
    """Raise the drill's alarm and open its roll call."""
    options = call.options

    async def work(node: Attached) -> Answer:
        known = await snapshot(node)
        alarms, calls = _running(known)
        if alarms or calls:
            raise NotPossible("A drill is on already.", next_step="`meshnode drill report` shows how far it came.")
        given, acting = {"title": options.why, "drill": "yes"}, who_acts(options)
        alarm = await node.ask("act", action="alarm.raise", arguments=given | {"what": "other"}, **acting)
        rollcall = await node.ask("act", action="rollcall.open", arguments=given, **acting)
        lines = [
            f"DRILL: {display_line(options.why)}. Every screen of the neighbourhood shows it as a drill.",
            "Households answer: meshnode rollcall mark HOUSEHOLD safe",
            "How far it came: meshnode drill report",
            "The end: meshnode alarm stand-down, then meshnode rollcall close",
        ]
        return Answer({"alarm": alarm["view"], "rollcall": rollcall["view"]}, lines)

    return with_node(call, work)


def report(call: Call) -> Answer:
    """Reach of the drill's alarm, and who answered."""

    async def work(node: Attached) -> Answer:
        known = await snapshot(node)
        alarm, rollcall = (_latest(known, kind) for kind in ("alarm", "rollcall"))
        if alarm is None and rollcall is None:
            raise UnknownRecord("There was no drill yet.", next_step="`meshnode drill` begins one.")
        lines: list[str] = []
        value: Json = {"reach": None, "rollcall": None}
        if alarm is not None:
            value["reach"] = await node.ask("reach", record=alarm["id"])
            lines += [f"DRILL: {display_line(str(alarm['title']))}"]
            lines += reach_lines(value["reach"], known, call.terminal.width)
        if rollcall is not None:
            found = tally_of(rollcall, known)
            value["rollcall"] = {"call": rollcall["id"], "rows": [row_value(row) for row in found.rows]}
            numbers = short_numbers(known.of_kind("household"))
            lines += ["", *tally_lines(found, known, numbers, call.terminal.width)]
        lines += ["", paragraph("What did not work today is what to mend: nobody is to blame.", call.terminal.width)]
        return Answer(value, lines)

    return with_node(call, work)


def _running(known: Snapshot) -> tuple[list[Json], list[Json]]:
    alarms = [view for view in known.of_kind("alarm") if view["drill"] and is_active(view)]
    return alarms, [view for view in known.of_kind("rollcall") if view["drill"] and view["state"] == "open"]


def _latest(known: Snapshot, kind: str) -> Json | None:
    """The drill's record that is on, or else the one begun last."""
    drills = [view for view in known.of_kind(kind) if view["drill"]]
    return max(drills, key=lambda view: (view["state"] in ("on", "open"), view["created"]["at_ms"]), default=None)


COMMAND = Command(
    examples=("meshnode drill", 'meshnode drill --why "Storm drill"'),
    run=run,
    arguments=arguments,
    more="It raises an alarm and opens a roll call, both marked as a drill. The real status of nobody changes.",
)
REPORT = Command(
    examples=("meshnode drill report", "meshnode drill report --json"),
    run=report,
)
