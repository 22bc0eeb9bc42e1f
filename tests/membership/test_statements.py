"""Statements: what is signed is read, what is forged or malformed is refused, what is unknown is kept."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from crdt.identifiers import MemberId, NetworkId, StatementId
from meshnode.errors import NotPossible, PeerError
from meshnode.identity.keys import DeviceKeys, Identity
from meshnode.identity.signing import SigningKey
from meshnode.membership.fields import FieldReader, text_field
from meshnode.membership.frame import HEAD_BYTES, NO_NETWORK, Kind, largest, seal, signed_bytes
from meshnode.membership.kinds import MOST_FOUNDERS, MOST_STEWARDS, MOST_VOUCHED
from meshnode.membership.network_keys import invite_secrets
from meshnode.membership.statements import (
    Device,
    DeviceKind,
    Genesis,
    Hello,
    Invite,
    Leave,
    StatementRefused,
    UnknownStatement,
    Witness,
    check_statement,
    parse_statement,
    sign_device,
    sign_genesis,
    sign_hello,
    sign_hub,
    sign_invite,
    sign_leave,
    sign_witness,
    statement_id,
)
from tests.support.people import NAMES, TODAY, fuzz_count, member_keys, seeded, seeded_hub, seeded_identity

ALICE, BOB, CHIDI = (seeded_identity(name) for name in NAMES[:3])
HUB = seeded_hub("hall")
SECRETS = invite_secrets(bytes(range(16)))
GENESIS = sign_genesis(ALICE, "Maple Street", bytes(16), [member_keys(BOB)])
NETWORK = NetworkId(statement_id(NO_NETWORK, GENESIS))
DEVICE = sign_device(ALICE, NETWORK, "Alice", "laptop")
HUB_DEVICE = sign_hub([member_keys(ALICE), member_keys(CHIDI)], HUB.device_keys, NETWORK, "hall")
INVITE = sign_invite(ALICE, NETWORK, SECRETS, TODAY, 3)
INVITE_ID = statement_id(NETWORK, INVITE)
HELLO = sign_hello(CHIDI, NETWORK, INVITE_ID, SECRETS, person_name="Chidi", device_name="Pi in the café")
HELLO_ID = statement_id(NETWORK, HELLO)
WITNESS = sign_witness(HUB, NETWORK, HELLO_ID)
LEAVE = sign_leave(BOB, NETWORK, [CHIDI.member, ALICE.member])
EVERY_KIND = {
    "genesis": GENESIS,
    "device": DEVICE,
    "hub": HUB_DEVICE,
    "invite": INVITE,
    "hello": HELLO,
    "witness": WITNESS,
    "leave": LEAVE,
}
every_kind = pytest.mark.parametrize("statement", EVERY_KIND.values(), ids=EVERY_KIND)


def refusal(statement: bytes, network: NetworkId = NETWORK) -> str:
    with pytest.raises(StatementRefused) as refused:
        check_statement(network, statement)
    return refused.value.code


def by_alice(kind: Kind, fields: bytes, *countersigners: SigningKey) -> bytes:
    """Anything, genuinely signed by Alice."""
    return seal(NETWORK, kind, member_keys(ALICE).sign, fields, countersigners)


def test_genesis() -> None:
    parsed = parse_statement(NETWORK, GENESIS)
    assert parsed == Genesis(StatementId(NETWORK), ALICE.member, "Maple Street", 2, 3, (BOB.member,))
    assert isinstance(parsed, Genesis)
    assert parsed.founders == (ALICE.member, BOB.member)


def test_device() -> None:
    keys = ALICE.device_keys
    assert parse_statement(NETWORK, DEVICE) == Device(
        id=statement_id(NETWORK, DEVICE),
        signer=ALICE.member,
        device=keys.id,
        noise=keys.noise.public,
        seal=keys.seal.public,
        kind=DeviceKind.PERSONAL,
        person_name="Alice",
        name="laptop",
        other_stewards=(),
    )


def test_hub() -> None:
    parsed = parse_statement(NETWORK, HUB_DEVICE)
    assert isinstance(parsed, Device)
    assert (parsed.kind, parsed.device, parsed.person_name, parsed.name) == (DeviceKind.HUB, HUB.device, "", "hall")
    assert parsed.stewards == (ALICE.member, CHIDI.member)


def test_invite() -> None:
    expected = Invite(INVITE_ID, ALICE.device, SECRETS.key.public, SECRETS.psk_join, TODAY, 3)
    assert parse_statement(NETWORK, INVITE) == expected


def test_hello() -> None:
    keys = CHIDI.device_keys
    assert parse_statement(NETWORK, HELLO) == Hello(
        id=HELLO_ID,
        signer=CHIDI.member,
        invite=INVITE_ID,
        invite_key=SECRETS.key.public,
        device=keys.id,
        noise=keys.noise.public,
        seal=keys.seal.public,
        person_name="Chidi",
        name="Pi in the café",
    )


def test_witness_and_leave() -> None:
    assert parse_statement(NETWORK, WITNESS) == Witness(statement_id(NETWORK, WITNESS), HUB.device, HELLO_ID)
    stay = tuple(sorted((ALICE.member, CHIDI.member)))
    assert parse_statement(NETWORK, LEAVE) == Leave(statement_id(NETWORK, LEAVE), BOB.member, stay)


@every_kind
def test_the_layout_never_changes(statement: bytes) -> None:
    pinned = {
        "genesis": "a542a0474329078d161b7f0198e8873f1da5e1fa8b5a53a224dba652c5fb3f49",
        "device": "03abfb4ca31984e8d3a384f65867826e1b45680f3da4ade59ac33ab5cc30187c",
        "hub": "24684c1d3c8369225362ab53f386355af7044cfe9c8b180d14bb7d80c3a08944",
        "invite": "a64342db14248bb74b44fdc9b10eea1120dd08b1fe4fa02e878e9c2765173a24",
        "hello": "320a5809a139a62653fb664d82aa0e2b0d890f06bfbd15f911916dc9c5189446",
        "witness": "9b66b63ec3b7adc5b66b83129ec8d9bc90b203a2ce23f88b0a91f707efca9515",
        "leave": "8d3de4b88f039b5a92bcdc8701a0685dfe8c7f8909acfdc11e6a1d83002f5ae2",
    }
    name = next(name for name, each in EVERY_KIND.items() if each is statement)
    assert statement_id(NETWORK, statement).hex() == pinned[name]


@every_kind
def test_what_is_signed_passes_and_keeps_its_id(statement: bytes) -> None:
    assert check_statement(NETWORK, statement) == statement_id(NETWORK, statement)
    assert parse_statement(NETWORK, statement).id == statement_id(NETWORK, statement)
    assert len(statement) <= 4096


@every_kind
def test_no_statement_holds_in_another_network(statement: bytes) -> None:
    expected = "another-network" if statement is GENESIS else "signature"
    assert refusal(statement, NetworkId(bytes(32))) == expected


@every_kind
def test_every_flipped_bit_is_refused(statement: bytes) -> None:
    for bit in range(8 * len(statement)):
        flipped = bytearray(statement)
        flipped[bit // 8] ^= 1 << bit % 8
        refusal(bytes(flipped))


@every_kind
def test_cut_or_lengthened_statements_are_refused(statement: bytes) -> None:
    for length in range(len(statement)):
        refusal(statement[:length])
    refusal(statement + b"\0")


@every_kind
@pytest.mark.parametrize("seed", range(2))
def test_mutated_statements_raise_only_the_refusal(statement: bytes, seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(fuzz_count(200)):
        mutated = bytearray(statement)
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(mutated))
            mutated[at : at + chance.randint(0, 3)] = chance.randbytes(chance.randint(0, 3))
        if bytes(mutated) != statement:
            refusal(bytes(mutated))


@pytest.mark.parametrize("seed", range(4))
def test_genuinely_signed_nonsense_raises_only_the_refusal(seed: int) -> None:
    """Whoever signs with a real key gets past the signature: the reading of fields stands alone."""
    chance = random.Random(seed)
    kinds = [Kind.GENESIS, Kind.DEVICE, Kind.INVITE, Kind.HELLO, Kind.WITNESS, Kind.LEAVE]
    for _ in range(fuzz_count(300)):
        body = bytearray(chance.choice(list(EVERY_KIND.values()))[HEAD_BYTES:])
        at = chance.randrange(len(body))
        body[at : at + chance.randint(0, 40)] = chance.randbytes(chance.randint(0, 40))
        statement = by_alice(chance.choice(kinds), bytes(body))
        try:
            parse_statement(NETWORK, statement)
            check_statement(NETWORK, statement)
        except StatementRefused:
            continue


@every_kind
def test_a_countersignature_by_somebody_else_is_forged(statement: bytes) -> None:
    """Signed anew by the true signer, around a countersignature that its key never made."""
    parsed = parse_statement(NETWORK, statement)
    assert not isinstance(parsed, UnknownStatement)
    signers = {keys.public: keys for keys in every_key()}
    kind, signer = Kind(statement[64]), signers[bytes(parsed.signer)]
    count = len(parsed.countersigners)
    fields = statement[HEAD_BYTES : len(statement) - 64 * count]
    genuine = tuple(signers[key] for key in parsed.countersigners)
    assert seal(NETWORK, kind, signer, fields, genuine) == statement
    stranger = SigningKey(seeded("mallory")(32))
    network = NETWORK
    for place in range(count):
        forged = (*genuine[:place], stranger, *genuine[place + 1 :])
        again = seal(NETWORK, kind, signer, fields, forged)
        if kind is Kind.GENESIS:
            network = NetworkId(statement_id(NO_NETWORK, again))
        assert refusal(again, network) == "countersignature"


def every_key() -> list[SigningKey]:
    people = [key for person in (ALICE, BOB, CHIDI) for key in (member_keys(person).sign, person.device_keys.sign)]
    return [*people, HUB.device_keys.sign, SECRETS.key]


def test_a_signature_is_for_one_kind_only() -> None:
    body = HELLO_ID
    signature = HUB.sign(signed_bytes(NETWORK, Kind.WITNESS, HUB.device, body))
    assert check_statement(NETWORK, signature + bytes([Kind.WITNESS]) + HUB.device + body)
    assert refusal(signature + bytes([Kind.VOUCH]) + HUB.device + body) == "signature"


@pytest.mark.parametrize(
    "kind", [Kind.VOID, Kind.VOUCH, Kind.VOTE, Kind.DEVICE_DROP, Kind.ENDORSE, Kind.FORGET, Kind.PETITION, Kind.EPOCH]
)
def test_a_kind_of_later_versions_is_kept(kind: Kind) -> None:
    statement = by_alice(kind, b"what this means is for later")
    identity = check_statement(NETWORK, statement)
    expected = UnknownStatement(identity, ALICE.member, kind, b"what this means is for later")
    assert parse_statement(NETWORK, statement) == expected
    assert refusal(statement[:-1]) == "signature"


@pytest.mark.parametrize("code", [0x00, 0x0C, 0x7F, 0x83, 0xFF])
def test_a_code_that_nobody_has_given_a_meaning_is_kept(code: int) -> None:
    body = bytes(10)
    signature = member_keys(ALICE).sign.sign(signed_bytes(NETWORK, code, ALICE.member, body))
    statement = signature + bytes([code]) + ALICE.member + body
    assert parse_statement(NETWORK, statement) == UnknownStatement(
        check_statement(NETWORK, statement), ALICE.member, code, body
    )


@pytest.mark.parametrize(
    ("kind", "size"), [(Kind.VOUCH, 4096), (Kind.LEAVE, 32_768), (Kind.PETITION, 32_768), (Kind.EPOCH, 131_072)]
)
def test_sizes_are_bounded_by_kind(kind: Kind, size: int) -> None:
    assert largest(kind) == size
    with pytest.raises(ValueError, match="at most"):
        by_alice(kind, bytes(size - HEAD_BYTES + 1))
    too_large = bytes(64) + bytes([kind]) + bytes(size - 64)
    assert refusal(too_large) == "too-large"
    assert refusal(too_large[:-1]) != "too-large"


TEXT = text_field("x")
THREE_KEYS = ALICE.device + ALICE.noise_public + ALICE.device_keys.seal.public


@pytest.mark.parametrize(
    ("code", "kind", "fields"),
    [
        ("threshold", Kind.GENESIS, bytes(16) + TEXT + b"\x00\x03\x00"),
        ("threshold", Kind.GENESIS, bytes(16) + TEXT + b"\x02\x00\x00"),
        ("too-many", Kind.GENESIS, bytes(16) + TEXT + b"\x02\x03" + bytes([MOST_FOUNDERS]) + bytes(32 * MOST_FOUNDERS)),
        ("listed-twice", Kind.GENESIS, bytes(16) + TEXT + b"\x02\x03\x01" + ALICE.member),
        ("listed-twice", Kind.GENESIS, bytes(16) + TEXT + b"\x02\x03\x02" + 2 * BOB.member),
        ("text-length", Kind.GENESIS, bytes(16) + bytes([65]) + bytes(65)),
        ("text", Kind.GENESIS, bytes(16) + b"\x02\xc3\x28" + b"\x02\x03\x00"),
        ("text", Kind.GENESIS, bytes(16) + b"\x03\xed\xa0\x80" + b"\x02\x03\x00"),
        ("length", Kind.GENESIS, bytes(16) + TEXT + b"\x02\x03\x00\x00"),
        ("device-kind", Kind.DEVICE, THREE_KEYS + b"\x00" + TEXT + TEXT + b"\x00"),
        ("device-kind", Kind.DEVICE, THREE_KEYS + b"\x03" + TEXT + TEXT + b"\x00"),
        ("device-kind", Kind.DEVICE, THREE_KEYS + b"\x02" + TEXT + TEXT + b"\x00"),
        ("device-kind", Kind.DEVICE, THREE_KEYS + b"\x01" + TEXT + TEXT + b"\x01" + BOB.member),
        ("listed-twice", Kind.DEVICE, THREE_KEYS + b"\x02\x00" + TEXT + b"\x01" + ALICE.member),
        ("too-many", Kind.DEVICE, THREE_KEYS + b"\x02\x00" + TEXT + bytes([MOST_STEWARDS]) + bytes(32 * MOST_STEWARDS)),
        ("uses", Kind.INVITE, bytes(66) + b"\x00"),
        ("device-kind", Kind.HELLO, bytes(64) + THREE_KEYS + b"\x02" + TEXT + TEXT),
        ("length", Kind.HELLO, bytes(64) + THREE_KEYS + b"\x01" + TEXT + TEXT),
        ("truncated", Kind.WITNESS, bytes(31)),
        ("length", Kind.WITNESS, bytes(33)),
        ("listed-twice", Kind.LEAVE, b"\x00\x02" + 2 * BOB.member),
        ("too-many", Kind.LEAVE, b"\x03\xe9" + bytes(32)),
    ],
)
def test_genuinely_signed_but_malformed(code: str, kind: Kind, fields: bytes) -> None:
    assert refusal(by_alice(kind, fields)) == code


def test_a_leave_can_list_a_thousand() -> None:
    stay = [MemberId(number.to_bytes(32, "big")) for number in range(MOST_VOUCHED)]
    parsed = parse_statement(NETWORK, sign_leave(BOB, NETWORK, stay))
    assert isinstance(parsed, Leave)
    assert list(parsed.vouched) == stay


@pytest.mark.parametrize(
    "sign",
    [
        lambda: sign_genesis(ALICE, "x", bytes(15)),
        lambda: sign_genesis(ALICE, "x" * 65, bytes(16)),
        lambda: sign_device(ALICE, NETWORK, "Alice", "ü" * 33),
    ],
)
def test_what_no_statement_can_say_is_not_signed(sign: Callable[[], bytes]) -> None:
    with pytest.raises(ValueError, match=r"at most 64 bytes|16 random bytes"):
        sign()


def test_a_further_device_says_where_the_member_key_is() -> None:
    tablet = Identity(DeviceKeys.generate(seeded("tablet")), ALICE.member)
    with pytest.raises(NotPossible, match="member key") as refused:
        sign_leave(tablet, NETWORK, ())
    assert "main device" in refused.value.sentence


def test_fields_are_read_to_the_end_and_no_further() -> None:
    fields = FieldReader(b"\x05hello")
    assert fields.text() == "hello"
    with pytest.raises(StatementRefused, match="truncated"):
        fields.number(1)


def test_a_refusal_is_a_peers_fault() -> None:
    with pytest.raises(PeerError, match="truncated"):
        statement_id(NETWORK, bytes(96))
