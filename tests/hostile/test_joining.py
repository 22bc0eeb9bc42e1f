"""Joining with damaged, expired, used and stolen codes, and at hosts that only pretend to be one."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import os
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from crdt.identifiers import StatementId
from meshnode.api.schema import ApiError
from meshnode.config import Config
from meshnode.errors import DamagedCode, InviteError, NobodyAnswered, PeerError
from meshnode.identity.keys import Identity
from meshnode.joining.join_link import HostLink
from meshnode.joining.joining import Joining
from meshnode.joining.preview import Preview
from meshnode.membership.armour import PREFIX
from meshnode.membership.network_keys import link_psk
from meshnode.membership.statements import sign_hello, statement_id
from meshnode.membership.tokens import ShortCode, Token, read_code
from meshnode.noise.handshake import Handshake
from meshnode.sync.messages import Apply, Message, Offer, Refused, Welcome
from meshnode.transport.connection import Connection, LinkKind
from meshnode.transport.server import Server
from tests.hostile.conftest import Target, Targets
from tests.support.hand_peer import HandPeer
from tests.support.nodes import RunningNode
from tests.support.people import Neighbourhood, SeededInvite, maple_street, seeded_identity
from tests.support.settled import LOOPBACK

TODAY = int(time.time()) // 86_400


def token_for(street: Neighbourhood, invite: SeededInvite) -> Token:
    return Token.from_invite(street.network, street.epoch_key, invite.secret, invite.statement)


def spelled(packed: bytes) -> str:
    return PREFIX + base64.b32encode(packed).decode().rstrip("=")


@pytest.mark.parametrize("kind", ["short", "token"])
async def test_every_flipped_byte_is_a_damaged_code(tmp_path: Path, kind: str) -> None:
    street = maple_street(1)
    invite = street.invite("alice", expires_day=TODAY + 2)
    token = token_for(street, invite)
    code = token.text() if kind == "token" else ShortCode.for_network(street.network, invite.secret, TODAY + 2).text()
    letters = code.removeprefix(PREFIX)
    packed = base64.b32decode(letters + "=" * (-len(letters) % 8))
    assert spelled(packed) == code
    async with RunningNode(tmp_path / "guest", "guest", settings=LOOPBACK) as guest:
        for place in range(len(packed)):
            flipped = bytearray(packed)
            flipped[place] ^= 1 << place % 8
            with pytest.raises(ApiError) as refused:
                await guest.ask("preview", code=spelled(bytes(flipped)), address="127.0.0.1:9")
            assert refused.value.code == "damaged-code", place
            assert refused.value.what_next
        for text in (
            code[:-1],
            code + "A",
            code[:9] + code[10:],
            "MESH1:",
            "",
            "hello",
            code.replace("MESH1", "MESH2"),
        ):
            with pytest.raises(ApiError) as refused:
                await guest.ask("preview", code=text, address="127.0.0.1:9")
            assert refused.value.code in {"damaged-code", "bad-input"}, text
        assert (await guest.ask("status"))["state"] == "outside"


async def guest_of(tmp_path: Path, stack: contextlib.AsyncExitStack, name: str) -> RunningNode:
    return await stack.enter_async_context(RunningNode(tmp_path / name, name, settings=LOOPBACK))


async def test_expired_by_the_clock_of_the_one_who_answers(target: Targets, tmp_path: Path) -> None:
    """A day late is within the joiner's slack, so the other node decides, and says why."""
    street = maple_street(2)
    yesterday = street.invite("alice", expires_day=TODAY - 1)
    long_ago = street.invite("alice", expires_day=TODAY - 9)
    async with target(street) as alice, contextlib.AsyncExitStack() as stack:
        guest = await guest_of(tmp_path, stack, "guest")
        before = (await alice.node.ask("status"))["counts"]
        for invite, said in ((yesterday, "by the clock of the node that answered"), (long_ago, "too old")):
            with pytest.raises(ApiError, match=said) as refused:
                await guest.ask("join", code=token_for(street, invite).text(), name="Late", address=alice.address)
            assert refused.value.code == "invite-expired"
        short = ShortCode.for_network(street.network, yesterday.secret, TODAY - 1)
        with pytest.raises(ApiError) as refused:
            await guest.ask("join", code=short.text(), name="Late", address=alice.address)
        assert refused.value.code == "invite"
        assert (await guest.ask("status"))["state"] == "outside"
        assert (await alice.node.ask("status"))["counts"] == before
        today = await alice.node.ask("invite", uses=1, days=0)
        await guest.ask("join", code=today["token"], name="Just in time", address=alice.address)


