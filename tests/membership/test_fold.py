"""The fold, rule by rule; the numbers are those in `membership.standing` and `membership.fold`."""

from __future__ import annotations

import pytest

from crdt.identifiers import MemberId, NetworkId, StatementId
from meshnode.identity.keys import Identity
from meshnode.membership.fold import AuthorClass, InviteState, Member, fold
from meshnode.membership.frame import NO_NETWORK, signed_bytes
from meshnode.membership.roles import Role
from meshnode.membership.statements import (
    DeviceKind,
    StatementRefused,
    check_statement,
    parse_statement,
    sign_genesis,
    sign_hello,
    statement_id,
)
from tests.support.people import (
    TODAY,
    Neighbourhood,
    maple_street,
    member_keys,
    seeded_device,
    seeded_identity,
)

CURRENT, PAST, UNKNOWN = AuthorClass.CURRENT, AuthorClass.PAST, AuthorClass.UNKNOWN


def state(street: Neighbourhood, who: str | Identity) -> AuthorClass:
    identity = seeded_identity(who) if isinstance(who, str) else who
    return street.membership().author_class(identity.device)


def member(street: Neighbourhood, name: str) -> Member:
    return street.membership().members[seeded_identity(name).person]


def established(street: Neighbourhood) -> set[MemberId]:
    return {each.id for each in street.membership().members.values() if each.established}


def id_of(name: str) -> MemberId:
    return seeded_identity(name).person


@pytest.fixture
def street() -> Neighbourhood:
    """Three founders, so that one vouch makes a newcomer and two establish."""
    return Neighbourhood(founders=("alice", "bob", "chidi"))


def test_nothing_is_known_without_the_genesis() -> None:
    street = maple_street()
    nobody = fold(street.network, street.statements[1:])
    assert (nobody.name, nobody.founders, len(nobody.members), len(nobody.devices)) == ("", (), 0, 0)
    assert nobody.author_class(seeded_identity("alice").device) is UNKNOWN
    assert nobody.support(seeded_identity("alice").device) == []
    assert nobody.open_invites(TODAY) == []
    assert fold(street.network, []) == nobody


def test_rule_1_founders(street: Neighbourhood) -> None:
    membership = street.membership()
    assert membership.name == "Maple Street"
    assert membership.founders == (id_of("alice"), id_of("bob"), id_of("chidi"))
    for name in ("alice", "bob", "chidi"):
        assert state(street, name) is CURRENT
        founder = member(street, name)
        assert (founder.founder, founder.established, founder.left, founder.invited_by) == (True, True, False, None)
        assert founder.name == name.title()
        assert founder.role is Role.ESTABLISHED


def test_rule_2_an_invite_and_a_witness_make_a_newcomer(street: Neighbourhood) -> None:
    dana = street.join("dana", by="alice", witness="bob")
    newcomer = member(street, "dana")
    assert state(street, "dana") is CURRENT
    assert (newcomer.current, newcomer.established, newcomer.founder) == (True, False, False)
    assert (newcomer.name, newcomer.invited_by) == ("Dana", id_of("alice"))
    assert newcomer.devices == (dana.device,)
    assert newcomer.role is Role.NEWCOMER
    assert street.membership().member_of(dana.device) == dana.person
    assert street.membership().role_of(dana.device) is Role.NEWCOMER


def test_rule_2_an_unwitnessed_hello_is_nothing(street: Neighbourhood) -> None:
    street.hello("dana", street.invite("alice"))
    assert state(street, "dana") is UNKNOWN
    assert id_of("dana") not in street.membership().members


def test_rule_2_a_stranger_is_no_witness(street: Neighbourhood) -> None:
    hello = street.hello("dana", street.invite("alice"))
    street.certify(seeded_identity("emre"), "emre")
    street.witness("emre", hello)
    assert state(street, "dana") is UNKNOWN
    assert state(street, "emre") is UNKNOWN


def test_rule_2_nobody_witnesses_themselves(street: Neighbourhood) -> None:
    hello = street.hello("dana", street.invite("alice"))
    street.witness("dana", hello)
    assert state(street, "dana") is UNKNOWN
    street.join("dana", by="alice")
    street.witness("dana", street.hello("dana", street.invite("bob")))
    assert not member(street, "dana").established
    street.witness(seeded_device("dana", "tablet"), street.hello("dana", street.invite("bob")))
    assert not member(street, "dana").established


