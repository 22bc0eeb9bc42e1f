"""Device links over a wire in memory: what each side refuses, whatever the other one says."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from crdt.identifiers import NetworkId
from meshnode.errors import ConnectionLost, InviteError, MeshnodeError, NobodyAnswered, NotPossible
from meshnode.identity.keys import DeviceKeys, Identity
from meshnode.joining.adoption import Adoption
from meshnode.joining.candidate import ask, look
from meshnode.joining.certifier import Certifier
from meshnode.joining.join_link import GuestLink, HostLink
from meshnode.membership.certifying import request_certificate
from meshnode.membership.device_codes import DeviceCode, Purpose
from meshnode.membership.kinds import DeviceKind
from meshnode.sync.messages import Offer
from meshnode.transport.connection import Connection, LinkKind
from tests.support.people import Neighbourhood, maple_street, member_keys, seeded, seeded_hub, seeded_identity
from tests.support.replicas import Desk, open_desk
from tests.support.wire import Wire, remote_end

SECONDS = 10.0
TABLET = DeviceKeys.generate(seeded("tablet"))
OTHER = DeviceKeys.generate(seeded("other"))


async def nowhere(code: DeviceCode, address: str) -> Connection:
    raise NobodyAnswered


@dataclass
class Shop:
    """A node that shows codes, and what it told of them."""

    desk: Desk
    adoption: Adoption
    changes: list[bool]
    closed: asyncio.Event

    def wire(self, keys: DeviceKeys, psk: bytes) -> Wire:
        """A device link: left is this node, right the other machine."""
        return Wire(
            remote_end("desk", self.desk.identity.noise_public, LinkKind.DEVICE, psk),
            remote_end("tablet", keys.noise.public, LinkKind.DEVICE, psk),
        )


@contextlib.asynccontextmanager
async def shop(
    folder: Path, street: Neighbourhood, who: Identity | str = "alice", seconds: float = 600.0
) -> AsyncIterator[Shop]:
    identity = seeded_identity(who) if isinstance(who, str) else who
    desk = open_desk(folder, "desk", street, identity=identity)
    changes: list[bool] = []
    closed = asyncio.Event()

    def changed() -> None:
        changes.append(adoption.window is not None)
        if adoption.window is None:
            closed.set()

    certifier = Certifier(desk.replica, lambda: street.epoch_key)
    adoption = Adoption(
        desk.replica,
        certifier,
        nowhere,
        "Elm hub",
        changed=changed,
        met=lambda address: None,
        seconds=seconds,
    )
    try:
        yield Shop(desk, adoption, changes, closed)
    finally:
        adoption.close()
        desk.close()


@pytest.fixture
def street() -> Neighbourhood:
    return maple_street(3)


async def both(shop: Shop, wire: Wire, other: Callable[[], object]) -> object:
    """Both ends of a link at once; what the other machine's side came to."""
    serving = asyncio.create_task(shop.adoption.receive(wire.left))
    try:
        async with asyncio.timeout(SECONDS):
            return await asyncio.ensure_future(other())  # type: ignore[call-overload]
    finally:
        await serving


async def test_a_window_closes_by_itself(tmp_path: Path, street: Neighbourhood) -> None:
    async with shop(tmp_path, street, seconds=0.01) as shown:
        window = shown.adoption.open(Purpose.DEVICE, member_keys(seeded_identity("alice")))
        assert shown.adoption.psks() == (window.code.psk,)
        await asyncio.wait_for(shown.closed.wait(), SECONDS)
        assert shown.changes == [True, False]
        assert shown.adoption.psks() == ()
        wire = shown.wire(TABLET, window.code.psk)
        with pytest.raises(NobodyAnswered):
            await both(shown, wire, lambda: ask(wire.right, window.code, TABLET, "tablet"))
        assert TABLET.id not in shown.desk.replica.membership.devices


async def test_looking_does_not_use_a_code_up(tmp_path: Path, street: Neighbourhood) -> None:
    async with shop(tmp_path, street) as shown:
        window = shown.adoption.open(Purpose.DEVICE, member_keys(seeded_identity("alice")))
        wire = shown.wire(OTHER, window.code.psk)
        seen = await both(shown, wire, lambda: look(wire.right, window.code))
        assert (seen.person, seen.network) == ("Alice", "Maple Street")  # type: ignore[attr-defined]
        assert shown.adoption.window is window