async def test_two_at_once_with_an_invite_for_one(target: Targets, tmp_path: Path) -> None:
    async with target() as alice, contextlib.AsyncExitStack() as stack:
        guests = [await guest_of(tmp_path, stack, name) for name in ("bo", "chidi", "dee")]
        invite = await alice.node.ask("invite", uses=1, days=1)
        tries = [guest.ask("join", code=invite["token"], name=guest.name, address=alice.address) for guest in guests]
        results = await asyncio.gather(*tries, return_exceptions=True)
        refused = [result for result in results if isinstance(result, ApiError)]
        assert [each.code for each in refused] == ["invite-used"] * 2, results
        states = [(await guest.ask("status"))["state"] for guest in guests]
        assert sorted(states) == ["inside", "outside", "outside"]
        assert len((await alice.node.ask("status"))["peers"]) == 2 + 1


async def apply_by_hand(alice: Target, token: Token, who: Identity, *, stay: bool) -> Message | None:
    """Come with a token; go away just before the answer unless `stay`."""
    hello = sign_hello(
        who, token.network, invite_id(token), token.secrets, person_name="Erin", device_name="Erin's phone"
    )
    async with HandPeer.reach(alice.address, who, link_psk(token.epoch_key), LinkKind.TOKEN) as guest:
        await guest.until(Offer)
        await guest.say(Apply((token.invite_statement(), hello)))
        if not stay:
            return None
        return await guest.hear()


def invite_id(token: Token) -> StatementId:
    return statement_id(token.network, token.invite_statement())


async def test_who_was_cut_off_is_answered_again_and_nobody_else(target: Targets) -> None:
    async with target() as alice:
        token = read_code((await alice.node.ask("invite", uses=1, days=1))["token"])
        assert isinstance(token, Token)
        erin = seeded_identity("erin")
        await apply_by_hand(alice, token, erin, stay=False)

        async def known() -> bool:
            return len((await alice.node.ask("status"))["peers"]) == 3

        await alice.node.until("she is in, although she did not hear of it", known)
        welcome = await apply_by_hand(alice, token, erin, stay=True)
        assert isinstance(welcome, Welcome)
        assert welcome.epoch_key == alice.street.epoch_key
        refused = await apply_by_hand(alice, token, seeded_identity("mallory"), stay=True)
        assert isinstance(refused, Refused)
        assert refused.code == "invite-used"


async def test_of_many_who_ask_in_one_moment_one_is_witnessed(target: Targets) -> None:
    """Not even a hello of the others is kept: it could win over the one who was told yes."""
    async with target() as alice:
        for number in range(4):
            token = read_code((await alice.node.ask("invite", uses=1, days=1))["token"])
            assert isinstance(token, Token)
            before = (await alice.node.ask("status"))["counts"]["statements"]
            tries = [apply_by_hand(alice, token, seeded_identity(f"g{number}{n}"), stay=True) for n in range(5)]
            answers = await asyncio.gather(*tries)
            assert sorted(type(answer).__name__ for answer in answers) == ["Refused"] * 4 + ["Welcome"]
            assert (await alice.node.ask("status"))["counts"]["statements"] == before + 2


async def test_what_a_joiner_may_not_send(target: Targets) -> None:
    """Neither nonsense nor others' statements nor a hello without the invite's secret lets anybody in."""
    street = maple_street(2)
    invite, other = (street.invite("alice", expires_day=TODAY + 1) for _ in range(2))
    token = token_for(street, invite)
    erin = seeded_identity("erin")
    names = {"person_name": "Erin", "device_name": "phone"}
    hello = sign_hello(erin, street.network, invite.id, invite.secrets, **names)
    wrong_secret = sign_hello(erin, street.network, invite.id, other.secrets, **names)
    unknown = sign_hello(erin, street.network, street.id(street.genesis), invite.secrets, **names)
    applications: Sequence[tuple[bytes, ...]] = (
        (),
        (b"",),
        (b"\x07" * 300,),
        (hello[:-1],),
        (hello, hello),
        (street.genesis, hello),
        (invite.statement, other.statement, hello),
        (invite.statement, wrong_secret),
        (invite.statement, unknown),
        (invite.statement,),
    )
    async with target(street) as alice:
        before = (await alice.node.ask("status"))["peers"]
        for number, statements in enumerate(applications):
            async with HandPeer.reach(alice.address, erin, link_psk(token.epoch_key), LinkKind.TOKEN) as guest:
                await guest.until(Offer)
                await guest.say(Apply(statements))
                said = await guest.until_closed()
                assert not any(isinstance(message, Welcome) for message in said), number
        assert (await alice.node.ask("status"))["peers"] == before
        await alice.is_well()


# -- hosts that pretend ------------------------------------------------------------------------------------------------


