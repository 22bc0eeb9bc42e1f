"""Codes: what is written is read, however people copy it; whatever else they type is a damaged code."""

from __future__ import annotations

import base64
import hashlib
import random
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meshnode.errors import DamagedCode
from meshnode.identity.signing import SigningKey
from meshnode.membership.armour import LONGEST_TEXT, read_address
from meshnode.membership.network_keys import discovery_key, invite_secrets, link_psk
from meshnode.membership.statements import check_statement
from meshnode.membership.tokens import ShortCode, Token, code_at, network_tag, qr_code_at, read_code
from tests.support.people import TODAY, Neighbourhood, fuzz_count, seeded_identity

STREET = Neighbourhood()
INVITE = STREET.invite("alice", uses=30)
TOKEN = Token.from_invite(STREET.network, STREET.epoch_key, INVITE.secret, INVITE.statement)
SHORT = ShortCode.for_network(STREET.network, INVITE.secret, TODAY + 2)
QR_ALPHABET = set(string.digits + string.ascii_uppercase + " $%*+-./:")
"""What a QR code's compact (alphanumeric) mode can write."""
both_codes = pytest.mark.parametrize("code", [TOKEN, SHORT], ids=["token", "short"])


def test_sizes_are_those_of_the_format() -> None:
    assert len(TOKEN.text()) == 299
    assert len(SHORT.text()) == 59


@pytest.mark.parametrize(
    "endpoint", ["255.255.255.255:65535", "[fd12:3456:789a:bcde:f012:3456:789a:bcde]:65535", "192.168.178.21:40123"]
)
def test_a_short_code_with_an_address_fits_a_small_qr_code(endpoint: str) -> None:
    shown = qr_code_at(SHORT.text(), endpoint)
    assert len(shown) <= 114
    assert set(shown) <= QR_ALPHABET
    assert read_code(shown) == SHORT
    assert read_address(shown) == endpoint


@both_codes
def test_what_is_written_is_read(code: Token | ShortCode) -> None:
    assert read_code(code.text()) == code
    assert set(code.text()) <= QR_ALPHABET
    assert code.secrets == INVITE.secrets


@both_codes
def test_spaces_line_breaks_and_lower_case_do_no_harm(code: Token | ShortCode) -> None:
    text = code.text().lower()
    grouped = "\r\n".join(
        " ".join(text[at + k : at + k + 4] for k in range(0, 32, 4)) for at in range(0, len(text), 32)
    )
    assert read_code(f"\n\t {grouped} \n") == code


@both_codes
def test_a_frame_that_was_copied_along_does_no_harm(code: Token | ShortCode) -> None:
    text = code.text()
    lines = [text[at : at + 40] for at in range(0, len(text), 40)]
    assert read_code("\n".join(f"  ┃ {line} ┃" for line in lines)) == code
    assert read_code("".join(f"│ {line} ║ " for line in lines) + "┗━━┛") == code


@both_codes
def test_people_leave_out_the_colon_or_the_whole_prefix(code: Token | ShortCode) -> None:
    letters = code.text().removeprefix("MESH1:")
    for text in (letters, f"MESH1{letters}", f"mesh1 {letters.lower()}", f"{letters}@kitchen-pi.local:40123"):
        assert read_code(text) == code
    with pytest.raises(DamagedCode):
        read_code(f"MESH2:{letters}")


@both_codes
def test_an_address_may_follow(code: Token | ShortCode) -> None:
    shown = code_at(code.text(), "Kitchen-Pi.local:40123")
    assert shown.endswith("@Kitchen-Pi.local:40123")
    assert read_code(shown) == code
    assert read_address(shown) == "kitchen-pi.local:40123"
    assert read_address(code.text()) == ""


@both_codes
def test_every_other_character_is_a_damaged_code(code: Token | ShortCode) -> None:
    text = code.text()
    for at, right in enumerate(text):
        for wrong in "ABCDEFGHIJKLMNOPQRSTUVWXYZ2345670189:-=@/":
            if wrong != right:
                with pytest.raises(DamagedCode):
                    read_code(text[:at] + wrong + text[at + 1 :])


@both_codes
def test_every_flipped_bit_is_a_damaged_code(code: Token | ShortCode) -> None:
    text = code.text()
    for at in range(len(text)):
        for bit in range(7):
            flipped = text[:at] + chr(ord(text[at]) ^ 1 << bit) + text[at + 1 :]
            if flipped.upper() != text and "".join(flipped.split()) == flipped:
                with pytest.raises(DamagedCode):
                    read_code(flipped)


