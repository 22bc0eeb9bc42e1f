"""Signatures and keys."""

from __future__ import annotations

import pytest

from meshnode.errors import NotPossible
from meshnode.identity.keys import AgreementKey, Identity
from meshnode.identity.signing import SigningKey, verify
from tests.support.people import seeded, seeded_hub, seeded_identity

# RFC 8032, 7.1, test 2
SEED = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
PUBLIC = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
SIGNATURE = bytes.fromhex(
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
)
ORDER = 2**252 + 27742317777372353535851937790883648493


def test_the_published_vector() -> None:
    key = SigningKey(SEED)
    assert key.public == PUBLIC
    assert key.sign(b"\x72") == SIGNATURE
    assert verify(PUBLIC, b"\x72", SIGNATURE)


@pytest.mark.parametrize("bit", range(0, 512, 7))
def test_a_changed_signature_does_not_hold(bit: int) -> None:
    forged = bytearray(SIGNATURE)
    forged[bit // 8] ^= 1 << bit % 8
    assert not verify(PUBLIC, b"\x72", bytes(forged))


def test_another_message_or_key_does_not_hold() -> None:
    assert not verify(PUBLIC, b"\x73", SIGNATURE)
    assert not verify(seeded_identity("alice").device, b"\x72", SIGNATURE)


def test_a_second_spelling_of_a_signature_does_not_hold() -> None:
    scalar = int.from_bytes(SIGNATURE[32:], "little") + ORDER
    assert not verify(PUBLIC, b"\x72", SIGNATURE[:32] + scalar.to_bytes(32, "little"))


@pytest.mark.parametrize("public", [bytes(32), b"\x01" + bytes(31)])
def test_a_small_order_key_signs_nothing(public: bytes) -> None:
    assert not verify(public, b"anything", b"\x01" + bytes(63))


@pytest.mark.parametrize(("key", "signature"), [(PUBLIC[:31], SIGNATURE), (PUBLIC, SIGNATURE[:63]), (b"", b"")])
def test_wrong_sizes_do_not_hold(key: bytes, signature: bytes) -> None:
    assert not verify(key, b"\x72", signature)


def test_no_secret_shows_in_a_repr() -> None:
    alice = seeded_identity("alice")
    assert alice.member_keys is not None
    shown = repr(alice)
    device = alice.device_keys
    for secret in (device.sign.seed, device.noise.private, device.seal.private, alice.member_keys.sign.seed):
        assert repr(secret)[2:-1] not in shown
        assert secret.hex() not in shown


def test_an_identity_has_four_different_keys() -> None:
    alice = Identity.generate(seeded("alice"))
    device = alice.device_keys
    assert len({alice.member, alice.device, device.noise.public, device.seal.public}) == 4
    assert alice.noise_private == device.noise.private
    assert AgreementKey(alice.noise_private).public == alice.noise_public
    assert verify(alice.device, b"x", alice.sign(b"x"))


def test_what_only_a_person_can_mean_is_refused_on_a_hub() -> None:
    alice = seeded_identity("alice")
    assert alice.person == alice.member
    with pytest.raises(NotPossible, match="hub") as refusal:
        _ = seeded_hub("elm").person
    assert "device of yours" in refusal.value.what_next
