"""`meshnode run`: the node without a screen, for services, hubs, and the screens and commands that start one."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import threading

from meshnode.cli.command import Answer, Call, Command
from meshnode.config import load_config
from meshnode.logs import set_up_logs
from meshnode.platform import under_journald

log = logging.getLogger("meshnode.cli")


def arguments(parser: argparse.ArgumentParser) -> None:
    """What `run` takes."""
    parser.add_argument("--quiet", action="store_true", help="log to the file only, nothing on stderr")
    parser.add_argument("--with-parent", action="store_true", help="end when standard input closes")


def run(call: Call) -> Answer:
    """Run until SIGTERM, SIGINT, `meshnode stop` or (with --with-parent) the end of standard input."""
    return serve(call, quiet=call.options.quiet, with_parent=call.options.with_parent)


def serve(call: Call, *, quiet: bool, with_parent: bool) -> Answer:
    """The node of the call's profile, until it is told to stop.

    Raises:
        MeshnodeError: it could not start, or could not go on.
    """
    import asyncio

    from meshnode.node.node import run_node

    os.umask(0o077)
    loaded = load_config(call.paths.config)
    call.paths.prepare()
    set_up_logs(call.paths.log, loaded.config.log.level, stderr=not quiet, journal=under_journald())
    for warning in loaded.warnings:
        log.warning("%s", warning)
    if with_parent:
        threading.Thread(target=_watch_parent, name="parent", daemon=True).start()
    asyncio.run(run_node(call.paths, loaded.config))
    return Answer({"stopped": True})


def _watch_parent() -> None:
    """End this process in order once whoever started it has gone."""
    # Not through sys.stdin: a thread that waits in there lets Python abort when the process ends otherwise.
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


COMMAND = Command(
    examples=("meshnode run", "meshnode --profile allotment run", "systemctl --user start meshnode"),
    run=run,
    arguments=arguments,
    more=(
        "Logs go to stderr (with priorities where the journal reads them) and to files of at most 5 MB together.\n"
        "Tells systemd when it is ready (Type=notify). SIGTERM, Ctrl+C and `meshnode stop` end it in order."
    ),
)