def test_rule_2_nobody_vouches_for_themselves() -> None:
    street = Neighbourhood()
    street.witness("alice", street.hello("alice", street.invite("alice")))
    assert member(street, "alice").invited_by is None
    assert street.membership().vouched_by(id_of("alice")) == ()


def test_rule_2_a_newcomer_witnesses_but_does_not_invite(street: Neighbourhood) -> None:
    street.join("dana", by="alice")
    street.join("emre", by="bob", witness="dana")
    assert state(street, "emre") is CURRENT
    street.join("farah", by="dana", witness="bob")
    assert state(street, "farah") is UNKNOWN


def test_rule_2_statements_that_come_before_what_they_rest_on(street: Neighbourhood) -> None:
    """An invite by somebody who is established only later counts: there is no later."""
    street.join("farah", by="dana", witness="emre")
    street.join("emre", by="bob", witness="dana")
    assert state(street, "farah") is UNKNOWN
    street.join("dana", by="alice")
    street.join("dana", by="bob")
    assert [state(street, name) for name in ("dana", "emre", "farah")] == [CURRENT] * 3


def test_rule_2_the_hello_must_be_for_the_invites_own_key(street: Neighbourhood) -> None:
    """A countersignature by another invite's key is genuine, but of the wrong invite."""
    invite, other = street.invite("alice"), street.invite("alice")
    dana = seeded_identity("dana")
    hello = sign_hello(dana, street.network, invite.id, other.secrets, person_name="Dana", device_name="")
    street.add(hello)
    street.witness("alice", street.id(hello))
    assert state(street, "dana") is UNKNOWN


def test_rule_3_two_vouches_of_different_members_establish(street: Neighbourhood) -> None:
    street.join("dana", by="alice")
    street.join("dana", by="alice", witness="bob")
    assert not member(street, "dana").established
    street.join("dana", by="bob")
    assert member(street, "dana").established
    street.join("emre", by="dana", witness="alice")
    assert state(street, "emre") is CURRENT


def test_rule_3_the_vouch_of_a_sole_founder_is_enough() -> None:
    street = maple_street()
    assert member(street, "bob").established
    street.join("emre", by="bob", witness="chidi")
    assert (state(street, "emre"), member(street, "emre").established) == (CURRENT, False)


def test_rule_3_the_genesis_says_how_many_vouches() -> None:
    street = Neighbourhood(founders=("alice", "bob", "chidi"))
    alice, others = seeded_identity("alice"), [member_keys(seeded_identity(name)) for name in ("bob", "chidi")]
    street.genesis = sign_genesis(alice, "Three", bytes(16), others, vouches_needed=3)
    street.network, street.statements = NetworkId(statement_id(NO_NETWORK, street.genesis)), [street.genesis]
    for name in ("alice", "bob", "chidi"):
        street.certify(seeded_identity(name), name)
        assert seeded_identity("dana").person not in established(street)
        street.join("dana", by=name)
    assert member(street, "dana").established


def test_rule_4_a_hub_witnesses_while_a_steward_is_established(street: Neighbourhood) -> None:
    hub = street.hub("hall", "dana", "emre")
    street.join("farah", by="alice", witness=hub)
    assert (state(street, hub), state(street, "farah")) == (UNKNOWN, UNKNOWN)
    street.join("emre", by="alice")
    assert (state(street, hub), state(street, "farah")) == (UNKNOWN, UNKNOWN)
    street.join("emre", by="bob")
    assert (state(street, hub), state(street, "farah")) == (CURRENT, CURRENT)
    device = street.membership().devices[hub.device]
    assert (device.kind, device.member, device.name) == (DeviceKind.HUB, None, "hall")
    assert set(device.stewards) == {id_of("dana"), id_of("emre")}
    assert street.membership().member_of(hub.device) is None
    assert street.membership().role_of(hub.device) is Role.HUB


