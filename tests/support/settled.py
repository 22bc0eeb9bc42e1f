"""Profiles that belong to a neighbourhood before their node starts, so that a test has every key and statement in hand.

street = maple_street(3)
settle(tmp_path / "alice", "alice", street)
async with RunningNode(tmp_path / "alice", "alice", settings=LOOPBACK) as node: ...
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from meshnode.identity.key_file import KEY_FILE, load_or_create, replace
from meshnode.node.belonging import Belonging, SignedItems
from meshnode.platform import Paths, Roots
from meshnode.store.store import Store
from tests.support.nodes import RunningNode
from tests.support.people import Neighbourhood, seeded, seeded_hub, seeded_identity

LOOPBACK = '[network]\ndiscovery = "off"\ninterfaces = ["127.0.0.1"]\n'


def paths_of(home: Path) -> Paths:
    """Where a `RunningNode` of this home keeps its things."""
    return Paths("test", Roots.of({"MESHNODE_HOME": str(home)}))


def settle(home: Path, name: str, street: Neighbourhood, statements: Sequence[bytes] | None = None) -> None:
    """Write the profile of one of the cast: their keys, and the statements they know (all, if none are given)."""
    assert load_or_create(paths_of(home).keys / KEY_FILE, seeded(name)).device == seeded_identity(name).device
    _belong(home, street, street.statements if statements is None else statements)


def settle_hub(home: Path, name: str, street: Neighbourhood) -> None:
    """Write the profile of a hub of the street: its keys, and all statements."""
    place = paths_of(home).keys / KEY_FILE
    load_or_create(place)
    replace(place, seeded_hub(name))
    _belong(home, street, street.statements)


def _belong(home: Path, street: Neighbourhood, statements: Sequence[bytes]) -> None:
    paths, known = paths_of(home), tuple(statements)
    store = Store.open(paths.network, SignedItems())
    store.submit(Belonging(street.network, (street.epoch_key,), known).batch(0)).result(30)
    store.close()


def settled_node(
    folder: Path, name: str, street: Neighbourhood, *, peers: Sequence[str] = (), statements: Sequence[bytes] = ()
) -> RunningNode:
    """A node of one of the cast on loopback, ready to be started; it dials `peers`."""
    home = folder / name
    home.mkdir(parents=True, mode=0o700)
    settle(home, name, street, statements or None)
    return _node(home, name, peers)


def settled_hub(folder: Path, name: str, street: Neighbourhood, *, peers: Sequence[str] = ()) -> RunningNode:
    """A node of a hub of the street on loopback, ready to be started; it dials `peers`."""
    home = folder / f"hub {name}"
    home.mkdir(parents=True, mode=0o700)
    settle_hub(home, name, street)
    return _node(home, name, peers)


def _node(home: Path, name: str, peers: Sequence[str]) -> RunningNode:
    typed = f"addresses = [{', '.join(repr(peer) for peer in peers)}]\n" if peers else ""
    return RunningNode(home, name, settings=LOOPBACK + typed)


async def address_of(node: RunningNode) -> str:
    """`host:port` of a running node."""
    return str((await node.ask("status"))["listening"][0])
