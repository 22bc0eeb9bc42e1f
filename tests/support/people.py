"""The cast: alice, bob, chidi and whoever else a test names, with keys that never change, and their neighbourhood.

Rules of this module:
1. Everything follows from names: the same calls give the same bytes, on every machine.
2. Nothing is mocked: people found, invite, join and leave with the statements that a node signs.
"""

from __future__ import annotations

import functools
import hashlib
import itertools
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from crdt.identifiers import NetworkId, StatementId
from meshnode.identity.keys import DeviceKeys, Identity, MemberKeys
from meshnode.membership.fold import fold
from meshnode.membership.frame import NO_NETWORK
from meshnode.membership.membership import Membership
from meshnode.membership.network_keys import InviteSecrets, invite_secrets
from meshnode.membership.statements import (
    check_statement,
    sign_device,
    sign_genesis,
    sign_hello,
    sign_hub,
    sign_invite,
    sign_leave,
    sign_witness,
    statement_id,
)

TODAY = 20_781
"""A day since 1970, in November 2026."""
NAMES = ("alice", "bob", "chidi", "dana", "emre", "farah", "goran", "hana", "ines", "jonas")


def fuzz_count(usual: int) -> int:
    """How often a random test runs: MESHNODE_FUZZ multiplies it."""
    return usual * int(os.environ.get("MESHNODE_FUZZ", "1"))


def seeded(name: str) -> Callable[[int], bytes]:
    """Bytes that look random and always are the same for one name."""
    calls = itertools.count()
    return lambda count: hashlib.shake_256(f"{name}/{next(calls)}".encode()).digest(count)


@functools.cache
def seeded_identity(name: str) -> Identity:
    """The person of this name, on their main device."""
    return Identity.generate(seeded(name))


@functools.cache
def seeded_device(name: str, device: str) -> Identity:
    """The same person on another device, with the member key at hand."""
    member = seeded_identity(name).member_keys
    assert member is not None
    return Identity(DeviceKeys.generate(seeded(f"{name} {device}")), member.id, member)


@functools.cache
def seeded_hub(name: str) -> Identity:
    """A hub's device, which is nobody's."""
    return Identity(DeviceKeys.generate(seeded(f"hub {name}")), None)


def member_keys(identity: Identity) -> MemberKeys:
    """The member key that a seeded person has at hand."""
    assert identity.member_keys is not None
    return identity.member_keys


@dataclass(frozen=True, slots=True)
class SeededInvite:
    """An invite and its secret."""

    secret: bytes
    statement: bytes
    id: StatementId

    @property
    def secrets(self) -> InviteSecrets:
        return invite_secrets(self.secret)


class Neighbourhood:
    """A network that grows statement by statement. `statements` holds all of them; tests may take some away."""

    def __init__(self, name: str = "Maple Street", founders: Iterable[str] = ("alice",)) -> None:
        first, *others = founders
        self._random = seeded(name)
        self.name = name
        co_founders = [member_keys(seeded_identity(other)) for other in others]
        self.genesis = sign_genesis(seeded_identity(first), name, self._random(16), co_founders)
        self.network = NetworkId(statement_id(NO_NETWORK, self.genesis))
        self.epoch_key = self._random(32)
        self.statements: list[bytes] = [self.genesis]
        for founder in (first, *others):
            self.certify(seeded_identity(founder), founder)

    def id(self, statement: bytes) -> StatementId:
        """The id of one of its statements."""
        return statement_id(self.network, statement)

    def add(self, statement: bytes) -> bytes:
        """Put a genuine statement into the set."""
        check_statement(self.network, statement)
        self.statements.append(statement)
        return statement

    def certify(self, identity: Identity, name: str) -> bytes:
        """Somebody certifies the device they are on."""
        return self.add(sign_device(identity, self.network, name.title(), f"{name}'s laptop"))

    def hub(self, name: str, *stewards: str) -> Identity:
        """A hub under these stewards."""
        hub = seeded_hub(name)
        keys = [member_keys(seeded_identity(steward)) for steward in stewards]
        self.add(sign_hub(keys, hub.device_keys, self.network, name))
        return hub

    def invite(self, by: str | Identity, uses: int = 1, expires_day: int = TODAY + 2) -> SeededInvite:
        """An invite by somebody's device."""
        secret = self._random(16)
        inviter = seeded_identity(by) if isinstance(by, str) else by
        statement = self.add(sign_invite(inviter, self.network, invite_secrets(secret), expires_day, uses))
        return SeededInvite(secret, statement, self.id(statement))

    def hello(self, who: str | Identity, invite: SeededInvite, name: str = "") -> StatementId:
        """Somebody says hello with an invite; nobody has witnessed it yet."""
        identity = seeded_identity(who) if isinstance(who, str) else who
        called = name or (who.title() if isinstance(who, str) else "")
        return self.id(
            self.add(
                sign_hello(
                    identity, self.network, invite.id, invite.secrets, person_name=called, device_name=f"{called}'s pi"
                )
            )
        )

    def witness(self, by: str | Identity, hello: StatementId) -> bytes:
        """Somebody's device witnesses a hello."""
        identity = seeded_identity(by) if isinstance(by, str) else by
        return self.add(sign_witness(identity, self.network, hello))

    def join(self, who: str, by: str = "alice", witness: str | Identity | None = None) -> Identity:
        """Somebody comes in with a fresh invite: the inviter's device witnesses, unless another is named."""
        self.witness(witness or by, self.hello(who, self.invite(by)))
        return seeded_identity(who)

    def leave(self, who: str, vouched: Iterable[str] | None = None) -> bytes:
        """Somebody leaves, listing all whom they vouched for, or just those named."""
        identity = seeded_identity(who)
        if vouched is None:
            stay = list(self.membership().vouched_by(identity.person))
        else:
            stay = [seeded_identity(name).person for name in vouched]
        return self.add(sign_leave(identity, self.network, stay))

    def membership(self) -> Membership:
        """Who belongs, by all its statements."""
        return fold(self.network, self.statements)


def maple_street(members: int = 4) -> Neighbourhood:
    """A ready little network: alice founded it; bob and the next ones came in on her invites."""
    network = Neighbourhood()
    for name in NAMES[1:members]:
        network.join(name)
    return network
