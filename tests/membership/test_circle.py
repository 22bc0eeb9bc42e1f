"""The devices that a text for some people is sealed to: their own ones, current ones, and never a hub."""

from __future__ import annotations

from crdt.identifiers import DeviceId
from meshnode.membership.circle import devices_of, is_personal
from tests.support.people import Neighbourhood, maple_street, seeded_device, seeded_identity


def ids(street: Neighbourhood, *names: str) -> list[DeviceId]:
    people = [seeded_identity(name).person for name in names]
    return [device.id for device in devices_of(street.membership(), people)]


def test_all_personal_devices_of_those_named_by_id() -> None:
    street = maple_street(3)
    phone = seeded_device("bob", "phone")
    street.certify(phone, "bob")
    alice, bob = seeded_identity("alice"), seeded_identity("bob")
    assert ids(street, "bob", "alice", "bob") == sorted([alice.device, bob.device, phone.device])
    assert ids(street, "zoe") == ids(street) == []


def test_a_hub_is_in_nobodys_circle() -> None:
    street = maple_street(2)
    hub = street.hub("elm", "alice")
    assert hub.device not in ids(street, "alice", "bob")
    assert not is_personal(street.membership(), hub.device)
    assert not is_personal(street.membership(), DeviceId(bytes(32)))
    assert is_personal(street.membership(), seeded_identity("bob").device)


def test_a_device_that_two_people_certified_is_in_no_circle() -> None:
    street = maple_street(3)
    shared = seeded_device("bob", "shared")
    street.certify(shared, "bob")
    assert shared.device in ids(street, "bob")
    chidi = seeded_identity("chidi")
    street.certify(type(chidi)(shared.device_keys, chidi.member, chidi.member_keys), "chidi")
    assert shared.device not in ids(street, "bob", "chidi")


def test_who_left_gets_nothing_and_who_else_receives_is_for_the_node_to_say() -> None:
    street = maple_street(3)
    street.leave("bob")
    bob = seeded_identity("bob")
    assert ids(street, "bob") == []
    devices = devices_of(street.membership(), [bob.person], lambda device: True)
    assert [device.id for device in devices] == [bob.device]
