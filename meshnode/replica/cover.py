"""Cover: which changes of removed authors belong to the set all the same, in one record.

Somebody who was removed may have begun a record that others have long gone on with. What those others wrote, or stood
by in an endorsement, would hang in the air without what it builds on; so it keeps that, and all that this builds on.

Rules of this module:
1. Pure: the answer rests on the changes of one record, their authors' classes and the endorsements, on nothing local.
2. A change of a removed author belongs if a change that belongs builds on it, or if it is endorsed. The way from the
   one to the other goes through changes that belong: one by an unknown author is in no set, and so carries nothing.
3. What such a change itself depends on has no power over it: membership of the set is not merging.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Set
from dataclasses import dataclass

from crdt.chunk import read_links
from crdt.identifiers import ChangeHash, ChangeId, DeviceId, RecordId
from meshnode.identity.envelope import parse_envelope
from meshnode.membership.membership import AuthorClass

Endorsed = Set[tuple[RecordId, ChangeId]]
Judge = Callable[[DeviceId], AuthorClass]


@dataclass(frozen=True, slots=True)
class Written:
    """A change as far as cover is concerned."""

    id: ChangeId
    author: DeviceId
    hash: ChangeHash
    deps: tuple[ChangeHash, ...]


def written(id_: ChangeId, author: DeviceId, envelope: bytes) -> Written:
    """A change that was admitted or parked, from its bytes."""
    return Written(id_, author, *read_links(parse_envelope(envelope).raw))


def covered(record: RecordId, changes: Iterable[Written], judge: Judge, endorsed: Endorsed) -> set[ChangeId]:
    """The changes of removed authors in a record that belong (rule 2)."""
    removed: dict[ChangeHash, Written] = {}
    reaching: list[Written] = []
    kept: set[ChangeId] = set()
    for change in changes:
        match judge(change.author):
            case AuthorClass.CURRENT | AuthorClass.PAST:
                reaching.append(change)
            case AuthorClass.REMOVED:
                removed[change.hash] = change
            case AuthorClass.UNKNOWN:
                pass
    for change in removed.values():
        if (record, change.id) in endorsed:
            kept.add(change.id)
            reaching.append(change)
    while reaching:
        for dep in reaching.pop().deps:
            before = removed.get(dep)
            if before is not None and before.id not in kept:
                kept.add(before.id)
                reaching.append(before)
    return kept


def newest(changes: Iterable[Written]) -> list[ChangeId]:
    """Those of some changes on which none of the others builds: to endorse them is to endorse all."""
    known = list(changes)
    followed = {dep for change in known for dep in change.deps}
    return [change.id for change in known if change.hash not in followed]
