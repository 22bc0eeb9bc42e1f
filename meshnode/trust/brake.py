"""Brake: how many removals this node follows by itself before it asks its person.

Removals are final for nobody while people still look at them. If many come at once, something is wrong: a clique, a
stolen key, or a quarrel; so a node follows a few and asks about the rest.

Rules of this module:
1. Pure. What was noted before, what the statements say and the time are arguments.
2. It decides about this node's links, boxes and keys alone. Who belongs, and what joins the sets, ignore it (law i).
3. Whom one petition removed, the node follows together or asks about together.
4. What the person answered counts, and is not counted against the allowance.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from crdt.identifiers import MemberId

WINDOW_MS = 7 * 86_400_000
FREE = 3
"""What a neighbourhood can need in a bad week."""
SHARE = 10
"""Or one of so many members, in a large one."""
BY_PERSON = 0
"""In place of a time: the person said so."""


@dataclass(frozen=True, slots=True)
class Noted:
    """What this node noted about removals. `followed` has when it followed each, by its own clock."""

    followed: Mapping[MemberId, int] = field(default_factory=dict)
    declined: frozenset[MemberId] = frozenset()

    def waiting(self, removed: Iterable[MemberId]) -> frozenset[MemberId]:
        """Those removed about whom the person has not been asked, or has not answered."""
        return frozenset(removed) - self.followed.keys() - self.declined


def allowance(members: int) -> int:
    """How many removals may be followed in one window, in a network that had so many members."""
    return max(FREE, members // SHARE)


def follow_by_itself(noted: Noted, removals: Sequence[frozenset[MemberId]], members: int, now_ms: int) -> Noted:
    """Follow what the allowance has room for.

    Args:
        noted: from before.
        removals: the targets of the effective petitions, in the order in which they took effect.
        members: how many people there were, the removed ones included.
        now_ms: this node's clock.
    """
    removed = frozenset().union(*removals)
    followed = {member: at for member, at in noted.followed.items() if member in removed}
    declined = noted.declined & removed
    # A clock that was put back spends nothing anew: what seems to lie in the future counts as recent.
    spent = sum(at > now_ms - WINDOW_MS for at in followed.values() if at != BY_PERSON)
    room = allowance(members) - spent
    for targets in removals:
        new = targets - followed.keys() - declined
        if len(new) <= room:
            room -= len(new)
            followed |= dict.fromkeys(new, max(now_ms, 1))
    return Noted(followed, declined)


def answered(noted: Noted, members: Iterable[MemberId], *, follow: bool) -> Noted:
    """The person decided about these."""
    decided = frozenset(members)
    if follow:
        return Noted(dict(noted.followed) | dict.fromkeys(decided, BY_PERSON), noted.declined - decided)
    return Noted(
        {member: at for member, at in noted.followed.items() if member not in decided}, noted.declined | decided
    )
