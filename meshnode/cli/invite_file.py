"""`meshnode invite --file FOLDER`: an invite as a file, for somebody whose machine meets ours only by a stick."""

from __future__ import annotations

from crdt.display import display_line
from meshnode.cli.asking import Attached, with_node
from meshnode.cli.command import Answer, Call
from meshnode.cli.moments import moment, now
from meshnode.sticks.errands import write_invite
from meshnode.sticks.folders import typed_folder


def run_file(call: Call) -> Answer:
    """Make an invite and write it into a folder."""

    async def work(node: Attached) -> Answer:
        folder = typed_folder(call.options.file)
        written = await write_invite(node.ask, folder, uses=call.options.uses, days=call.options.days)
        return Answer(
            {
                "id": written.id,
                "file": str(written.path),
                "expires_ms": written.expires_ms,
                "uses": written.uses,
            },
            [
                f"The invite is in {display_line(str(written.path))}.",
                "On the new machine: `meshnode join --file FOLDER`, which writes a reply beside it.",
                "Bring the reply to any machine of this neighbourhood: `meshnode letin FOLDER`.",
                f"Good until {moment(written.expires_ms, now())}, by the clock of the machine that reads the reply.",
                "Whoever has this file can come in: give it only to whom you mean.",
            ],
        )

    return with_node(call, work)