async def test_two_who_come_with_one_code_are_not_both_certified(tmp_path: Path, street: Neighbourhood) -> None:
    async with shop(tmp_path, street) as shown:
        window = shown.adoption.open(Purpose.DEVICE, member_keys(seeded_identity("alice")))
        wires = [(shown.wire(keys, window.code.psk), keys) for keys in (TABLET, OTHER)]
        links = [asyncio.create_task(shown.adoption.receive(wire.left)) for wire, _ in wires]
        asked = [asyncio.create_task(ask(wire.right, window.code, keys, "x")) for wire, keys in wires]
        async with asyncio.timeout(SECONDS):
            came = await asyncio.gather(*asked, return_exceptions=True)
            await asyncio.gather(*links)
        assert sorted(type(each).__name__ for each in came) == ["Certified", "NobodyAnswered"]
        certified = [keys.id in shown.desk.replica.membership.devices for _, keys in wires]
        assert sorted(certified) == [False, True]


async def test_a_code_whose_time_is_over_signs_nothing_that_was_begun(tmp_path: Path, street: Neighbourhood) -> None:
    async with shop(tmp_path, street) as shown:
        window = shown.adoption.open(Purpose.DEVICE, member_keys(seeded_identity("alice")))
        wire = shown.wire(TABLET, window.code.psk)

        async def late() -> None:
            async with GuestLink(wire.right) as link:
                await link.offer()
                shown.adoption.close()
                person = seeded_identity("alice").person
                await link.apply((request_certificate(TABLET, street.network, person, DeviceKind.PERSONAL, "x"),))

        with pytest.raises(InviteError, match="not good any more"):
            await both(shown, wire, late)
        assert TABLET.id not in shown.desk.replica.membership.devices


async def test_a_hub_signs_nothing_for_a_newcomer_who_would_sign_the_rest(tmp_path: Path) -> None:
    """A certificate counts as soon as both have signed; a steward can have wiped what was written at the hub."""
    street = maple_street(2)
    street.join("chidi", by="bob")
    street.hub("elm", "alice")
    async with shop(tmp_path, street, seeded_hub("elm")) as hub:
        window = hub.adoption.open(Purpose.STEWARD, None)
        wire = hub.wire(seeded_identity("chidi").device_keys, window.code.psk)
        got: list[tuple[bytes, ...]] = []

        async def newcomer() -> None:
            async with HostLink(wire.right, Offer("Maple Street", tuple(street.statements), b"")) as link:
                got.append(await link.application())

        with pytest.raises(ConnectionLost):
            await both(hub, wire, newcomer)
        assert got == []


BAD_REQUESTS = {
    "a hub, with a code for a device": (TABLET, "alice", DeviceKind.HUB),
    "another machine than the one at the other end": (OTHER, "alice", DeviceKind.PERSONAL),
    "a device of somebody else": (TABLET, "bob", DeviceKind.PERSONAL),
}


@pytest.mark.parametrize("case", BAD_REQUESTS)
async def test_what_the_code_was_not_shown_for_is_not_signed(tmp_path: Path, street: Neighbourhood, case: str) -> None:
    keys, member, kind = BAD_REQUESTS[case]
    async with shop(tmp_path, street) as shown:
        window = shown.adoption.open(Purpose.DEVICE, member_keys(seeded_identity("alice")))
        wire = shown.wire(TABLET, window.code.psk)

        async def lie() -> None:
            async with GuestLink(wire.right) as link:
                await link.offer()
                person = seeded_identity(member).person
                await link.apply((request_certificate(keys, street.network, person, kind, "x"),))

        with pytest.raises(ConnectionLost):
            await both(shown, wire, lie)
        assert keys.id not in shown.desk.replica.membership.devices
        assert shown.adoption.window is window


