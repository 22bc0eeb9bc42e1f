"""Nodes of different versions: what one cannot read it keeps and passes on; who has to update is told so."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from crdt.identifiers import ItemId, Lane, RecordId
from meshnode.identity.signing import SigningKey
from meshnode.membership.frame import signed_bytes
from meshnode.peers.limits import PeerLimits
from meshnode.sync.messages import Hello, Ready
from tests.peers.pair import Linked, Side, ordinary, played_by_hand, two_sides
from tests.support.chunks import SET, Draft, Row, put
from tests.support.people import Neighbourhood, maple_street, member_keys, seeded_identity
from tests.support.replicas import record_of

LATER_KIND_OF_RECORD = 0x7E
LATER_KINDS_OF_STATEMENT = (0x0D, 0x9F)
VERSION_99 = Row(SET, "v", value=b"\xe3\x00", value_type=4)
LATER_MESSAGE = b"\xfe\x01whatever a later version says"


def later_statement(street: Neighbourhood, kind: int, signer: SigningKey) -> bytes:
    """A statement that only a later version could make sense of."""
    body = b"something that will be thought of one day" + bytes([kind])
    signature = signer.sign(signed_bytes(street.network, kind, signer.public, body))
    return signature + bytes([kind]) + signer.public + body


async def write_as_a_later_version(side: Side, street: Neighbourhood) -> tuple[RecordId, RecordId, RecordId]:
    """A task with a field more, one whose form is newer, and a record of a kind that is not known here."""
    desk = side.desk
    await desk.hear_of(*(later_statement(street, kind, signer_of("alice")) for kind in LATER_KINDS_OF_STATEMENT))
    drafts = (
        desk.begun(Draft([put("title", "With more"), put("sparkle", "a lot")]), at_ms=desk.clock()),
        desk.begun(Draft([put("title", "Newer"), VERSION_99]), at_ms=desk.clock()),
        desk.begun(Draft([put("dragon", "Ancalagon")]), at_ms=desk.clock(), kind=LATER_KIND_OF_RECORD),
    )
    await desk.take(*drafts)
    more, newer, unknown = map(record_of, drafts)
    return more, newer, unknown


def signer_of(name: str) -> SigningKey:
    return member_keys(seeded_identity(name)).sign


async def test_what_a_later_version_writes_passes_through_an_older_node(tmp_path: Path) -> None:
    street = maple_street(3)
    async with two_sides(tmp_path, street, ("alice", "bob", "chidi")) as (alice, bob, chidi):
        more, newer, unknown = await write_as_a_later_version(alice, street)
        await Linked(alice, bob).settled()
        assert bob.desk.digests() == alice.desk.digests()
        await Linked(bob, chidi).settled()
        assert chidi.desk.digests() == alice.desk.digests()
        for side in (bob, chidi):
            views = side.desk.replica.records
            assert views.view(more)["title"] == "With more"
            assert views.view(newer)["newer"] is True
            assert views.view(unknown)["newer"] is True, "kept, and shown as what it is"
            assert [view["id"] for view in views.views(LATER_KIND_OF_RECORD)] == [unknown.hex()]
        # The older one goes on writing in it, and takes nothing of the rest away.
        await chidi.desk.act("task.edit", more, title="Edited by an older version")
        await alice.until("edited", lambda: alice.desk.digests() == chidi.desk.digests())
        assert alice.desk.replica.records.view(more)["title"] == "Edited by an older version"
        raw = alice.desk.replica.records.open(more)
        assert any(b"sparkle" in change.raw for change in raw.changes)


async def test_feature_bits_and_messages_of_a_later_version_are_let_pass(tmp_path: Path) -> None:
    street = maple_street(2)
    async with two_sides(tmp_path, street, ("alice",)) as (alice,), played_by_hand(alice, street, "bob") as (bob, _):
        await bob.say(Hello(1, 200, 0xFFFF_FFFF, os.urandom(16), bob.lanes, bob.statement))
        await bob.until(Ready)
        await bob.say(Ready())
        await bob.connection.send(LATER_MESSAGE)
        await bob.push(later_statement(street, 0x0E, signer_of("bob")), lane=Lane.STATEMENTS)
        await alice.until("there", lambda: len(alice.desk.store.index(Lane.STATEMENTS)) == len(street.statements) + 1)
        assert ordinary(alice) == 0
        assert seeded_identity("bob").device in alice.links.by_device


async def test_statements_that_cannot_be_read_count_against_their_signer(tmp_path: Path) -> None:
    street, limits = maple_street(2), PeerLimits(statements_a_member=5)
    async with (
        two_sides(tmp_path, street, ("alice",), limits=limits) as (alice,),
        played_by_hand(alice, street, "bob") as (bob, _),
    ):
        await bob.enter()
        stranger = SigningKey(bytes(range(32)))
        later = [later_statement(street, kind, stranger) for kind in range(0x20, 0x28)]
        await bob.push(*later, lane=Lane.STATEMENTS)
        assert len(alice.desk.store.held(Lane.STATEMENTS, [ItemId(street.id(each)) for each in later])) == 5


@pytest.mark.parametrize(
    ("lowest", "highest", "sentence"),
    [
        (2, 9, "Bob has a newer meshnode that this one cannot talk to any more. Update meshnode here."),
        (0, 0, "Bob has a meshnode too old to talk to this one. Ask them to update it."),
    ],
)
async def test_without_a_common_version_it_is_said_who_updates(
    tmp_path: Path, lowest: int, highest: int, sentence: str
) -> None:
    street = maple_street(2)
    async with two_sides(tmp_path, street) as (alice, bob):
        async with played_by_hand(alice, street, "bob") as (peer, report):
            await peer.say(Hello(lowest, highest, 0, os.urandom(16), peer.lanes, peer.statement))
            await peer.until_closed()
            assert not (await report).granted
        assert alice.links.trouble() == [sentence]
        await Linked(bob, alice).up()
        assert alice.links.trouble() == [], "they have updated"
