"""`python -m tests.membership.write_vectors`: writes the vectors anew. They are the definition: a fold that gives
another answer is another fold, and its nodes disagree with those that are out there about who belongs.

A vector is a seed and the hash of the answer to that seed's set of statements; a few sets stand there in full with
their answers, so that an implementation in another language can begin with them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from crdt.identifiers import NetworkId
from meshnode.membership.fold import Membership, fold
from tests.membership.random_network import RandomNetwork

FOLDER = Path(__file__).parent / "vectors"
HASHES = FOLDER / "hashes.json"
IN_FULL = FOLDER / "in_full.json"
SEEDS = range(50_000, 51_000)
FULL_SEEDS = (50_003, 50_006, 50_014, 50_021, 50_037)


def network_of(seed: int) -> RandomNetwork:
    """The set of statements that a seed stands for."""
    return RandomNetwork(seed, 30 + seed % 40)


def _hexes(ids: Iterable[bytes]) -> list[str]:
    return sorted(each.hex() for each in ids)


def canonical(answer: Membership) -> dict[str, Any]:
    """Everything that a fold says, as JSON in one spelling: ids in hex, lists without an order sorted."""
    return {
        "members": {
            member.id.hex(): {
                "current": member.current,
                "established": member.established,
                "left": member.left,
                "removed": member.removed,
                "name": member.name,
            }
            for member in answer.members.values()
        },
        "devices": {
            device.id.hex(): {
                "state": device.state.value,
                "member": device.member.hex() if device.member else None,
                "stewards": _hexes(device.stewards),
                "dropped": device.dropped.value if device.dropped else None,
            }
            for device in answer.devices.values()
        },
        "invites": {key.hex(): {"alive": use.alive, "users": _hexes(use.users)} for key, use in answer.invites.items()},
        "words": [[word.member.hex(), word.voucher.hex(), word.by_hand] for word in answer.words],
        "petitions": {
            ballot.petition.id.hex(): {
                "effective": ballot.effective,
                "admissible": ballot.admissible,
                "yes": _hexes(ballot.yes),
                "no": _hexes(ballot.no),
                "needed": ballot.needed,
            }
            for ballot in answer.ballots
        },
        "epochs": [epoch.id.hex() for epoch in answer.epochs],
        "endorsed": sorted([record.hex(), change.hex()] for record, change in answer.endorsed),
        "forgotten": _hexes(answer.forgotten),
        "refounds": _hexes(refound.id for refound in answer.refounds),
    }


def hash_of(network: NetworkId, statements: Iterable[bytes]) -> str:
    """The first 16 bytes of the SHA-256 of the canonical answer."""
    spelt = json.dumps(canonical(fold(network, statements)), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(spelt.encode()).hexdigest()[:32]


def main() -> None:
    """Write both files."""
    FOLDER.mkdir(exist_ok=True)
    networks = {seed: network_of(seed).street for seed in SEEDS}
    hashes = {str(seed): hash_of(street.network, street.statements) for seed, street in networks.items()}
    HASHES.write_text(json.dumps(hashes, indent=0) + "\n")
    in_full = [
        {
            "seed": seed,
            "network": networks[seed].network.hex(),
            "statements": sorted(each.hex() for each in networks[seed].statements),
            "answer": canonical(networks[seed].membership()),
        }
        for seed in FULL_SEEDS
    ]
    IN_FULL.write_text(json.dumps(in_full, separators=(",", ":"), sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
