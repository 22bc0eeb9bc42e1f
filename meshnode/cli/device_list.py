"""`meshnode device list`: your devices."""

from __future__ import annotations

from meshnode.cli.asking import Attached, with_node
from meshnode.cli.command import Answer, Call, Command
from meshnode.cli.device_names import state_of
from meshnode.cli.layout import columns


def run(call: Call) -> Answer:
    """Name, words and state of each."""

    async def work(node: Attached) -> Answer:
        answer = await node.ask("devices")
        mine = [each for each in answer["devices"] if each["kind"] == "personal"]
        rows = [(each["name"] or "-", each["words"], state_of(each)) for each in mine]
        if not any(each["here"] for each in mine):
            return Answer({"devices": mine, "main": False}, ["This is a hub, nobody's own. See `meshnode hub list`."])
        after = "Your member key is on this device." if answer["main"] else "Your member key is not on this device."
        lines = [*columns(rows, call.terminal.width, indent=0), "", after]
        lines += ["Another one: `meshnode device add`. One that is gone: `meshnode device drop NAME --lost`."]
        return Answer({"devices": mine, "main": answer["main"]}, lines)

    return with_node(call, work)


COMMAND = Command(examples=("meshnode device list", "meshnode device list --json"), run=run)
