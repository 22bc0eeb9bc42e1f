"""`meshnode roster show` and `meshnode roster unseal`: one household whole, and what is sealed in its entry."""

from __future__ import annotations

import argparse

from crdt.boards.household_fields import SEALED_FIELDS
from crdt.boards.households import BOARD, is_review_due
from crdt.display import display_line
from meshnode.cli.asking import Attached, Snapshot, snapshot, with_node
from meshnode.cli.board_lines import BoardLines, conflict_lines
from meshnode.cli.command import Answer, Call, Command, Json
from meshnode.cli.entries import find_entry, short_numbers
from meshnode.cli.layout import prose
from meshnode.cli.moments import claimed
from meshnode.cli.roster_lines import RosterLines

CONSENT = {
    "open": "Nobody who lives there has agreed yet: `meshnode roster agree` does, on their own device.",
    "withdrawn": "Who lives there does not agree that more stands here than the name.",
}


def arguments(parser: argparse.ArgumentParser) -> None:
    """What `roster show` takes."""
    parser.add_argument("entry", metavar="ROSTER", nargs="+", help="its short number, or words of its title")


def run(call: Call) -> Answer:
    """The entry, how the household is, who is out, and its buddies."""

    async def work(node: Attached) -> Answer:
        known = await snapshot(node)
        views = known.of_kind("household")
        view = find_entry(views, call.options.entry, BOARD.name)
        conflicts: list[Json] = (await node.ask("conflicts", record=view["id"]))["conflicts"]
        number = short_numbers(views)[view["id"]]
        lines = [
            *BoardLines(BOARD, known, call.terminal.width, known.now()).entry(view | {"marks": []}, number),
            *_more(view, views, known, call.terminal.width),
            *conflict_lines(BOARD.name, conflicts, number, known, known.now()),
        ]
        return Answer({"number": number, "view": view, "disputed": conflicts}, lines)

    return with_node(call, work)


def _more(view: Json, views: list[Json], known: Snapshot, width: int) -> list[str]:
    printed = RosterLines(known, width)
    titles = {str(each["id"]): display_line(str(each["title"])) for each in views}
    buddies = sorted((titles.get(record, "a household unknown here") for record in view["buddies"]), key=str.casefold)
    lines = ["", *[f"  {printed.mark(each)}" for each in view["marks"]]] if view["marks"] else []
    if view["contradicted"]:
        lines.append("  These contradict each other. A new mark settles it: `meshnode roster mark`.")
    if view["drill_marks"]:
        lines += ["", *[f"  In the drill: {printed.mark(each)}" for each in view["drill_marks"]]]
    late = printed.late([view])
    lines += ["", *late] if late else []
    lines += ["", *[f"  Out: {printed.out(trip)}" for trip in view["outs"]]] if view["outs"] else []
    lines += ["", f"  Buddies: {', '.join(buddies)}"] if buddies else []
    lines += ["", f"  {CONSENT[view['consent']]}"] if view["consent"] in CONSENT else []
    if is_review_due(view, known.now().date().isoformat()):
        lines += ["", "  It is time to look whether this still holds: `meshnode roster edit`, with a new --review day."]
    return lines


def unseal_arguments(parser: argparse.ArgumentParser) -> None:
    """What `roster unseal` takes."""
    parser.add_argument("entry", metavar="ROSTER", nargs=1, help="its short number, or words of its title in quotes")
    parser.add_argument("which", choices=SEALED_FIELDS, help="what to open")


def unseal(call: Call) -> Answer:
    """Open what is sealed for the person here."""

    async def work(node: Attached) -> Answer:
        known = await snapshot(node)
        view = find_entry(known.of_kind("household"), call.options.entry, BOARD.name)
        opened = await node.ask("open_sealed", record=view["id"], field=call.options.which)
        lines: list[str] = []
        for value in opened["values"]:
            lines.append(f"{known.author(value)}, {claimed(value['at_ms'], known.now())}:")
            lines += prose(value["text"], call.terminal.width) if value["text"] is not None else [value["why_not"]]
        return Answer(opened, lines)

    return with_node(call, work)


COMMAND = Command(
    examples=("meshnode roster show 3fa", "meshnode roster show number 7"),
    run=run,
    arguments=arguments,
)
UNSEAL = Command(
    examples=("meshnode roster unseal 3fa key", 'meshnode roster unseal "number 7" medical'),
    run=unseal,
    arguments=unseal_arguments,
    more="Only on your own device, and only what was sealed for you.",
)
