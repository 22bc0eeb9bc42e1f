"""Device codes: read however people copy them, never taken for an invite; certificates signed on two machines."""

from __future__ import annotations

import pytest

from crdt.identifiers import NetworkId
from meshnode.errors import DamagedCode
from meshnode.identity.keys import DeviceKeys
from meshnode.membership.armour import armour
from meshnode.membership.certifying import complete_certificate, read_request, request_certificate
from meshnode.membership.device_codes import DeviceCode, Purpose, expect_device_code, read_device_code
from meshnode.membership.frame import StatementRefused
from meshnode.membership.kinds import DeviceKind
from meshnode.membership.membership import AuthorClass
from meshnode.membership.statements import check_statement
from meshnode.membership.tokens import ShortCode, read_code
from tests.support.people import TODAY, maple_street, member_keys, seeded, seeded_hub, seeded_identity

STREET = maple_street(2)
CODE = DeviceCode.new(Purpose.DEVICE, STREET.network, bytes(range(16)))
TABLET = DeviceKeys.generate(seeded("tablet"))
ALICE = seeded_identity("alice")
BOB = seeded_identity("bob")
REQUEST = request_certificate(TABLET, STREET.network, ALICE.person, DeviceKind.PERSONAL, "kitchen tablet")


@pytest.mark.parametrize("purpose", Purpose)
def test_what_is_shown_is_read(purpose: Purpose) -> None:
    code = DeviceCode.new(purpose, STREET.network, bytes(range(16)))
    assert len(code.text()) == 56
    assert read_device_code(f" {code.text().lower()} @ 192.168.1.9:7766") == code
    assert code.is_for(STREET.network)
    assert not code.is_for(NetworkId(bytes(32)))
    assert code.psk != DeviceCode.new(purpose, STREET.network, bytes(16)).psk


def test_a_machine_without_a_network_shows_a_code_for_any() -> None:
    assert DeviceCode.new(Purpose.STEWARD, None, bytes(16)).is_for(STREET.network)


def test_codes_are_not_mistaken_for_each_other() -> None:
    invite = ShortCode.for_network(STREET.network, bytes(16), TODAY).text()
    assert read_device_code(invite) is None
    with pytest.raises(DamagedCode, match="not the code of a device"):
        expect_device_code(invite)
    with pytest.raises(DamagedCode):
        read_code(CODE.text())
    assert expect_device_code(CODE.text()) == CODE


def test_every_other_character_is_a_damaged_code() -> None:
    text = CODE.text()
    for at, right in enumerate(text):
        for wrong in "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567":
            if wrong != right:
                with pytest.raises(DamagedCode):
                    read_device_code(text[:at] + wrong + text[at + 1 :])


def test_a_later_version_says_so() -> None:
    with pytest.raises(DamagedCode, match="newer meshnode"):
        read_device_code(armour(bytes([9]) + bytes(28), 2))


def test_two_machines_sign_one_certificate() -> None:
    asked = read_request(STREET.network, REQUEST)
    assert (asked.device, asked.name, asked.signer) == (TABLET.id, "kitchen tablet", ALICE.person)
    street = maple_street(2)
    statement = street.add(complete_certificate(member_keys(ALICE), STREET.network, REQUEST))
    check_statement(STREET.network, statement)
    membership = street.membership()
    assert membership.member_of(TABLET.id) == ALICE.person
    assert membership.author_class(TABLET.id) is AuthorClass.CURRENT


def test_certificates_of_one_hub_add_up() -> None:
    street, hub = maple_street(2), seeded_hub("elm")
    for steward in ("alice", "bob"):
        keys = member_keys(seeded_identity(steward))
        request = request_certificate(hub.device_keys, street.network, keys.id, DeviceKind.HUB, "Elm hub")
        street.add(complete_certificate(keys, street.network, request))
    device = street.membership().devices[hub.device]
    assert (device.kind, device.name, device.member) == (DeviceKind.HUB, "Elm hub", None)
    assert set(device.stewards) == {ALICE.person, BOB.person}


def test_a_request_is_no_statement_and_good_for_one_member_alone() -> None:
    with pytest.raises(StatementRefused, match="signature"):
        check_statement(STREET.network, REQUEST)
    with pytest.raises(StatementRefused, match="another-member"):
        complete_certificate(member_keys(BOB), STREET.network, REQUEST)


@pytest.mark.parametrize("change", [64, 100, 140, len(REQUEST) - 1])
def test_a_request_that_its_device_did_not_make_is_refused(change: int) -> None:
    forged = bytearray(REQUEST)
    forged[change] ^= 1
    with pytest.raises(StatementRefused):
        read_request(STREET.network, bytes(forged))
    with pytest.raises(StatementRefused):
        read_request(STREET.network, REQUEST[:change])
