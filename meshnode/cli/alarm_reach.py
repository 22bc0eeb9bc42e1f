"""`meshnode alarm reach`: on which nodes an alarm is proved to be, who has seen it, and who is going."""

from __future__ import annotations

import argparse

from crdt.boards.alarms import BOARD, is_active
from crdt.display import display_line
from meshnode.cli.asking import Attached, Snapshot, snapshot, with_node
from meshnode.cli.command import Answer, Call, Command, Json
from meshnode.cli.entries import find_entry, short_numbers
from meshnode.cli.layout import paragraph
from meshnode.wording import listed


def arguments(parser: argparse.ArgumentParser) -> None:
    """What `alarm reach` takes."""
    parser.add_argument(
        "entry", metavar="ALARM", nargs="*", help="its short number, or words of it; left out: every one"
    )


def run(call: Call) -> Answer:
    """Tell it of the alarm that is named, or of all that were not stood down."""

    async def work(node: Attached) -> Answer:
        known = await snapshot(node)
        alarms = known.of_kind("alarm")
        if call.options.entry:
            wanted = [find_entry(alarms, call.options.entry, BOARD.name)]
        else:
            wanted = [view for view in alarms if is_active(view)]
        reached = [(view, await node.ask("reach", record=view["id"])) for view in wanted]
        numbers = short_numbers(alarms)
        lines: list[str] = []
        for view, reach in reached:
            drill = "DRILL: " if view["drill"] else ""
            lines += ["", f"{numbers[view['id']]}  {drill}{display_line(str(view['title']))}"]
            lines += reach_lines(reach, known, call.terminal.width)
        value = {"alarms": [{"number": numbers[view["id"]]} | reach for view, reach in reached]}
        return Answer(value, lines[1:] or ["No alarm is on."])

    return with_node(call, work)


def reach_lines(reach: Json, known: Snapshot, width: int) -> list[str]:
    """How far it has come, in sentences that claim nothing unproved."""
    on = [display_line(str(node["name"])) for node in reach["on"]]
    if on:
        others = "another node" if len(on) == 1 else f"{len(on)} other nodes"
        sentences = [f"It is on this node and on {others}: {listed(on)}."]
    else:
        sentences = ["It is on this node only, as far as is proved."]
    unknown = [display_line(str(node["name"])) for node in reach["not_proved"]]
    if unknown:
        sentences.append(f"Not known yet of: {listed(unknown)}.")
    for key, words in (("seen", "Seen by"), ("going", "Going")):
        people = known.authors(reach[key])
        sentences.append(f"{words}: {people or 'nobody has said so yet'}.")
    return [paragraph(sentence, width, indent=2) for sentence in sentences]


COMMAND = Command(
    examples=("meshnode alarm reach", "meshnode alarm reach 3fa"),
    run=run,
    arguments=arguments,
    more="A node is named once it is proved to hold the alarm, a person once they said that they see it.",
)
