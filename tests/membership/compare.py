"""Compares the two folds: everything that `Membership` says of who belongs, against the plain rules."""

from __future__ import annotations

from meshnode.membership.membership import Membership
from tests.membership.plain_fold import PlainFold


def differences(quick: Membership, plain: PlainFold) -> list[str]:
    """What the two do not agree about."""
    pairs: dict[str, tuple[object, object]] = {
        "current": ({m.id for m in quick.members.values() if m.current}, plain.current),
        "established": ({m.id for m in quick.members.values() if m.established}, plain.established),
        "ever": (set(quick.members), plain.ever.members),
        "removed": (set(quick.removed), plain.removed & plain.ever.members),
        "devices": ({d.id: d.state.value for d in quick.devices.values()}, plain.states()),
        "dropped": ({d.id: d.dropped for d in quick.devices.values()}, {d: plain.dropped(d) for d in plain.states()}),
        "users": (
            {key: set(use.users) for key, use in quick.invites.items() if use.users},
            {key: users for key, users in plain.now.users.items() if users},
        ),
        "alive": ({key for key, use in quick.invites.items() if use.alive}, plain.alive()),
        "words": ({(w.member, w.voucher, w.by_hand) for w in quick.words}, plain.now.words),
        "effective": ({b.petition.id for b in quick.ballots if b.effective}, plain.effective),
        "open": (
            {b.petition.id: (set(b.yes), set(b.no)) for b in quick.ballots if not b.effective},
            {p.id: plain.ballot(p) for p in plain.said.petitions if p.id not in plain.effective},
        ),
        "endorsed": (set(quick.endorsed), plain.endorsed()),
        "forgotten": (set(quick.forgotten), plain.forgotten()),
        "epochs": ([epoch.id for epoch in quick.epochs], plain.epochs()),
        "refounds": ({refound.id for refound in quick.refounds}, plain.refounds()),
    }
    return [name for name, (mine, theirs) in pairs.items() if mine != theirs]
