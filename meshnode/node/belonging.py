"""Belonging: to which network this profile belongs, kept in the store's notebook.

The notebook has a spare copy outside the database, so this is there when the database is lost: the network's id and
keys, and the statements on which this node's own membership rests. That is what a node needs to be let in again;
everything else comes back from neighbours.

Rules of this module:
1. All of it is written in one batch, before anything is said about the network.
2. The network's keys are secrets; they are in no `repr`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from crdt.identifiers import NetworkId
from meshnode.errors import StorageDamaged
from meshnode.identity.envelope import ChangeRefused, check_change
from meshnode.membership.statements import StatementRefused, check_statement
from meshnode.replica.rejudging import new_change
from meshnode.store.store import Batch, EpochKey, NewChange, NewStatement, Store

NETWORK = "network"
STATEMENTS = "membership"


@dataclass(frozen=True, slots=True)
class Belonging:
    """What a profile knows of its network from the start. Epoch keys, newest first."""

    network: NetworkId
    epoch_keys: tuple[bytes, ...] = field(repr=False)
    statements: tuple[bytes, ...] = field(repr=False)

    def batch(self, now_ms: int) -> Batch:
        """What has to be written for this to be true."""
        return Batch(
            statements=[NewStatement(check_statement(self.network, each), each) for each in self.statements],
            meta={NETWORK: self.network.hex(), STATEMENTS: json.dumps([each.hex() for each in self.statements])},
            epoch_keys=[EpochKey(_name(key), key, now_ms) for key in reversed(self.epoch_keys)],
        )


def read_belonging(store: Store) -> Belonging | None:
    """The network that this profile belongs to; None where it belongs to none.

    Raises:
        StorageDamaged: it belongs to one and does not know its keys any more.
    """
    network = store.meta(NETWORK)
    if network is None:
        return None
    keys = tuple(store.epoch_keys())
    if not keys:
        raise StorageDamaged(
            "The network's keys are gone from this profile.",
            next_step="Put the profile's folder back from a copy, or move it away and join again.",
        )
    statements = json.loads(store.meta(STATEMENTS) or "[]")
    return Belonging(NetworkId(bytes.fromhex(network)), keys, tuple(bytes.fromhex(each) for each in statements))


class SignedItems:
    """Makes items from the bytes of a damaged database again: what `meshnode.store.salvage.ItemReader` asks for."""

    def change(self, meta: Mapping[str, str], envelope: bytes, received_ms: int) -> NewChange | None:
        """The change these bytes are, if its author signed it for this network."""
        try:
            checked = check_change(_network(meta), envelope)
        except ChangeRefused:
            return None
        return new_change(checked, envelope, received_ms)

    def statement(self, meta: Mapping[str, str], statement: bytes) -> NewStatement | None:
        """The statement these bytes are, if its signatures are good."""
        try:
            return NewStatement(check_statement(_network(meta), statement), statement)
        except StatementRefused:
            return None


def _network(meta: Mapping[str, str]) -> NetworkId:
    return NetworkId(bytes.fromhex(meta.get(NETWORK, "")).ljust(32, b"\0"))


def _name(key: bytes) -> bytes:
    return hashlib.blake2b(key, digest_size=32, person=b"meshnode-epo-v1").digest()
