"""`meshnode settings`: what the neighbourhood is called, its time zone and its language."""

from __future__ import annotations

from meshnode.cli.asking import Attached, snapshot, with_node
from meshnode.cli.command import Answer, Call, Command
from meshnode.cli.layout import columns


def run(call: Call) -> Answer:
    """Print the neighbourhood's settings."""

    async def work(node: Attached) -> Answer:
        known = await snapshot(node)
        written = next(iter(known.of_kind("settings")), {})
        shown = {
            "name": written.get("name") or known.status["network"]["name"],
            "zone": written.get("zone") or "UTC",
            "language": written.get("language") or "en",
        }
        rows = [("Name", shown["name"]), ("Time zone", shown["zone"]), ("Language", shown["language"])]
        after = ["", "They are the neighbourhood's: a change is everybody's. Change them: `meshnode settings edit`."]
        return Answer(shown, [*columns(rows, call.terminal.width, indent=0), *after])

    return with_node(call, work)


COMMAND = Command(
    examples=("meshnode settings", "meshnode settings edit --zone Europe/Berlin"),
    run=run,
    more="The settings of this machine alone are in a file: see `meshnode where`.",
)
