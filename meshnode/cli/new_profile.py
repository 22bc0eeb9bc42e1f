"""A new profile beside this one, for another neighbourhood of the same person.

Rules of this module:
1. A profile belongs to one neighbourhood for good: a fresh start is a new profile, and the old one stays as it is.
2. The settings are taken along, but for the port, which only one node can have.
"""

from __future__ import annotations

import argparse
import dataclasses
import re

from meshnode.cli.asking import conversation
from meshnode.cli.command import Call
from meshnode.errors import BadInput
from meshnode.platform import MAX_PROFILE_LETTERS, Paths, profile_names

_NOT_PLAIN = re.compile(r"[^a-z0-9]+")
_PORT = re.compile(r"^\s*listen_port\b.*$", re.MULTILINE)
MOST_TRIES = 100


def new_profile(call: Call, network: str, given: str | None) -> Call:
    """The call, meant for a profile that belongs to no neighbourhood yet.

    Args:
        call: of the old profile.
        network: what the new neighbourhood is called; the profile's name follows from it.
        given: the profile's name, where the person said one.

    Raises:
        BadInput: there is such a profile already.
    """
    taken = set(profile_names(call.paths.roots)) | {call.paths.profile}
    name = given or _free(call, network, taken)
    if name in taken and not _is_outside(call, name):
        raise BadInput(f"There is a profile {name!r} already.", next_step="Give another name with --as.")
    paths = Paths(name, call.paths.roots)
    settings = call.paths.config.read_text() if call.paths.config.exists() else ""
    if settings and not paths.config.exists():
        paths.config.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        paths.config.write_text(_PORT.sub("", settings))
    options = argparse.Namespace(**(vars(call.options) | {"profile": name}))
    return dataclasses.replace(call, paths=paths, options=options)


def _is_outside(call: Call, name: str) -> bool:
    """Whether a profile belongs to no neighbourhood: one that an attempt left behind which found nobody."""
    if name == call.paths.profile:
        return False
    with conversation(dataclasses.replace(call, paths=Paths(name, call.paths.roots))) as talk:
        return bool(talk.ask("status")["state"] == "outside")


def _free(call: Call, network: str, taken: set[str]) -> str:
    plain = _NOT_PLAIN.sub("-", network.lower()).strip("-")[: MAX_PROFILE_LETTERS - 3].strip("-") or "anew"
    tries = [plain, *(f"{plain}-{number}" for number in range(2, MOST_TRIES))]
    return next(name for name in tries if name not in taken or _is_outside(call, name))