def test_rule_4_a_newcomers_hub_does_not_witness(street: Neighbourhood) -> None:
    hub = street.hub("hall", "dana")
    street.join("dana", by="alice")
    for founder in ("alice", "bob"):
        street.join("emre", by=founder)
    street.join("farah", by="emre", witness=hub)
    assert (state(street, hub), state(street, "farah")) == (UNKNOWN, UNKNOWN)


def test_rule_4_a_hub_does_not_invite(street: Neighbourhood) -> None:
    hub = street.hub("hall", "alice")
    invite = street.invite(hub)
    street.witness("alice", street.hello("dana", invite))
    assert state(street, "dana") is UNKNOWN
    assert street.membership().invite_state(invite.id, TODAY) is InviteState.DEAD


def test_rule_4_certificates_of_one_hub_add_up(street: Neighbourhood) -> None:
    street.hub("hall", "dana")
    hub = street.hub("hall", "bob")
    assert state(street, hub) is CURRENT


def test_rule_5_a_single_use_invite_used_twice_lets_one_in(street: Neighbourhood) -> None:
    invite = street.invite("alice")
    hellos = {name: street.hello(name, invite) for name in ("dana", "emre")}
    for hello in hellos.values():
        street.witness("bob", hello)
    first, second = sorted(hellos, key=lambda name: hellos[name])
    assert (state(street, first), state(street, second)) == (CURRENT, PAST)
    assert street.membership().invite_users(invite.id) == {id_of(first)}
    assert not member(street, second).current
    assert member(street, second).role is Role.PAST
    street.join(second, by="chidi")
    assert (state(street, first), state(street, second)) == (CURRENT, CURRENT)


def test_rule_5_who_is_reached_earlier_keeps_the_place(street: Neighbourhood) -> None:
    """Whoever comes in through a newcomer's witness cannot push out somebody whom a founder witnessed, whatever id
    their hello has: ids can be tried out until one is low."""
    street.join("farah", by="alice")
    invite = street.invite("alice")
    hellos = {name: street.hello(name, invite) for name in ("dana", "emre")}
    low, high = sorted(hellos, key=lambda name: hellos[name])
    street.witness("bob", hellos[high])
    street.witness("farah", hellos[low])
    assert (state(street, high), state(street, low)) == (CURRENT, PAST)


def test_rule_5_over_use_never_touches_who_has_another_vouch(street: Neighbourhood) -> None:
    for name in ("dana", "emre"):
        street.join(name, by="bob")
    invite = street.invite("alice")
    for name in ("dana", "emre", "farah"):
        street.witness("chidi", street.hello(name, invite))
    assert member(street, "dana").established
    assert member(street, "emre").established
    assert len(street.membership().invite_users(invite.id)) == 1


def test_rule_5_another_hello_with_the_same_invite_takes_no_second_place(street: Neighbourhood) -> None:
    invite = street.invite("alice", uses=2)
    for name in ("first try", "second try", "third try"):
        street.witness("alice", street.hello("dana", invite, name))
    assert street.membership().invite_state(invite.id, TODAY) is InviteState.OPEN
    street.witness("alice", street.hello("emre", invite))
    assert state(street, "emre") is CURRENT
    assert street.membership().invite_state(invite.id, TODAY) is InviteState.USED


def test_rule_6_who_is_listed_by_the_one_who_leaves_stays(street: Neighbourhood) -> None:
    street.join("dana", by="alice")
    street.join("emre", by="alice", witness="bob")
    street.leave("alice", vouched=["dana"])
    assert [state(street, name) for name in ("alice", "dana", "emre")] == [PAST, CURRENT, PAST]
    assert (member(street, "alice").left, member(street, "emre").left) == (True, False)
    street.join("emre", by="bob")
    assert state(street, "emre") is CURRENT


def test_rule_6_who_was_witnessed_is_listed_too(street: Neighbourhood) -> None:
    street.join("dana", by="bob", witness="alice")
    hub = street.hub("hall", "alice")
    street.join("emre", by="chidi", witness=hub)
    assert street.membership().vouched_by(id_of("alice")) == tuple(sorted((id_of("dana"), id_of("emre"))))
    street.leave("alice")
    assert [state(street, name) for name in ("dana", "emre")] == [CURRENT, CURRENT]
    assert state(street, hub) is PAST
    assert street.membership().role_of(hub.device) is Role.PAST


