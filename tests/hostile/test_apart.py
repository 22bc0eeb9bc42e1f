"""Joining by files: out on a stick, back on a stick, and everything that can be wrong with them."""

from __future__ import annotations

import contextlib
import random
import time
from pathlib import Path

import pytest

from meshnode.api.schema import ApiError
from meshnode.errors import DamagedCode
from meshnode.joining.host import Host
from meshnode.membership.join_files import InviteFile, ReplyFile, read_invite_file, read_reply_file
from meshnode.membership.statements import StatementRefused, check_statement, sign_hello
from meshnode.membership.tokens import ShortCode, Token, read_code
from tests.hostile.conftest import Target, Targets
from tests.support.nodes import RunningNode
from tests.support.people import Neighbourhood, SeededInvite, fuzz_count, maple_street, seeded_identity
from tests.support.replicas import Desk
from tests.support.settled import LOOPBACK

TODAY = int(time.time()) // 86_400


def guest_node(folder: Path, address: str) -> RunningNode:
    """A newcomer's node that looks for neighbours at one address."""
    return RunningNode(folder / "guest", "guest", settings=f'{LOOPBACK}addresses = ["{address}"]\n')


async def reply_of(guest: RunningNode, code: str) -> str:
    """What the newcomer writes for a code that came in a file."""
    claims = {"network": "Maple Street", "inviter": "Alice"}
    shown = await guest.ask("look_apart", code=code, **claims)
    assert (shown["network"], shown["inviter"]) == ("Maple Street", "Alice")
    assert any("No node of theirs" in sentence for sentence in shown["effect"])
    return str((await guest.ask("join_apart", code=code, name="Erin", **claims))["reply"])


async def until_inside(guest: RunningNode) -> None:
    async def inside() -> bool:
        return bool((await guest.ask("status"))["state"] == "inside")

    await guest.until("let in", inside)


def token_of(street: Neighbourhood, invite: SeededInvite) -> Token:
    return Token.from_invite(street.network, street.epoch_key, invite.secret, invite.statement)


async def test_out_and_back_on_a_stick(target: Targets, tmp_path: Path) -> None:
    """The newcomer meets nobody before the reply is read; an invite that is too old by then does not matter."""
    street = maple_street(2)
    async with target(street) as alice:
        token = (await alice.node.ask("invite", uses=1, days=0))["token"]
        nowhere = guest_node(tmp_path, "127.0.0.1:9")
        async with nowhere as guest:
            reply = await reply_of(guest, token)
            status = await guest.ask("status")
            assert (status["state"], status["waiting"]["network"], status["waiting"]["name"]) == (
                "outside",
                "Maple Street",
                "Erin",
            )
            assert token[:20] not in str(status)
        seen = await alice.node.ask("reply", reply=reply)
        assert (seen["name"], seen["inviter"], seen["in"]) == ("Erin", "Alice", False)
        await alice.node.ask("let_in", reply=reply)
        assert (await alice.node.ask("reply", reply=reply))["in"]
        await alice.node.ask("let_in", reply=reply)
        async with guest_node(tmp_path, alice.address) as guest:
            await until_inside(guest)
            status = await guest.ask("status")
            assert (status["network"]["name"], status["me"]["name"]) == ("Maple Street", "Erin")
            assert "waiting" not in status
            await guest.until_titles(["Rake leaves"])
            await guest.stop()
            await guest.start()
            assert (await guest.ask("status"))["state"] == "inside"


async def test_who_waits_may_be_let_in_over_the_network_first(target: Targets, tmp_path: Path) -> None:
    async with target() as alice:
        token = (await alice.node.ask("invite", uses=1, days=1))["token"]
        async with guest_node(tmp_path, alice.address) as guest:
            reply = await reply_of(guest, token)
            await until_inside(guest)
            assert (await alice.node.ask("reply", reply=reply))["in"]


