"""`meshnode join --file FOLDER`: an invite that came on a stick, and the reply that goes back on it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from crdt.display import display_line
from meshnode.cli.asking import conversation
from meshnode.cli.command import Answer, Call, Json
from meshnode.cli.init import my_name
from meshnode.cli.layout import paragraph
from meshnode.errors import InviteError
from meshnode.sticks.errands import invites_in, look_at_invite, write_reply
from meshnode.sticks.folders import typed_folder


def run_file(call: Call, effect: Callable[[Call, Json], list[str]]) -> Answer:
    """Read the invite, ask, write the reply, and wait from then on.

    Args:
        call: with `--file`, a folder or the invite file itself.
        effect: how a preview is shown before the yes.
    """
    path = _invite_in(typed_folder(call.options.file))
    with conversation(call) as talk:
        seen = talk.runner.run(look_at_invite(talk.node.ask, path))
        network = seen.network or "this neighbourhood"
        if not call.agreed(effect(call, seen.preview), f"Ask to join {network}?"):
            return Answer({"joined": False}, ["Nothing was done."], exit_code=1)
        name = my_name(call, call.options.name, "--name")
        written = talk.runner.run(write_reply(talk.node.ask, seen, name))
    return Answer(
        {"joined": False, "waiting": True, "file": str(written)},
        [
            f"Your reply is in {display_line(str(written))}.",
            f"Bring it back to somebody of {network}; on their machine: `meshnode letin FOLDER`.",
            paragraph(
                "From then on your node finds theirs by itself whenever both are on one network: leave `meshnode` or "
                "`meshnode run` running. `meshnode status` says how it stands.",
                call.terminal.width,
            ),
        ],
    )


def _invite_in(given: Path) -> Path:
    """The one invite file that is meant.

    Raises:
        InviteError: there is none, or several.
    """
    found = invites_in(given)
    if len(found) > 1:
        names = ", ".join(display_line(path.name) for path in found)
        raise InviteError(f"There are several invites here: {names}.", next_step="Give the file that is meant.")
    return found[0]