def test_rule_6_the_word_of_one_who_left_admits_nobody_new(street: Neighbourhood) -> None:
    invite = street.invite("alice", uses=5)
    street.leave("alice")
    assert street.membership().invite_state(invite.id, TODAY) is InviteState.DEAD
    assert street.membership().open_invites(TODAY) == []
    street.witness("bob", street.hello("dana", invite))
    assert state(street, "dana") is PAST
    street.join("emre", by="bob", witness="alice")
    assert state(street, "emre") is PAST


def test_rule_6_several_farewells_add_up(street: Neighbourhood) -> None:
    street.join("dana", by="alice")
    street.join("emre", by="alice")
    street.leave("alice", vouched=["dana"])
    street.leave("alice", vouched=["emre"])
    assert [state(street, name) for name in ("dana", "emre")] == [CURRENT, CURRENT]


def test_fold_rule_3_leaving_is_final_for_the_key(street: Neighbourhood) -> None:
    street.join("dana", by="alice")
    street.leave("dana")
    street.join("dana", by="bob")
    street.certify(seeded_device("dana", "tablet"), "dana")
    assert state(street, "dana") is PAST
    assert state(street, seeded_device("dana", "tablet")) is PAST
    assert member(street, "dana").left


def test_fold_rule_3_a_stranger_who_leaves_says_nothing(street: Neighbourhood) -> None:
    street.leave("dana", vouched=["emre"])
    assert id_of("dana") not in street.membership().members


def test_rule_7_a_key_that_two_certified_speaks_for_neither(street: Neighbourhood) -> None:
    street.join("dana", by="bob", witness="bob")
    mallory = member_keys(seeded_identity("dana"))
    street.join("emre", by="alice")
    street.certify(Identity(seeded_identity("alice").device_keys, mallory.id, mallory), "dana")
    device = street.membership().devices[seeded_identity("alice").device]
    assert (device.state, device.member) == (PAST, None)
    assert street.membership().member_of(device.id) is None
    assert seeded_identity("alice").device not in member(street, "alice").devices
    assert state(street, "emre") is PAST
    assert member(street, "alice").current
    street.certify(seeded_device("alice", "new laptop"), "alice")
    assert state(street, seeded_device("alice", "new laptop")) is CURRENT


def test_rule_7_a_key_is_a_hub_or_somebodys(street: Neighbourhood) -> None:
    hub = street.hub("hall", "alice")
    bob = member_keys(seeded_identity("bob"))
    street.certify(Identity(hub.device_keys, bob.id, bob), "bob")
    device = street.membership().devices[hub.device]
    assert (device.state, device.member, device.kind, device.stewards) == (PAST, None, DeviceKind.PERSONAL, ())


def test_further_devices_of_a_member(street: Neighbourhood) -> None:
    tablet = seeded_device("alice", "tablet")
    street.certify(tablet, "alice")
    assert set(member(street, "alice").devices) == {seeded_identity("alice").device, tablet.device}
    street.witness(tablet, street.hello("dana", street.invite(tablet)))
    assert state(street, "dana") is CURRENT
    assert member(street, "dana").invited_by == id_of("alice")


def test_a_name_is_the_one_of_the_hello_that_let_them_in(street: Neighbourhood) -> None:
    street.certify(seeded_identity("dana"), "somebody else")
    street.join("dana", by="alice")
    assert member(street, "dana").name == "Dana"


def test_a_second_genesis_has_no_effect(street: Neighbourhood) -> None:
    other = sign_genesis(seeded_identity("emre"), "Elsewhere", bytes(16))
    with pytest.raises(StatementRefused, match="another-network"):
        check_statement(street.network, other)
    before = street.membership()
    elsewhere = parse_statement(NetworkId(statement_id(NO_NETWORK, other)), other)
    assert fold(street.network, [other, *street.statements]) == before
    assert fold(street.network, [elsewhere, *street.statements]) == before


def test_unknown_kinds_and_malformed_bytes_have_no_effect(street: Neighbourhood) -> None:
    before = street.membership()
    bob = member_keys(seeded_identity("bob")).sign
    later = bob.sign(signed_bytes(street.network, 0x0C, bob.public, bytes(90))) + b"\x0c" + bob.public + bytes(90)
    check_statement(street.network, later)
    assert fold(street.network, [later, b"", bytes(97), *street.statements]) == before


