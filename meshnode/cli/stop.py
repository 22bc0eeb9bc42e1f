"""`meshnode stop`: end the node of this profile."""

from __future__ import annotations

import time

from meshnode.cli.asking import Attached, with_node
from meshnode.cli.command import Answer, Call, Command
from meshnode.cli.probe import answers
from meshnode.errors import NodeAway

STOP_SECONDS = 15.0
LOOK_SECONDS = 0.02


def run(call: Call) -> Answer:
    """Ask the node to stop, and wait until it is gone."""

    async def work(node: Attached) -> None:
        await node.ask("stop")

    with_node(call, work, start=False)
    deadline = time.monotonic() + STOP_SECONDS
    while answers(call.paths.socket):
        if time.monotonic() > deadline:
            raise NodeAway("The node was asked to stop, but still answers.", next_step=f"See its log: {call.paths.log}")
        time.sleep(LOOK_SECONDS)
    return Answer({"stopped": True}, ["The node has stopped. Everything written is on the disk."])


COMMAND = Command(examples=("meshnode stop", "meshnode --profile allotment stop"), run=run)
