"""Whom a node links with: real replicas on a wire in memory; removal, brake, block, and what is said at the end."""

from __future__ import annotations

from pathlib import Path

from crdt.identifiers import Lane
from meshnode.membership.statements import sign_petition, sign_vote
from meshnode.sync.messages import Bye, Push
from meshnode.trust.access import Access, Linking
from tests.peers.pair import Linked, Side, ordinary, played_by_hand, two_sides
from tests.support.people import maple_street, member_keys, seeded_identity
from tests.support.replicas import open_desk
from tests.trust.cast import person, remove

VOTERS = ("alice", "bob", "chidi")


async def test_once_a_peer_knows_of_a_removal_nothing_is_exchanged_any_more(tmp_path: Path) -> None:
    """Emre hears who signed, in the last words of the link; what he writes then reaches nobody."""
    street = maple_street(6)
    async with two_sides(tmp_path, street, ("alice", "emre")) as (a, e):
        link = Linked(a, e)
        await link.settled()
        told = len(street.statements)
        petition = remove(street, VOTERS, "emre", reason="He sold the drill.")
        await a.desk.hear_of(*street.statements[told:])
        for report in await link.reports():
            assert report.end.code == "not-a-member"
        await e.until("Emre has heard", lambda: person("emre") in e.desk.replica.membership.removed)
        ballot = next(b for b in e.desk.replica.membership.ballots if b.petition.id == petition)
        assert ballot.effective
        assert ballot.yes == {person(name) for name in VOTERS}
        assert ballot.petition.reason == "He sold the drill."
        before = ordinary(a)
        await e.desk.add("After the end")
        await a.desk.add("Not for Emre")
        _, theirs = await Linked(e, a).reports()
        assert not theirs.granted
        assert ordinary(a) == before + 1
        assert "Not for Emre" not in [task["title"] for task in e.desk.tasks()]


async def test_who_comes_back_without_knowing_is_told_before_the_goodbye(tmp_path: Path) -> None:
    street = maple_street(6)
    before = list(street.statements)
    petition = remove(street, VOTERS, "emre")
    alice = Side(open_desk(tmp_path, "alice", street))
    emre = Side(open_desk(tmp_path, "emre", street, before))
    link = Linked(emre, alice)
    assert {report.end.code for report in await link.reports()} == {"not-a-member"}
    assert emre.desk.replica.membership.removed == {person("emre")}
    assert petition in [ballot.petition.id for ballot in emre.desk.replica.membership.ballots]
    for side in (alice, emre):
        side.desk.close()


async def test_a_removed_device_by_hand_gets_the_papers_and_nothing_else(tmp_path: Path) -> None:
    street = maple_street(6)
    remove(street, VOTERS, "emre")
    alice = Side(open_desk(tmp_path, "alice", street))
    await alice.desk.add("Not for Emre")
    async with played_by_hand(alice, street, "emre") as (peer, report):
        await peer.greet()
        heard = await peer.until_closed()
        assert isinstance(heard[-1], Bye)
        assert [push.lane for push in heard if isinstance(push, Push)] == [Lane.STATEMENTS]
        assert peer.items_heard() == []
        assert not (await report).granted
    alice.desk.close()


async def test_the_brake_keeps_links_and_asks(tmp_path: Path) -> None:
    """Four removals at once: three are followed, the fourth waits; the answer closes the link, or keeps it."""
    names = ("emre", "farah", "goran", "hana")
    street = maple_street(8)
    clique_of = [remove(street, VOTERS, name) for name in names]
    alice = Side(open_desk(tmp_path, "alice", street))
    waiting = alice.access.waiting
    assert len(waiting) == 1
    assert len(alice.access.followed) == 3
    assert waiting | alice.access.followed == {person(name) for name in names}
    held_back = next(name for name in names if person(name) in waiting)
    assert alice.access.of(seeded_identity(held_back).device) is Linking.OPEN
    side = Side(open_desk(tmp_path, held_back, street, [s for s in street.statements if street.id(s) not in clique_of]))
    link = Linked(alice, side)
    await link.up()
    alice.access.decide(waiting, follow=True)
    assert {report.end.code for report in await link.reports()} == {"not-a-member"}
    assert Access(alice.desk.replica).waiting == frozenset()
    alice.access.decide(waiting, follow=False)
    assert alice.access.of(seeded_identity(held_back).device) is Linking.OPEN
    assert Access(alice.desk.replica).declined == waiting
    for each in (alice, side):
        await each.links.stop()
        each.desk.close()


