"""Cover: which changes of removed authors belong, against the definition written out plainly."""

from __future__ import annotations

import hashlib
import random

import pytest

from crdt.chunk import read_chunk, read_links
from crdt.identifiers import ChangeHash, ChangeId, DeviceId, RecordId
from meshnode.identity.envelope import parse_envelope
from meshnode.membership.membership import AuthorClass
from meshnode.replica.cover import Written, covered, newest
from tests.support.chunks import Draft, put
from tests.support.people import fuzz_count, maple_street, seeded_identity
from tests.support.replicas import first_change

RECORD = RecordId(b"\x20" * 16)
AUTHORS = {
    DeviceId(b"c" * 32): AuthorClass.CURRENT,
    DeviceId(b"p" * 32): AuthorClass.PAST,
    DeviceId(b"r" * 32): AuthorClass.REMOVED,
    DeviceId(b"s" * 32): AuthorClass.REMOVED,
    DeviceId(b"u" * 32): AuthorClass.UNKNOWN,
}
BY = {author[:1].decode(): author for author in AUTHORS}


def change(name: str, *deps: str) -> Written:
    """A change by whom the name begins with."""
    return Written(
        ChangeId(_hash(name)), BY[name[0]], ChangeHash(_hash(name)), tuple(map(ChangeHash, map(_hash, deps)))
    )


def _hash(name: str) -> bytes:
    return hashlib.sha256(name.encode()).digest()


def kept(changes: list[Written], *endorsed: str) -> set[ChangeId]:
    pairs = {(RECORD, ChangeId(_hash(name))) for name in endorsed}
    return covered(RECORD, changes, AUTHORS.__getitem__, pairs)


def ids(*names: str) -> set[ChangeId]:
    return {ChangeId(_hash(name)) for name in names}


@pytest.mark.parametrize("by", ["c", "p"])
def test_what_somebody_who_belongs_builds_on_belongs_with_all_before_it(by: str) -> None:
    changes = [change("r1"), change("s2", "r1"), change("r3", "s2"), change(f"{by}4", "s2")]
    assert kept(changes) == ids("r1", "s2")


def test_an_endorsed_change_belongs_with_all_before_it() -> None:
    changes = [change("r1"), change("r2", "r1"), change("r3", "r2")]
    assert kept(changes) == set()
    assert kept(changes, "r2") == ids("r1", "r2")
    assert kept(changes, "r9", "r3") == ids("r1", "r2", "r3")


def test_an_endorsement_is_for_one_record() -> None:
    pairs = {(RecordId(b"\x21" * 16), ChangeId(_hash("r1")))}
    assert covered(RECORD, [change("r1")], AUTHORS.__getitem__, pairs) == set()


def test_a_change_by_an_unknown_author_carries_nothing() -> None:
    """It is in no set: whoever never saw it has to come to the same answer."""
    changes = [change("r1"), change("u2", "r1"), change("c3", "u2")]
    assert kept(changes) == set()
    assert kept([*changes, change("u4", "r1")], "u4") == set(), "not even endorsed"


def test_what_is_missing_in_between_cuts_the_way_until_it_comes() -> None:
    changes = [change("r1"), change("c3", "r2")]
    assert kept(changes) == set()
    assert kept([*changes, change("r2", "r1")]) == ids("r1", "r2")


def test_the_newest_are_those_on_which_no_other_builds() -> None:
    changes = [change("r1"), change("r2", "r1"), change("r3", "r1"), change("s4", "r3"), change("r5")]
    assert set(newest(changes)) == ids("r2", "s4", "r5")
    assert newest([]) == []


@pytest.mark.parametrize("seed", range(fuzz_count(40)))
def test_any_graph_in_any_order(seed: int) -> None:
    print(f"seed {seed}")
    rng = random.Random(seed)
    names: list[str] = []
    changes: list[Written] = []
    for number in range(rng.randrange(1, 40)):
        name = f"{rng.choice('cprrrsu')}{number}"
        changes.append(change(name, *rng.sample(names, min(len(names), rng.choice((0, 1, 1, 2))))))
        names.append(name)
    endorsed = rng.sample(names, len(names) // 8)
    expected = plainly(changes, ids(*endorsed))
    rng.shuffle(changes)
    assert kept(changes, *endorsed) == expected


def plainly(changes: list[Written], endorsed: set[ChangeId]) -> set[ChangeId]:
    """Look again at everything until nothing new is found."""
    found: set[ChangeId] = set()
    while True:
        belonging = [each for each in changes if AUTHORS[each.author].belongs or each.id in found]
        needed = {dep for each in belonging for dep in each.deps}
        removed = [each for each in changes if AUTHORS[each.author] is AuthorClass.REMOVED]
        more = {each.id for each in removed if each.hash in needed or each.id in endorsed}
        if more <= found:
            return found
        found |= more


def test_links_are_read_from_the_bytes_of_a_change() -> None:
    street = maple_street(2)
    envelope = first_change(seeded_identity("bob"), street.network, Draft([put("title", "x")]), 5, 0x20)
    raw = parse_envelope(envelope).raw
    chunk = read_chunk(raw)
    assert read_links(raw) == (chunk.hash, chunk.deps)