async def test_keys_that_belong_to_somebody_are_not_certified_again(tmp_path: Path, street: Neighbourhood) -> None:
    async with shop(tmp_path, street) as shown:
        window = shown.adoption.open(Purpose.DEVICE, member_keys(seeded_identity("alice")))
        bobs = seeded_identity("bob").device_keys
        wire = shown.wire(bobs, window.code.psk)
        with pytest.raises(InviteError, match="belong to somebody already"):
            await both(shown, wire, lambda: ask(wire.right, window.code, bobs, "bob's"))
        assert shown.desk.replica.membership.devices[bobs.id].state.current


async def test_only_an_established_member_answers_for_a_hub(tmp_path: Path) -> None:
    street = maple_street(2)
    street.join("chidi", by="bob")
    async with shop(tmp_path, street, "chidi") as shown:
        keys = member_keys(seeded_identity("chidi"))
        with pytest.raises(NotPossible, match="established"):
            shown.adoption.open(Purpose.HUB, keys)
        code = DeviceCode.new(Purpose.STEWARD, None, bytes(16))
        with pytest.raises(NotPossible, match="established"):
            await shown.adoption.adopt(code, "", keys)


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (DeviceCode.new(Purpose.DEVICE, None, bytes(16)), "typed on the machine"),
        (DeviceCode.new(Purpose.STEWARD, NetworkId(b"\x01" * 32), bytes(16)), "another neighbourhood"),
    ],
)
async def test_other_codes_make_nobody_a_steward(
    tmp_path: Path, street: Neighbourhood, code: DeviceCode, sentence: str
) -> None:
    async with shop(tmp_path, street) as shown:
        with pytest.raises(MeshnodeError, match=sentence):
            await shown.adoption.adopt(code, "", member_keys(seeded_identity("alice")))


async def test_a_hub_takes_no_newcomer_for_a_steward(tmp_path: Path) -> None:
    street = maple_street(2)
    street.join("chidi", by="bob")
    street.hub("elm", "alice")
    async with shop(tmp_path / "hub", street, seeded_hub("elm")) as hub, shop(tmp_path / "c", street, "chidi") as chidi:
        window = hub.adoption.open(Purpose.STEWARD, None)
        wire = hub.wire(seeded_identity("chidi").device_keys, window.code.psk)
        certifier = Certifier(chidi.desk.replica, lambda: street.epoch_key)
        with pytest.raises(ConnectionLost):
            await both(
                hub, wire, lambda: certifier.certify(wire.right, Purpose.HUB, member_keys(seeded_identity("chidi")))
            )
        assert hub.desk.replica.membership.devices[seeded_hub("elm").device].stewards == (
            seeded_identity("alice").person,
        )


async def test_a_sixth_steward_is_not_needed(tmp_path: Path) -> None:
    street = maple_street(6)
    hub = street.hub("elm", "alice", "bob", "chidi", "dana", "emre")
    async with shop(tmp_path, street, "farah") as shown:
        keys = member_keys(seeded_identity("farah"))
        window = shown.adoption.open(Purpose.HUB, keys)
        wire = shown.wire(hub.device_keys, window.code.psk)
        with pytest.raises(InviteError, match="5 stewards already"):
            await both(shown, wire, lambda: ask(wire.right, window.code, hub.device_keys, "elm"))


async def test_nothing_is_asked_of_somebody_who_is_not_of_the_codes_network(street: Neighbourhood) -> None:
    """The other side knows the code, and no more: it shows a network of its own, or another's statements."""
    mallory = Neighbourhood("Elm Street", ("mallory",))
    code = DeviceCode.new(Purpose.DEVICE, street.network, bytes(16))
    for statements in ((), tuple(mallory.statements), tuple(street.statements), (b"\0" * 300,)):
        wire = Wire(
            remote_end("mallory", seeded_identity("mallory").noise_public, LinkKind.DEVICE, code.psk),
            remote_end("tablet", TABLET.noise.public, LinkKind.DEVICE, code.psk),
        )

        async def lie(wire: Wire = wire, statements: tuple[bytes, ...] = statements) -> tuple[bytes, ...]:
            async with HostLink(wire.left, Offer("Maple Street", statements, b"")) as link:
                return await link.application()

        lying = asyncio.create_task(lie())
        async with asyncio.timeout(SECONDS):
            with pytest.raises(InviteError):
                await ask(wire.right, code, TABLET, "tablet")
            with pytest.raises(ConnectionLost):
                await lying
