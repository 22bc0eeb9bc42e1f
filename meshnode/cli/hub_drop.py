"""`meshnode hub drop`: give up a hub: one of its stewards alone, or two established neighbours."""

from __future__ import annotations

from meshnode.cli.command import Answer, Call, Command
from meshnode.cli.device_drop import arguments, drop


def run(call: Call) -> Answer:
    """Say what it means, ask, and tell the neighbours."""
    return drop(call, "hub")


COMMAND = Command(
    examples=("meshnode hub drop Elm hub --retired", "meshnode hub drop Elm hub --stolen --yes"),
    run=run,
    arguments=arguments,
)
