"""Every golden set there is, read by this version: it says of the old bytes what the version said that wrote them.

A later version may know more: what it says beyond the recorded is its own matter.
"""

from __future__ import annotations

import json
import tarfile
from pathlib import Path
from typing import Any

import pytest

from crdt.boards.notes import TEXT_KEY
from crdt.identifiers import NetworkId, RecordId
from meshnode.bundle.bundle import read_bundle
from meshnode.discovery.announcement import DiscoveryKeys, Recognition, read_announcement, recognise
from meshnode.identity.key_file import KEY_FILE, load
from meshnode.identity.sealing import Opened
from meshnode.membership.device_codes import DeviceCode, read_device_code
from meshnode.membership.frame import Kind
from meshnode.membership.join_files import read_invite_file, read_reply_file
from meshnode.membership.key_card import read_card
from meshnode.membership.statements import check_statement, parse_statement
from meshnode.membership.tokens import ShortCode, Token, read_code
from meshnode.node.belonging import read_belonging
from meshnode.sync.codec import body_limit, decode, encode
from meshnode.sync.frames import Assembler
from meshnode.sync.messages import MessageType
from tests.golden.write_golden import SECRET, shown, spelt, street
from tests.support.people import member_keys, seeded_identity
from tests.support.replicas import NOON_MS, Desk

HERE = Path(__file__).parent
VERSIONS = sorted(path for path in HERE.iterdir() if path.is_dir() and path.name.startswith("v"))
every_version = pytest.mark.parametrize("version", VERSIONS, ids=lambda path: path.name)


def read(version: Path, name: str) -> Any:
    return json.loads((version / f"{name}.json").read_text())


def holds(recorded: Any, now: Any) -> bool:
    """Whether everything recorded is said now, too."""
    if isinstance(recorded, dict):
        return isinstance(now, dict) and all(key in now and holds(each, now[key]) for key, each in recorded.items())
    if isinstance(recorded, list):
        same = isinstance(now, list) and len(now) == len(recorded)
        return same and all(holds(one, other) for one, other in zip(recorded, now, strict=True))
    return bool(recorded == now)


def test_there_is_a_golden_set() -> None:
    assert VERSIONS


@every_version
def test_frames(version: Path) -> None:
    recorded = read(version, "frames")
    for each in recorded:
        assembler = Assembler(body_limit)
        *_, arrived = [assembler.take(bytes.fromhex(frame)) for frame in each["frames"]]
        assert arrived is not None
        message = decode(*arrived)
        assert type(message).__name__ == each["type"]
        assert holds(each["says"], spelt(message)), each["type"]
        assert [frame.hex() for frame in encode(message)] == each["frames"], each["type"]
    if version is VERSIONS[-1]:
        assert {int(each["frames"][0][:2], 16) for each in recorded} == set(MessageType)


@every_version
def test_statements(version: Path) -> None:
    recorded = read(version, "statements")
    network = NetworkId(bytes.fromhex(recorded["network"]))
    for each in recorded["statements"]:
        statement = bytes.fromhex(each["statement"])
        assert check_statement(network, statement).hex() == each["says"]["id"]
        parsed = parse_statement(network, statement)
        assert type(parsed).__name__ == each["kind"]
        assert holds(each["says"], spelt(parsed)), each["kind"]
    if version is VERSIONS[-1]:
        assert {int(each["statement"][128:130], 16) for each in recorded["statements"]} == set(Kind)


@every_version
def test_codes(version: Path) -> None:
    token, short, short_at, short_in_qr, device, card, card_code, _words = read(version, "codes")
    assert isinstance(read_code(token), Token)
    assert isinstance(read_code(short), ShortCode)
    assert read_code(short_at) == read_code(short_in_qr) == read_code(short)
    assert isinstance(read_device_code(device), DeviceCode)
    assert read_card(card).id == read_card(card_code).id == member_keys(seeded_identity("alice")).id


@every_version
def test_files(version: Path, tmp_path: Path) -> None:
    files = {name: bytes.fromhex(content) for name, content in read(version, "files").items()}
    invite, reply = read_invite_file(files["invite"]), read_reply_file(files["reply"])
    assert (invite.network, invite.inviter, invite.code) == ("Maple Street", "Alice", read(version, "codes")[0])
    statements = {each["kind"]: each["statement"] for each in read(version, "statements")["statements"]}
    assert (reply.network, reply.name) == ("Maple Street", "Chidi")
    assert (reply.invite.hex(), reply.hello.hex()) == (statements["Invite"], statements["Hello"])
    (tmp_path / "bundle").write_bytes(files["bundle"])
    network, blocks = read_bundle(tmp_path / "bundle")
    assert network.hex() == read(version, "statements")["network"]
    items = [item.hex() for block in blocks for item in block.items]
    assert items == [each["statement"] for each in read(version, "statements")["statements"]]


@every_version
def test_announcements(version: Path) -> None:
    lines = read(version, "announcements")
    txt: dict[bytes, bytes | None] = {key.encode(): value.encode() for _, key, value in lines}
    announced = read_announcement(lines[0][0], txt)
    assert announced is not None
    assert recognise(announced, DiscoveryKeys((bytes(32),))).recognition is Recognition.MEMBER
    assert recognise(announced, DiscoveryKeys((), (b"\1" * 32,))).recognition is Recognition.INVITER
    assert announced.spoken_network == "Maple Street"


@every_version
def test_a_profile(version: Path, tmp_path: Path) -> None:
    """Key file and database, opened as at the start of a node, whose notes it opens and in which it goes on writing."""
    with tarfile.open(version / "profile.tar.xz") as packed:
        packed.extractall(tmp_path, filter="data")
    identity = load(tmp_path / "keys" / KEY_FILE)
    assert identity is not None
    desk = Desk(tmp_path / "network", identity, street(), NOON_MS + 1_000_000)
    try:
        belonging = read_belonging(desk.store)
        assert belonging is not None
        assert belonging.network == desk.street.network
        assert holds(read(version, "profile"), spelt(shown(desk)))
        (note,) = [view for view in desk.replica.records.views() if view["kind"] == "note"]
        opened = desk.replica.sealer.open(RecordId(bytes.fromhex(note["id"])), TEXT_KEY)
        (answer,) = [each.answer for each in opened]
        assert answer == Opened(SECRET)
    finally:
        desk.close()