@both_codes
def test_missing_doubled_and_swapped_characters_are_a_damaged_code(code: Token | ShortCode) -> None:
    text = code.text()
    for at in range(len(text)):
        if text[at] == ":":
            continue  # people leave it out
        swapped = text[:at] + text[at : at + 2][::-1] + text[at + 2 :]
        for wrong in (text[:at] + text[at + 1 :], text[: at + 1] + text[at:], swapped):
            if wrong != text:
                with pytest.raises(DamagedCode):
                    read_code(wrong)


@pytest.mark.parametrize("text", ["", "MESH1:", "MESH1", "@", "/", "MESH1:" + "A" * 53, "MESH1:" + "A" * 293, "ß" * 59])
def test_what_never_was_a_code(text: str) -> None:
    with pytest.raises(DamagedCode):
        read_code(text)


def test_endless_text_is_not_read() -> None:
    padded = TOKEN.text() + " " * LONGEST_TEXT
    with pytest.raises(DamagedCode):
        read_code(padded)


@given(st.text(max_size=400))
def test_any_text_raises_only_damaged_code(text: str) -> None:
    read_address(text)
    with pytest.raises(DamagedCode):
        read_code(text)
    with pytest.raises(DamagedCode):
        read_code("MESH1:" + text)


@pytest.mark.parametrize("seed", range(4))
def test_codes_of_random_content_are_read_as_written(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(fuzz_count(50)):
        short = ShortCode(chance.randbytes(12), chance.randbytes(16), chance.randrange(65_536))
        assert read_code(short.text()) == short
        token = Token(
            STREET.network,
            chance.randbytes(32),
            seeded_identity("bob").device,
            chance.randbytes(16),
            chance.randrange(65_536),
            chance.randrange(1, 256),
            chance.randbytes(64),
        )
        assert read_code(token.text()) == token


def test_a_code_of_a_newer_version_says_so() -> None:
    newer = armoured(b"\x02" + bytes(30), 2)
    with pytest.raises(DamagedCode, match="newer meshnode") as refusal:
        read_code(newer)
    assert "Update" in refusal.value.what_next


def armoured(content: bytes, check_bytes: int) -> str:
    check = hashlib.blake2b(content, digest_size=check_bytes).digest()
    return "MESH1:" + base64.b32encode(content + check).decode().rstrip("=")


def test_the_bearer_of_a_token_can_show_the_invite_statement() -> None:
    read = read_code(TOKEN.text())
    assert isinstance(read, Token)
    assert read.invite_statement() == INVITE.statement
    assert check_statement(read.network, read.invite_statement()) == INVITE.id


def test_a_token_is_made_only_of_its_own_invite() -> None:
    with pytest.raises(ValueError, match="secret of this invite"):
        Token.from_invite(STREET.network, STREET.epoch_key, bytes(16), INVITE.statement)
    with pytest.raises(ValueError, match="only an invite"):
        Token.from_invite(STREET.network, STREET.epoch_key, INVITE.secret, STREET.genesis)


def test_a_short_code_knows_its_network_by_a_tag() -> None:
    assert SHORT.tag == network_tag(STREET.network) == STREET.network[:12]
    assert SHORT.is_for(STREET.network)
    assert not SHORT.is_for(Neighbourhood("Elm Street").network)


@both_codes
def test_no_secret_shows_in_a_repr(code: Token | ShortCode) -> None:
    shown = repr(code)
    for secret in (INVITE.secret, STREET.epoch_key):
        assert repr(secret)[2:-1] not in shown
        assert secret.hex() not in shown
    assert repr(INVITE.secrets.psk_join)[2:-1] not in repr(INVITE.secrets)


def test_derived_keys_never_change() -> None:
    secrets = invite_secrets(bytes(range(16)))
    epoch_key = bytes(range(32))
    derived = [link_psk(epoch_key), discovery_key(epoch_key), secrets.key.seed, secrets.psk_join]
    assert len(set(derived)) == 4
    assert derived == [
        hashlib.blake2b(b"", key=epoch_key, digest_size=32, person=b"meshnode-psk-v1").digest(),
        hashlib.blake2b(b"", key=epoch_key, digest_size=32, person=b"meshnode-dkey-v1").digest(),
        hashlib.blake2b(bytes(range(16)), digest_size=32, person=b"meshnode-inv-key").digest(),
        hashlib.blake2b(bytes(range(16)), digest_size=32, person=b"meshnode-inv-psk").digest(),
    ]
    assert [key.hex()[:16] for key in derived] == [
        "6c28e9a65b5254d0",
        "24b9ef29c0adb1f2",
        "813dae504dbdff97",
        "0bf6c3ee54f624c7",
    ]
    assert secrets.key.public == SigningKey(secrets.key.seed).public


def test_the_armour_never_changes() -> None:
    assert (
        ShortCode(bytes(range(12)), bytes(range(16)), 20_783).text()
        == "MESH1:AEAACAQDAQCQMBYIBEFAWAABAIBQIBIGA4EASCQLBQGQ4D2RF77JI"
    )
