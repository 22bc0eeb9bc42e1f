"""Forgetting: who may have a record wiped, and who had one wiped.

Rules of this module:
1. A record's id commits to the device that made it and to when: that is the proof, and nothing else is asked. So it can
   still be told when the record itself is gone.
2. Whoever made a record on any device of theirs may have it wiped; what a hub made, its stewards.
3. What everybody has together (settings, a profile, a date of a series) nobody made: it is changed, not wiped.
"""

from __future__ import annotations

from dataclasses import dataclass

from crdt.catalog import kind_of
from crdt.display import display_line
from crdt.identifiers import DeviceId, NetworkId, RecordId, made_record_id
from meshnode.errors import NotPossible, UnknownRecord
from meshnode.identity.keys import Identity
from meshnode.identity.signing import SIGNATURE_BYTES
from meshnode.membership.frame import Kind, StatementRefused
from meshnode.membership.membership import Membership
from meshnode.membership.statements import Forget, parse_statement, sign_forget
from meshnode.store.store import Store


@dataclass(frozen=True, slots=True)
class Made:
    """By which device a record was made, and when by its own word."""

    device: DeviceId
    at_ms: int


def made(network: NetworkId, store: Store, record: RecordId) -> Made | None:
    """Who made a record; None when nobody did, or what they began it with is not here."""
    for change in store.changes_of(record):
        if made_record_id(network, record[0], change.author, change.at_ms) == record:
            return Made(change.author, change.at_ms)
    return None


def may_forget(identity: Identity, membership: Membership, maker: DeviceId) -> bool:
    """Whether this device may have wiped what another one made (rule 2)."""
    known = membership.devices.get(maker)
    if maker == identity.device:
        return True
    if known is None or identity.member is None:
        return False
    return identity.member == known.member or identity.member in known.stewards


def forget_statement(
    identity: Identity, network: NetworkId, membership: Membership, store: Store, record: RecordId
) -> bytes:
    """The statement by which this device has a record wiped.

    Raises:
        UnknownRecord: there is nothing of it here.
        NotPossible: this is a hub, somebody else made it, or everybody has it together.
    """
    # A hub acts for everybody: what was written at it, its stewards have wiped from their own devices.
    _ = identity.person
    if not store.has_record(record):
        raise UnknownRecord
    kind = kind_of(record)
    if kind is not None and kind.derived:
        raise NotPossible(
            "This belongs to everybody and cannot be wiped.", next_step="Change what it says instead; others see that."
        )
    maker = made(network, store, record)
    if maker is None:
        raise NotPossible(
            "It cannot be told here who made this.", next_step="Wait until it has arrived whole, then try again."
        )
    if not may_forget(identity, membership, maker.device):
        known = membership.devices.get(maker.device)
        if known is not None and known.stewards:
            raise NotPossible(
                f"This was written at {display_line(known.name) or 'a hub'}, and you are no steward of it.",
                next_step="Ask one of its stewards: they can have it wiped from a device of theirs.",
            )
        raise NotPossible(
            "Only who made something can have it wiped, and somebody else made this.",
            next_step="Ask them; what you wrote in it yourself you can take back (`meshnode task undo`).",
        )
    return sign_forget(identity, network, record, maker.device, maker.at_ms)


def forgets(network: NetworkId, store: Store) -> dict[RecordId, DeviceId]:
    """Which device had which record wiped, by the statements held; whether each of them counts is the fold's matter."""
    found: dict[RecordId, DeviceId] = {}
    for _, data in store.statements():
        if data[SIGNATURE_BYTES] != Kind.FORGET:
            continue
        try:
            statement = parse_statement(network, data)
        except StatementRefused:
            continue
        if isinstance(statement, Forget):
            found.setdefault(statement.record, statement.signer)
    return found
