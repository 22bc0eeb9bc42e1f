"""Statements: what is signed is read, what is forged or malformed is refused, what is unknown is kept."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from crdt.identifiers import ChangeId, MemberId, NetworkId, RecordId, StatementId
from meshnode.errors import NotPossible, PeerError
from meshnode.identity.keys import DeviceKeys, Identity
from meshnode.identity.signing import SigningKey
from meshnode.membership.fields import FieldReader, keys_field, long_text_field, text_field
from meshnode.membership.frame import HEAD_BYTES, NO_NETWORK, Kind, largest, seal, signed_bytes
from meshnode.membership.kinds import MOST_FOUNDERS, MOST_STEWARDS, MOST_VOUCHED
from meshnode.membership.network_keys import invite_secrets
from meshnode.membership.statements import (
    Device,
    DeviceDrop,
    DeviceKind,
    Endorse,
    Epoch,
    Forget,
    Genesis,
    Hello,
    Invite,
    Leave,
    Petition,
    Refound,
    StatementRefused,
    UnknownStatement,
    Void,
    Vote,
    VouchByHand,
    Why,
    Witness,
    check_statement,
    parse_statement,
    sign_device,
    sign_device_drop,
    sign_endorse,
    sign_epoch,
    sign_forget,
    sign_genesis,
    sign_hello,
    sign_hub,
    sign_invite,
    sign_leave,
    sign_petition,
    sign_refound,
    sign_void,
    sign_vote,
    sign_vouch,
    sign_witness,
    statement_id,
)
from meshnode.membership.trust_authoring import epoch_key_hash
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
LEAVE = sign_leave(BOB, NETWORK, [CHIDI.person, ALICE.person])
PETITION = sign_petition(
    member_keys(ALICE), NETWORK, bytes(16), reason="He sold our tools.", targets=[CHIDI.person], stays=[BOB.person]
)
PETITION_ID = statement_id(NETWORK, PETITION)
RECORD, CHANGE = RecordId(bytes(16)), ChangeId(bytes(32))
EVERY_KIND = {
    "genesis": GENESIS,
    "device": DEVICE,
    "hub": HUB_DEVICE,
    "invite": INVITE,
    "hello": HELLO,
    "witness": WITNESS,
    "leave": LEAVE,
    "void": sign_void(ALICE, NETWORK, INVITE_ID, [CHIDI.person]),
    "vouch": sign_vouch(member_keys(ALICE), NETWORK, CHIDI.person),
    "petition": PETITION,
    "vote": sign_vote(member_keys(BOB), NETWORK, PETITION_ID, 7, yes=True),
    "device-drop": sign_device_drop(member_keys(ALICE), NETWORK, ALICE.device, Why.LOST, [BOB.person]),
    "endorse": sign_endorse(HUB, NETWORK, [(RECORD, CHANGE)]),
    "forget": sign_forget(ALICE, NETWORK, RECORD, ALICE.device, 1_795_521_600_000),
    "epoch": sign_epoch(ALICE, NETWORK, bytes(16), bytes(32), excluded=[CHIDI.person], boxes=[(HUB.device, bytes(80))]),
    "refound": sign_refound(
        ALICE, NETWORK, NetworkId(bytes(32)), name="Elm", reason="A fresh start.", boxes=[(BOB.device, b"box")]
    ),
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
    assert parsed == Genesis(StatementId(NETWORK), ALICE.person, "Maple Street", 2, 3, (BOB.person,))
    assert isinstance(parsed, Genesis)
    assert parsed.founders == (ALICE.person, BOB.person)


def test_device() -> None:
    keys = ALICE.device_keys
    assert parse_statement(NETWORK, DEVICE) == Device(
        id=statement_id(NETWORK, DEVICE),
        signer=ALICE.person,
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
    assert parsed.stewards == (ALICE.person, CHIDI.person)


def test_invite() -> None:
    expected = Invite(INVITE_ID, ALICE.device, SECRETS.key.public, SECRETS.psk_join, TODAY, 3)
    assert parse_statement(NETWORK, INVITE) == expected


def test_hello() -> None:
    keys = CHIDI.device_keys
    assert parse_statement(NETWORK, HELLO) == Hello(
        id=HELLO_ID,
        signer=CHIDI.person,
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
    stay = tuple(sorted((ALICE.person, CHIDI.person)))
    assert parse_statement(NETWORK, LEAVE) == Leave(statement_id(NETWORK, LEAVE), BOB.person, stay)


def test_what_members_and_devices_judge_is_read_as_it_was_signed() -> None:
    read = {name: parse_statement(NETWORK, statement) for name, statement in EVERY_KIND.items()}
    ids = {name: statement_id(NETWORK, statement) for name, statement in EVERY_KIND.items()}
    bob, chidi = BOB.person, CHIDI.person
    assert read["void"] == Void(ids["void"], ALICE.device, INVITE_ID, (chidi,))
    assert read["vouch"] == VouchByHand(ids["vouch"], ALICE.person, chidi)
    assert read["petition"] == Petition(PETITION_ID, ALICE.person, "He sold our tools.", (chidi,), (bob,))
    assert read["vote"] == Vote(ids["vote"], bob, PETITION_ID, 7, yes=True)
    assert read["device-drop"] == DeviceDrop(ids["device-drop"], ALICE.person, ALICE.device, Why.LOST, (bob,))
    assert read["endorse"] == Endorse(ids["endorse"], HUB.device, ((RECORD, CHANGE),))
    assert read["forget"] == Forget(ids["forget"], ALICE.device, RECORD, ALICE.device, 1_795_521_600_000)
    key_hash = epoch_key_hash(bytes(32))
    assert read["epoch"] == Epoch(ids["epoch"], ALICE.device, key_hash, (chidi,), ((HUB.device, bytes(80)),))
    refound = Refound(
        ids["refound"], ALICE.device, NetworkId(bytes(32)), "Elm", "A fresh start.", ((BOB.device, b"box"),)
    )
    assert read["refound"] == refound


@pytest.mark.parametrize(
    ("kind", "fields", "code"),
    [
        (Kind.PETITION, bytes(16) + long_text_field("why") + keys_field([]) + keys_field([], 2), "targets"),
        (
            Kind.PETITION,
            bytes(16) + long_text_field("") + keys_field([bytes(32)]) + keys_field([bytes(32)], 2),
            "listed-twice",
        ),
        (Kind.PETITION, bytes(16) + b"\xff\xff", "text-length"),
        (Kind.PETITION, bytes(16) + b"\x00\x01\xff", "text"),
        (Kind.VOTE, PETITION_ID + bytes(4) + b"\x02", "vote"),
        (Kind.VOTE, PETITION_ID + bytes(6), "length"),
        (Kind.DEVICE_DROP, bytes(32) + b"\x00" + bytes(2), "why"),
        (Kind.DEVICE_DROP, bytes(32) + b"\x01" + b"\x03\xe9", "too-many"),
        (Kind.ENDORSE, b"\x00", "count"),
        (Kind.ENDORSE, b"\x51", "count"),
        (Kind.ENDORSE, b"\x02" + bytes(48), "truncated"),
        (Kind.FORGET, bytes(48) + (2**53 + 1).to_bytes(8, "big"), "at"),
        (Kind.EPOCH, bytes(48) + bytes(2) + b"\xff\xff", "too-many"),
        (Kind.EPOCH, bytes(48) + bytes(2) + b"\x00\x02" + bytes(224), "listed-twice"),
        (Kind.REFOUND, bytes(32) + text_field("") + bytes(2) + b"\x00\x01" + bytes(32) + b"\xff\xff", "box-length"),
        (Kind.VOUCH, bytes(31), "truncated"),
        (Kind.VOID, bytes(33), "truncated"),
    ],
)
def test_malformed_judgements_are_refused(kind: Kind, fields: bytes, code: str) -> None:
    assert refusal(by_alice(kind, fields)) == code


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
        "void": "60c61b0dd8deee03b4a69746bbb0d1f1f2a54cfbc17118487340dde0984caefc",
        "vouch": "d796fa2e19cfd9654606069121661edd63b075cd57d769213d10a69399514697",
        "petition": "52a08af4a59b0ebd002a05914fbe6801a6d0749b4f6f3434b3ee38996f70119a",
        "vote": "36f3a2ccf94d7475e0fe9d36cec98e307b7c3bb98574fa10a6bf9c524e24d1f6",
        "device-drop": "88e86225d7bbd76d814e23326d9a2430611bf36b87a7efb6342f0218796cf2f2",
        "endorse": "e1c9767c5349b725e0147887532b73f1b50f915454af8f48173865dfa12f3daf",
        "forget": "e729ce2318db85a24327a8e635509576ddcf9e492b763581c32d5f4bdcd87c17",
        "epoch": "340575328021ea525f995b0a20537809dc35911b0dd72771d80b8001010dc998",
        "refound": "fe1375bcd121cfdda7a5391f352d43a0237dac04c6d4b6746938590d15502411",
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


@pytest.mark.parametrize("code", [0x00, 0x0C, 0x7F, 0x84, 0xFF])
def test_a_code_that_nobody_has_given_a_meaning_is_kept(code: int) -> None:
    body = bytes(10)
    signature = member_keys(ALICE).sign.sign(signed_bytes(NETWORK, code, ALICE.person, body))
    statement = signature + bytes([code]) + ALICE.person + body
    assert parse_statement(NETWORK, statement) == UnknownStatement(
        check_statement(NETWORK, statement), ALICE.person, code, body
    )


@pytest.mark.parametrize(
    ("kind", "size"),
    [(Kind.VOUCH, 4096), (Kind.VOID, 32_768), (Kind.LEAVE, 32_768), (Kind.PETITION, 32_768), (Kind.EPOCH, 131_072)],
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
        ("threshold", Kind.GENESIS, bytes(16) + TEXT + b"\x01\x03\x00"),
        ("threshold", Kind.GENESIS, bytes(16) + TEXT + b"\x02\x02\x00"),
        ("too-many", Kind.GENESIS, bytes(16) + TEXT + b"\x02\x03" + bytes([MOST_FOUNDERS]) + bytes(32 * MOST_FOUNDERS)),
        ("listed-twice", Kind.GENESIS, bytes(16) + TEXT + b"\x02\x03\x01" + ALICE.person),
        ("listed-twice", Kind.GENESIS, bytes(16) + TEXT + b"\x02\x03\x02" + 2 * BOB.person),
        ("text-length", Kind.GENESIS, bytes(16) + bytes([65]) + bytes(65)),
        ("text", Kind.GENESIS, bytes(16) + b"\x02\xc3\x28" + b"\x02\x03\x00"),
        ("text", Kind.GENESIS, bytes(16) + b"\x03\xed\xa0\x80" + b"\x02\x03\x00"),
        ("length", Kind.GENESIS, bytes(16) + TEXT + b"\x02\x03\x00\x00"),
        ("device-kind", Kind.DEVICE, THREE_KEYS + b"\x00" + TEXT + TEXT + b"\x00"),
        ("device-kind", Kind.DEVICE, THREE_KEYS + b"\x03" + TEXT + TEXT + b"\x00"),
        ("device-kind", Kind.DEVICE, THREE_KEYS + b"\x02" + TEXT + TEXT + b"\x00"),
        ("device-kind", Kind.DEVICE, THREE_KEYS + b"\x01" + TEXT + TEXT + b"\x01" + BOB.person),
        ("listed-twice", Kind.DEVICE, THREE_KEYS + b"\x02\x00" + TEXT + b"\x01" + ALICE.person),
        ("too-many", Kind.DEVICE, THREE_KEYS + b"\x02\x00" + TEXT + bytes([MOST_STEWARDS]) + bytes(32 * MOST_STEWARDS)),
        ("uses", Kind.INVITE, bytes(66) + b"\x00"),
        ("device-kind", Kind.HELLO, bytes(64) + THREE_KEYS + b"\x02" + TEXT + TEXT),
        ("length", Kind.HELLO, bytes(64) + THREE_KEYS + b"\x01" + TEXT + TEXT),
        ("truncated", Kind.WITNESS, bytes(31)),
        ("length", Kind.WITNESS, bytes(33)),
        ("listed-twice", Kind.LEAVE, b"\x00\x02" + 2 * BOB.person),
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
    tablet = Identity(DeviceKeys.generate(seeded("tablet")), ALICE.person)
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
