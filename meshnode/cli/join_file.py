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
from meshnode.foreign_file import foreign_files, read_foreign, write_foreign
from meshnode.membership.join_files import INVITE_SUFFIX, MOST_BYTES, REPLY_SUFFIX, read_invite_file

MOST_INVITES = 20


def run_file(call: Call, effect: Callable[[Call, Json], list[str]]) -> Answer:
    """Read the invite, ask, write the reply, and wait from then on.

    Args:
        call: with `--file`, a folder or the invite file itself.
        effect: how a preview is shown before the yes.
    """
    path = _invite_in(Path(call.options.file))
    invite = read_invite_file(read_foreign(path, MOST_BYTES))
    claims = {"network": invite.network, "inviter": invite.inviter}
    with conversation(call) as talk:
        preview = talk.ask("look_apart", code=invite.code, **claims)
        network = display_line(preview["network"]) or "this neighbourhood"
        if not call.agreed(effect(call, preview), f"Ask to join {network}?"):
            return Answer({"joined": False}, ["Nothing was done."], exit_code=1)
        name = my_name(call, call.options.name, "--name")
        reply = str(talk.ask("join_apart", code=invite.code, name=name, **claims)["reply"])
        written = write_foreign(path.parent, name, REPLY_SUFFIX, reply.encode())
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
    """The one invite file in a folder; a file that is named itself is that one.

    Raises:
        InviteError: there is none, or several.
    """
    if given.name.endswith(INVITE_SUFFIX):
        return given
    found = foreign_files(given, INVITE_SUFFIX, MOST_INVITES)
    if not found:
        raise InviteError(
            f"There is no invite file in {display_line(str(given))}.",
            next_step="A neighbour makes one: `meshnode invite --file FOLDER`.",
        )
    if len(found) > 1:
        names = ", ".join(display_line(path.name) for path in found)
        raise InviteError(f"There are several invites here: {names}.", next_step="Give the file that is meant.")
    return found[0]