async def test_the_brake_leaves_the_sets_alone(tmp_path: Path) -> None:
    """Law i: what this node follows by itself makes no difference to what belongs."""
    street = maple_street(8)
    for name in ("emre", "farah", "goran", "hana"):
        remove(street, VOTERS, name)
    alice = Side(open_desk(tmp_path, "alice", street))
    waiting = alice.access.waiting
    digests = alice.desk.digests()
    membership = alice.desk.replica.membership
    alice.access.decide(waiting, follow=False)
    assert alice.desk.digests() == digests
    assert alice.desk.replica.membership is membership
    assert waiting <= membership.removed
    alice.desk.close()


async def test_a_block_is_local_and_is_lifted_again(tmp_path: Path) -> None:
    street = maple_street(3)
    async with two_sides(tmp_path, street, ("alice", "bob", "chidi")) as (a, b, c):
        link = Linked(a, b)
        await link.settled()
        statements = a.desk.digests()[0]
        a.access.block(person("bob"))
        assert {report.end.code for report in await link.reports()} == {"not-now"}
        _, mine = await Linked(b, a).reports()
        assert not mine.granted
        assert a.desk.digests()[0] == statements
        assert c.access.of(b.device) is Linking.OPEN
        assert a.access.of(c.device) is Linking.OPEN
        await b.desk.add("By way of Chidi")
        await Linked(b, c).settled()
        await Linked(c, a).settled()
        assert [task["title"] for task in a.desk.tasks()] == ["By way of Chidi"]
        a.access.unblock(person("bob"))
        await Linked(b, a).up()


async def test_restored_people_link_again(tmp_path: Path) -> None:
    street = maple_street(6)
    petition = remove(street, VOTERS, "emre")
    async with two_sides(tmp_path, street, ("alice", "emre")) as (a, e):
        mine, _ = await Linked(a, e).reports()
        assert not mine.granted
        told = len(street.statements)
        street.add(sign_vote(member_keys(seeded_identity("chidi")), street.network, petition, 2, yes=False))
        await a.desk.hear_of(*street.statements[told:])
        assert a.access.followed == frozenset()
        await Linked(a, e).up()


async def test_back_dated_words_of_a_removed_clique_are_void(tmp_path: Path) -> None:
    """What a removed key signs later has no effect, whatever it says about when."""
    street = maple_street(7)
    remove(street, (*VOTERS, "dana"), "emre", "farah")
    before = street.membership()
    keys = [member_keys(seeded_identity(name)) for name in ("emre", "farah")]
    street.join("ines", by="emre")
    invite = street.invite("farah")
    street.witness("farah", street.hello("jonas", invite))
    petition = street.id(
        street.add(
            sign_petition(
                keys[0], street.network, bytes(16), reason="", targets=[person("alice")], stays=[person("emre")]
            )
        )
    )
    for each in (*keys, member_keys(seeded_identity("goran"))):
        street.add(sign_vote(each, street.network, petition, 1, yes=True))
    after = street.membership()
    assert after.removed == before.removed == {person("emre"), person("farah")}
    for name in ("ines", "jonas"):
        assert not after.author_class(seeded_identity(name).device).current
    desk = open_desk(tmp_path, "alice", street)
    access = Access(desk.replica)
    assert access.of(seeded_identity("ines").device) is not Linking.OPEN
    assert access.of(seeded_identity("goran").device) is Linking.OPEN
    desk.close()


async def test_a_removed_inviters_code_adds_nobody(tmp_path: Path) -> None:
    street = maple_street(6)
    invite = street.invite("emre", uses=5)
    street.witness("bob", street.hello("ines", invite))
    assert street.membership().author_class(seeded_identity("ines").device).current
    remove(street, VOTERS, "emre")
    street.witness("bob", street.hello("jonas", invite))
    membership = street.membership()
    assert not membership.author_class(seeded_identity("jonas").device).current
    assert membership.author_class(seeded_identity("ines").device).current, "the roster keeps who was there"
    assert not membership.invites[invite.id].alive


async def test_two_petitions_of_equal_margin_apply_together(tmp_path: Path) -> None:
    """Two halves against each other: neither is quicker, both are right."""
    street = maple_street(10)
    one, other = ("alice", "bob", "chidi"), ("dana", "emre", "farah")
    remove(street, one, "dana")
    remove(street, other, "alice")
    assert street.membership().removed == {person("alice"), person("dana")}