class Pretender:
    """Somebody who knows the code's key, speaks the real protocol, and writes down what joiners tell."""

    def __init__(self, key: Identity, psk: bytes, offer: Offer) -> None:
        self._offer = offer
        self.told: list[bytes] = []
        self.visits = 0
        self._server = Server(
            handshakes=Handshake,
            static_private=key.noise_private,
            psks=lambda kind: [psk],
            on_connection=self._receive,
        )

    @contextlib.asynccontextmanager
    async def answering(self) -> AsyncIterator[str]:
        port = await self._server.start(hosts=("127.0.0.1",))
        try:
            yield f"127.0.0.1:{port}"
        finally:
            await self._server.close()

    async def _receive(self, connection: Connection) -> None:
        self.visits += 1
        async with HostLink(connection, self._offer) as guest:
            with contextlib.suppress(PeerError):
                self.told += await guest.application()


def pretenders(street: Neighbourhood, invite: SeededInvite) -> dict[str, tuple[Identity, Offer]]:
    mallory, bob = seeded_identity("mallory"), seeded_identity("bob")
    true = tuple(street.statements)
    left = Neighbourhood.__new__(Neighbourhood)
    left.__dict__.update({**street.__dict__, "statements": list(street.statements)})
    left.leave("bob")
    elsewhere = Neighbourhood("Elm Street", founders=("mallory",))
    forged = (*true[:-1], true[-1][:-1] + bytes([true[-1][-1] ^ 1]))
    return {
        "a stranger with the true statements": (mallory, Offer("Maple Street", true, invite.statement)),
        "one who left": (bob, Offer("Maple Street", tuple(left.statements), invite.statement)),
        "another neighbourhood": (mallory, Offer("Maple Street", tuple(elsewhere.statements), invite.statement)),
        "a forged statement": (bob, Offer("Maple Street", forged, invite.statement)),
        "no statements": (bob, Offer("Maple Street", (), invite.statement)),
        "the genesis not first": (bob, Offer("Maple Street", true[::-1], invite.statement)),
        "too few statements": (bob, Offer("Maple Street", true[:2], invite.statement)),
    }


@pytest.mark.parametrize("kind", ["short", "token"])
async def test_nothing_of_ours_is_told_to_who_is_not_current(kind: str) -> None:
    """The joiner goes before its hello: not even its name is heard by a host that cannot prove itself."""
    street = maple_street(2)
    invite = street.invite("alice", expires_day=TODAY + 2)
    token = token_for(street, invite)
    short = ShortCode.for_network(street.network, invite.secret, TODAY + 2)
    psk = link_psk(street.epoch_key) if kind == "token" else invite.secrets.psk_join
    code = token.text() if kind == "token" else short.text()
    joining = Joining(seeded_identity("erin"), Config(), lambda: TODAY * 86_400_000, os.urandom)
    for name, (key, offer) in pretenders(street, invite).items():
        pretender = Pretender(key, psk, offer)
        async with pretender.answering() as address:
            with pytest.raises(InviteError):
                await joining.join(code, "Erin", "Erin's phone", address)
            with pytest.raises(InviteError):
                await joining.preview(code, address)
        assert pretender.visits == 2, name
        assert pretender.told == [], name
    true = Pretender(seeded_identity("bob"), psk, Offer("Maple Street", tuple(street.statements), invite.statement))
    async with true.answering() as address:
        preview = await joining.preview(code, address)
        assert isinstance(preview, Preview)
        assert (preview.network, preview.inviter, true.told) == ("Maple Street", "Alice", [])
        with pytest.raises(NobodyAnswered, match="went away") as gone:
            await joining.join(code, "Erin", "Erin's phone", address)
        assert "Try again" in gone.value.what_next
    assert len(true.told) == (2 if kind == "token" else 1), "the same offer by a current device does get the hello"


async def test_an_offered_invite_that_is_not_the_codes(tmp_path: Path) -> None:
    """A host cannot slip in an invite of its own: the code's secret says which one it is."""
    street = maple_street(2)
    invite, other = street.invite("alice", expires_day=TODAY + 2), street.invite("bob", expires_day=TODAY + 2)
    short = ShortCode.for_network(street.network, invite.secret, TODAY + 2)
    joining = Joining(seeded_identity("erin"), Config(), lambda: TODAY * 86_400_000, os.urandom)
    for shown in (other.statement, b"", street.genesis, invite.statement[:-1]):
        pretender = Pretender(
            seeded_identity("bob"), invite.secrets.psk_join, Offer("Maple Street", tuple(street.statements), shown)
        )
        async with pretender.answering() as address:
            with pytest.raises(DamagedCode):
                await joining.join(short.text(), "Erin", "phone", address)
        assert pretender.told == []