async def test_a_reply_is_judged_like_any_hello(target: Targets, tmp_path: Path) -> None:
    """Expired by the reader's clock, used up, another street's, and every flipped byte: refused, with a sentence."""
    street = maple_street(2)
    elm = Neighbourhood("Elm Street", founders=("mallory",))
    async with target(street) as alice:
        for invite, of, code in (
            (street.invite("alice", expires_day=TODAY - 1), street, "invite-expired"),
            (elm.invite("mallory", expires_day=TODAY + 1), elm, "invite"),
        ):
            reply = reply_by_hand(of, invite, "erin")
            with pytest.raises(ApiError) as refused:
                await alice.node.ask("let_in", reply=reply.content().decode())
            assert refused.value.code == code
            assert refused.value.what_next
        good = street.invite("alice", expires_day=TODAY + 1)
        await alice.node.ask("let_in", reply=reply_by_hand(street, good, "erin").content().decode())
        with pytest.raises(ApiError) as refused:
            await alice.node.ask("let_in", reply=reply_by_hand(street, good, "farah").content().decode())
        assert refused.value.code == "invite-used"
        before = (await alice.node.ask("status"))["counts"]
        for number, wrong in enumerate(damaged(reply_by_hand(street, street.invite("alice"), "goran"))):
            with pytest.raises(ApiError) as refused:
                await alice.node.ask("let_in", reply=wrong)
            assert refused.value.code in {"invite", "damaged-code", "bad-input"}, number
        assert (await alice.node.ask("status"))["counts"] == before
        await alice.is_well()


def reply_by_hand(street: Neighbourhood, invite: SeededInvite, who: str) -> ReplyFile:
    hello = sign_hello(
        seeded_identity(who),
        street.network,
        invite.id,
        invite.secrets,
        person_name=who.title(),
        device_name=f"{who}'s phone",
    )
    return ReplyFile(street.name, who.title(), invite.statement, hello)


