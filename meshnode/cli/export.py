"""`meshnode export`: a copy of everything on the board, in a folder: readable lines, and the signed changes."""

from __future__ import annotations

import argparse
from pathlib import Path

from meshnode.cli.asking import Attached, snapshot, with_node
from meshnode.cli.command import Answer, Call, Command, Json
from meshnode.cli.probe import answers
from meshnode.cli.signed_copy import SIGNED, write_signed
from meshnode.takeaway import READABLE, write_copy


def arguments(parser: argparse.ArgumentParser) -> None:
    """What `export` takes."""
    parser.add_argument("folder", metavar="FOLDER", type=Path, help="where to write; it is made if need be")


def run(call: Call) -> Answer:
    """Write both files."""
    value = export(call, call.options.folder)
    lines = [f"{value['records']} entries, for people and programs: {value['readable']}"]
    if value["signed"]:
        lines.append(f"{value['items']} signed changes and statements, as they travel: {value['signed']}")
    else:
        lines.append("The signed changes are left out while the node runs: `meshnode stop`, then export again.")
    return Answer(value, lines)


def export(call: Call, folder: Path) -> Json:
    """Write what a profile holds into a folder.

    Raises:
        StorageError: the folder or a file could not be written.
    """

    async def work(node: Attached) -> Json:
        known = await snapshot(node)
        names = {member: str(person["name"]) for member, person in known.members.items()}
        file, count = write_copy(folder, known.records, names)
        return {"readable": str(file), "records": count, "signed": None, "items": 0}

    value = with_node(call, work)
    if not answers(call.paths.socket):
        value |= {"signed": str(folder / SIGNED), "items": write_signed(call.paths, folder / SIGNED)}
    return value


COMMAND = Command(
    examples=("meshnode export ~/board-copy", "meshnode export /media/usb/maple-street --json"),
    run=run,
    arguments=arguments,
    more=f"{READABLE} holds every entry as one line of JSON, with members' names. {SIGNED} holds the signed changes\n"
    "and statements themselves. Everybody on the board is in it: keep it as carefully as the board. Sealed notes stay\n"
    "sealed in both: `meshnode note show` reads them.",
)
