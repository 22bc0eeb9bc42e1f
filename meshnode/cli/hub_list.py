"""`meshnode hub list`: the hubs of the neighbourhood, and who answers for them."""

from __future__ import annotations

from crdt.display import display_line
from meshnode.cli.asking import Attached, with_node
from meshnode.cli.command import Answer, Call, Command
from meshnode.cli.device_names import state_of
from meshnode.cli.layout import columns


def run(call: Call) -> Answer:
    """Name, words, state and stewards of each."""

    async def work(node: Attached) -> Answer:
        hubs = [each for each in (await node.ask("devices"))["devices"] if each["kind"] == "hub"]
        rows = [
            (
                hub["name"],
                hub["words"],
                state_of(hub),
                "stewards: " + ", ".join(each["name"] for each in hub["stewards"]),
            )
            for hub in hubs
        ]
        lines = columns([tuple(map(display_line, row)) for row in rows], call.terminal.width, indent=0, flexible=3)
        none = ["There is no hub yet. A hub is a machine that is always on; it belongs to everybody."]
        return Answer({"hubs": hubs}, [*(lines or none), "", "To add one: `meshnode hub add`."])

    return with_node(call, work)


COMMAND = Command(examples=("meshnode hub list", "meshnode hub list --json"), run=run)