def damaged(reply: ReplyFile) -> list[str]:
    text = reply.content().decode()
    flipped = [
        ReplyFile(reply.network, reply.name, reply.invite, reply.hello[:at] + b"\xff" + reply.hello[at + 1 :])
        for at in range(0, len(reply.hello), 37)
    ]
    return [
        *(each.content().decode() for each in flipped),
        ReplyFile(reply.network, reply.name, reply.hello, reply.hello).content().decode(),
        ReplyFile(reply.network, reply.name, reply.invite, reply.invite).content().decode(),
        ReplyFile(reply.network, reply.name, b"", b"").content().decode(),
        text[: len(text) // 2],
        text.replace("reply 1", "reply 9"),
        "meshnode reply 1\nhello: !!!",
        "",
        "\x00" * 100,
    ]


async def test_what_is_no_full_token_gets_no_reply(tmp_path: Path) -> None:
    street = maple_street(2)
    invite = street.invite("alice", expires_day=TODAY + 2)
    token = token_of(street, invite)
    forged = Token(
        token.network,
        token.epoch_key,
        token.inviter,
        token.secret,
        token.expires_day + 1,
        token.uses,
        token.signature,
    )
    long_ago = token_of(street, street.invite("alice", expires_day=TODAY - 9))
    short = ShortCode.for_network(street.network, invite.secret, TODAY + 2)
    async with RunningNode(tmp_path / "guest", "guest", settings=LOOPBACK) as guest:
        for code, kind in (
            (forged.text(), "damaged-code"),
            (short.text(), "damaged-code"),
            (token.text()[:-3], "damaged-code"),
            (f"{token.text()}@127.0.0.1:9", "damaged-code"),
            (long_ago.text(), "invite-expired"),
        ):
            for do in ("look_apart", "join_apart"):
                with pytest.raises(ApiError) as refused:
                    await guest.ask(do, code=code, name="Erin")
                assert refused.value.code == kind
        assert (await guest.ask("status"))["waiting"] is None


def test_files_say_what_was_written_and_names_are_cleaned() -> None:
    street = maple_street(2)
    invite = street.invite("alice")
    code = token_of(street, invite).text()
    read = read_invite_file(InviteFile("Maple\x1b[2J Street", "Ali\u202ece", code).content())
    assert (read.network, read.inviter, read.code) == ("Maple[2J Street", "Alice", code)
    assert isinstance(read_code(read.code), Token)
    reply = reply_by_hand(street, invite, "erin")
    assert read_reply_file(reply.content() + b"later: more\n") == reply
    for content in (b"", b"\xff\xfe", b"meshnode invite 2\n", reply.content()):
        with pytest.raises(DamagedCode):
            read_invite_file(content)


def test_mutated_files_are_damaged_or_harmless() -> None:
    """Whatever is done to a file: the one refusal, or statements that are as they were."""
    seed = 20_261_125
    print("seed", seed)
    chance = random.Random(seed)
    street = maple_street(2)
    invite = street.invite("alice")
    reply = reply_by_hand(street, invite, "erin")
    files = (reply.content(), InviteFile("Maple Street", "Alice", token_of(street, invite).text()).content())
    for _ in range(fuzz_count(400)):
        content = bytearray(chance.choice(files))
        for _ in range(chance.randrange(1, 4)):
            at = chance.randrange(len(content))
            content[at : at + chance.randrange(3)] = chance.randbytes(chance.randrange(3))
        with contextlib.suppress(DamagedCode):
            read = read_reply_file(bytes(content))
            assert len(read.name) <= 64
            if read.hello != reply.hello:
                with pytest.raises(StatementRefused):
                    check_statement(street.network, read.hello)
        with contextlib.suppress(DamagedCode):
            assert read_code(read_invite_file(bytes(content)).code) == token_of(street, invite)


async def test_an_event_lets_many_in_and_not_one_more(target: Targets) -> None:
    """Over-use is refused by the witness; the first ones stay."""
    async with target() as alice:
        invite = await alice.node.ask("invite", event=True, uses=2)
        left_hours = (invite["expires_ms"] / 1000 - time.time()) / 3600
        assert 12 <= left_hours <= 36
        assert (await alice.node.ask("came_in", invite=invite["id"]))["people"] == []
        token = read_code(invite["token"])
        assert isinstance(token, Token)
        for who, fits in (("erin", True), ("farah", True), ("goran", False)):
            reply = reply_for(alice, token, who)
            if fits:
                await alice.node.ask("let_in", reply=reply)
            else:
                with pytest.raises(ApiError, match="as often as it may be"):
                    await alice.node.ask("let_in", reply=reply)
        people = (await alice.node.ask("came_in", invite=invite["id"]))["people"]
        assert [person["name"] for person in people] == ["Erin", "Farah"]
        assert (await alice.node.ask("invite", event=True))["uses"] == 30


def reply_for(alice: Target, token: Token, who: str) -> str:
    street, statement = alice.street, token.invite_statement()
    invite = SeededInvite(token.secret, statement, street.id(statement))
    return reply_by_hand(street, invite, who).content().decode()


async def test_a_hub_witnesses_for_an_event(tmp_path: Path) -> None:
    """The steward's laptop shows the code; the hub on the table, which has heard of the invite, lets people in."""
    street = maple_street(2)
    hub = street.hub("elm", "alice")
    invite = street.invite("alice", uses=5, expires_day=TODAY + 1)
    desk = Desk(tmp_path / "hub", hub, street, TODAY * 86_400_000)
    await desk.hear_of(*street.statements)
    host = Host(desk.replica, lambda: street.epoch_key, desk.clock, lambda: False, lambda _: None)
    reply = reply_by_hand(street, invite, "erin")
    await host.let_in((reply.invite, reply.hello))
    assert desk.replica.membership.author_class(seeded_identity("erin").device).current
    assert desk.replica.membership.invite_users(invite.id) == {seeded_identity("erin").member}
    desk.close()
