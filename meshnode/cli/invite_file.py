"""`meshnode invite --file FOLDER`: an invite as a file, for somebody whose machine meets ours only by a stick."""

from __future__ import annotations

from pathlib import Path

from crdt.display import display_line
from meshnode.cli.asking import Attached, with_node
from meshnode.cli.command import Answer, Call
from meshnode.cli.moments import moment, now
from meshnode.foreign_file import write_foreign
from meshnode.membership.join_files import INVITE_SUFFIX, InviteFile


def run_file(call: Call) -> Answer:
    """Make an invite and write it into a folder."""

    async def work(node: Attached) -> Answer:
        status = await node.ask("status")
        invite = await node.ask("invite", uses=call.options.uses, days=call.options.days)
        network = display_line(status["network"]["name"])
        file = InviteFile(network, display_line(status["me"]["name"]), invite["token"])
        path = write_foreign(Path(call.options.file), network, INVITE_SUFFIX, file.content())
        return Answer(
            {"id": invite["id"], "file": str(path), "expires_ms": invite["expires_ms"], "uses": invite["uses"]},
            [
                f"The invite is in {display_line(str(path))}.",
                "On the new machine: `meshnode join --file FOLDER`, which writes a reply beside it.",
                "Bring the reply to any machine of this neighbourhood: `meshnode letin FOLDER`.",
                f"Good until {moment(invite['expires_ms'], now())}, by the clock of the machine that reads the reply.",
                "Whoever has this file can come in: give it only to whom you mean.",
            ],
        )

    return with_node(call, work)
