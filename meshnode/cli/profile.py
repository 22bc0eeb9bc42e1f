"""`meshnode profile`: what you tell your neighbours about yourself."""

from __future__ import annotations

from meshnode.cli.asking import Attached, snapshot, with_node
from meshnode.cli.command import Answer, Call, Command, Json
from meshnode.cli.layout import columns


def run(call: Call) -> Answer:
    """Print my own profile."""

    async def work(node: Attached) -> Answer:
        known = await snapshot(node)
        me = known.status["me"]
        written: Json = next(
            (view["members"][me["member"]] for view in known.of_kind("profile") if me["member"] in view["members"]), {}
        )
        shown = {"name": written.get("name") or me["name"], "about": "", "reach": ""} | {
            key: value for key, value in written.items() if value
        }
        titles = {"name": "Name", "about": "About", "reach": "How to reach me"}
        rows = [(title, str(shown[key]) or "(nothing)") for key, title in titles.items()]
        lines = [*columns(rows, call.terminal.width, indent=0), "", "All members can read it. Change it: "]
        lines[-1] += "`meshnode profile edit`."
        return Answer({"member": me["member"], **shown}, lines)

    return with_node(call, work)


COMMAND = Command(examples=("meshnode profile", 'meshnode profile edit --reach "Ring twice at number 7"'), run=run)
