"""What holds a secret does not spell it out when it is printed, logged, or part of a bug's sentence."""

from __future__ import annotations

import dataclasses
import importlib
import pkgutil
from collections.abc import Iterator

import meshnode

SECRET = frozenset(
    ["disc_keys", "epoch_key", "join_psk", "join_psks", "private", "psk", "secret", "secrets", "seed", "words"]
)
"""What secrets are called here."""
HARMLESS = {("Membership", "words")}
"""Whose word counts for whom: everybody may know."""


def all_fields() -> Iterator[tuple[str, str, dataclasses.Field[object]]]:
    for module in pkgutil.walk_packages(meshnode.__path__, "meshnode."):
        for name, thing in vars(importlib.import_module(module.name)).items():
            if isinstance(thing, type) and thing.__module__ == module.name and dataclasses.is_dataclass(thing):
                for each in dataclasses.fields(thing):
                    yield module.name, name, each


def test_nothing_that_is_called_a_secret_is_in_a_repr() -> None:
    shown = [
        f"{module}.{name}.{each.name}"
        for module, name, each in all_fields()
        if each.name in SECRET and each.repr and (name, each.name) not in HARMLESS
    ]
    assert not shown