def test_parsed_statements_are_as_good_as_bytes(street: Neighbourhood) -> None:
    street.join("dana", by="alice")
    parsed = [parse_statement(street.network, each) for each in street.statements]
    assert fold(street.network, parsed) == street.membership()


def test_the_state_of_an_invite(street: Neighbourhood) -> None:
    invite = street.invite("alice", uses=2, expires_day=TODAY)
    unknown = street.invite("emre")
    membership = street.membership()
    assert membership.invite_state(invite.id, TODAY) is InviteState.OPEN
    assert membership.invite_state(invite.id, TODAY + 1) is InviteState.EXPIRED
    assert membership.invite_state(bytes(32), TODAY) is InviteState.UNKNOWN
    assert membership.invite_state(unknown.id, TODAY) is InviteState.UNKNOWN
    assert membership.invite_users(bytes(32)) == frozenset()
    street.join("emre", by="alice")
    assert street.membership().invite_state(unknown.id, TODAY) is InviteState.DEAD


def test_expiry_is_the_witnesss_business_alone(street: Neighbourhood) -> None:
    street.witness("alice", street.hello("dana", street.invite("alice", expires_day=0)))
    assert state(street, "dana") is CURRENT


def test_open_invites_the_longest_lived_first(street: Neighbourhood) -> None:
    days = [TODAY + 3, TODAY, TODAY + 9, TODAY - 1]
    for day in days:
        street.invite("alice", expires_day=day)
    assert [each.expires_day for each in street.membership().open_invites(TODAY)] == [TODAY + 9, TODAY + 3, TODAY]


def test_a_device_by_its_link_key(street: Neighbourhood) -> None:
    dana = street.join("dana", by="alice")
    found = street.membership().device_by_noise(dana.noise_public)
    assert found is not None
    assert (found.id, found.seal) == (dana.device, dana.device_keys.seal.public)
    assert found.certificate in street.membership().support(dana.device)
    assert street.membership().device_by_noise(bytes(32)) is None
    street.leave("dana")
    assert street.membership().device_by_noise(dana.noise_public) is None


def shown_to_one_who_knows(street: Neighbourhood, device: Identity, *known: bytes) -> AuthorClass:
    """How a peer judges a device by its support and by what the peer knows already."""
    held = {street.id(each): each for each in street.statements}
    support = [held[each] for each in street.membership().support(device.device)]
    return fold(street.network, [*known, *support]).author_class(device.device)


def test_support_holds_against_a_farewell_that_the_peer_knows(street: Neighbourhood) -> None:
    dana = street.join("dana", by="alice", witness="bob")
    emre = street.join("emre", by="chidi", witness="alice")
    without_a_list = street.leave("alice", vouched=[])
    street.leave("alice", vouched=["dana", "emre"])
    assert shown_to_one_who_knows(street, dana, without_a_list) is CURRENT
    assert shown_to_one_who_knows(street, emre, without_a_list) is CURRENT


@pytest.mark.parametrize("leaver", ["dana", "emre", "farah"])
def test_support_of_a_hub_rests_on_a_steward_who_is_there(street: Neighbourhood, leaver: str) -> None:
    stewards = ("dana", "emre", "farah")
    for name in stewards:
        street.join(name, by="alice")
        street.join(name, by="bob", witness="chidi")
    hub = street.hub("hall", *stewards)
    farewell = street.leave(leaver)
    assert shown_to_one_who_knows(street, hub, farewell) is CURRENT


def test_five_hundred_members_in_one_chain() -> None:
    """Each is vouched for by the two before: the longest way back to the founders there can be."""
    chain = ["alice", "bob", *(f"neighbour {number}" for number in range(500))]
    street = Neighbourhood(founders=chain[:2])
    for second, first, name in zip(chain, chain[1:], chain[2:], strict=False):
        street.join(name, by=first)
        street.join(name, by=second)
    membership = street.membership()
    assert sum(each.established for each in membership.members.values()) == 502
    support = membership.support(seeded_identity(chain[-1]).device)
    assert support[0] == StatementId(street.network)
    assert len(support) > 500
