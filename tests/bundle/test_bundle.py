"""A bundle gives back what was put in, and says so when it cannot."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from crdt.identifiers import Lane, NetworkId
from meshnode.bundle.bundle import BLOCK_BYTES, BundleDamaged, read_bundle, write_bundle
from meshnode.errors import StorageError

NETWORK = NetworkId(bytes(range(32)))


def lanes(seed: int) -> list[tuple[Lane, list[bytes]]]:
    rng = random.Random(seed)
    return [(lane, [rng.randbytes(rng.randrange(1, 2_000)) for _ in range(400)]) for lane in Lane]


def test_what_is_written_is_read(tmp_path: Path) -> None:
    wanted = lanes(1)
    assert write_bundle(tmp_path / "b", NETWORK, wanted) == 1_200
    network, blocks = read_bundle(tmp_path / "b")
    got: dict[Lane, list[bytes]] = {lane: [] for lane in Lane}
    for block in blocks:
        assert sum(map(len, block.items)) <= BLOCK_BYTES
        got[block.lane].extend(block.items)
    assert network == NETWORK
    assert got == dict(wanted)


@pytest.mark.parametrize("seed", range(20))
def test_damage_is_said_and_whole_blocks_before_it_are_given(tmp_path: Path, seed: int) -> None:
    wanted = lanes(2)
    write_bundle(tmp_path / "b", NETWORK, wanted)
    raw = bytearray((tmp_path / "b").read_bytes())
    rng = random.Random(seed)
    if seed % 2:
        raw[rng.randrange(40, len(raw))] ^= 1 << rng.randrange(8)
    else:
        del raw[rng.randrange(41, len(raw) - 1) :]
    (tmp_path / "b").write_bytes(raw)
    _, blocks = read_bundle(tmp_path / "b")
    everything = {item for _, items in wanted for item in items}
    with pytest.raises(BundleDamaged):
        for block in blocks:
            assert everything.issuperset(block.items)


def test_no_bundle(tmp_path: Path) -> None:
    (tmp_path / "b").write_bytes(b"a shopping list")
    with pytest.raises(BundleDamaged, match="not a meshnode bundle"):
        read_bundle(tmp_path / "b")


def test_a_failed_write_leaves_the_older_file(tmp_path: Path) -> None:
    write_bundle(tmp_path / "b", NETWORK, lanes(3))
    before = (tmp_path / "b").read_bytes()
    (tmp_path / "b.part").mkdir()
    with pytest.raises(StorageError):
        write_bundle(tmp_path / "b", NETWORK, lanes(4))
    assert (tmp_path / "b").read_bytes() == before
