"""`meshnode profiles`: the profiles on this machine; each belongs to one neighbourhood at most."""

from __future__ import annotations

from meshnode.cli.command import Answer, Call, Command
from meshnode.cli.layout import columns
from meshnode.cli.probe import answers
from meshnode.platform import Paths, profile_names


def run(call: Call) -> Answer:
    """List them, and say whose node runs."""
    found = [Paths(name, call.paths.roots) for name in profile_names(call.paths.roots)]
    value = [{"profile": each.profile, "running": answers(each.socket), "data": str(each.data)} for each in found]
    rows = [(str(each["profile"]), "running" if each["running"] else "", str(each["data"])) for each in value]
    lines = columns(rows, max(call.terminal.width, 160), flexible=9) or ["No profile on this machine yet."]
    return Answer({"profiles": value}, [*lines, "", "Another one: meshnode --profile NAME"])


COMMAND = Command(examples=("meshnode profiles", "meshnode profiles --json"), run=run)
