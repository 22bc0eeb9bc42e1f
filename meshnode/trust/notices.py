"""Notices: what the person at this node has to hear: who was parted with, by whom, and how to object; what was wiped.

Rules of this module:
1. A notice is made of the statements; only when this node first saw what it tells of is noted, so that it can end.
2. Every removal names those who signed it. Nobody is called names; what a person can do next is always said.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable

from crdt.identifiers import MemberId, StatementId
from meshnode.membership.petitions import Ballot
from meshnode.membership.statements import Epoch, Refound
from meshnode.replica.replica import Replica
from meshnode.trust.access import Access
from meshnode.trust.keyring import Keyring
from meshnode.trust.wiped import Wiped

NOTICED_NOTE = "trust.noticed"
SHOWN_MS = 14 * 86_400_000
"""Long enough for somebody who looks in once a week."""
POINTED_MS = 3 * 86_400_000
"""Long enough to be seen, too short to nag."""
ASKED_MS = 30 * 86_400_000
"""As long as the invitation lasts."""
SHORT_HEX = 8
MOST_OF_ONE = 2
"""Who starts anew a third time has said enough on everybody's screen; `meshnode refound --accept` lists them all."""

OWN_REMOVAL = (
    "{signers} have asked that you belong to {network} no more, and their neighbours' nodes follow that. {reason}"
    "All you have here stays yours: your copy is on this machine, and `meshnode export FOLDER` writes it out. "
    "If you think this is wrong, talk with people: enough of them can take it back. Or start anew with those who "
    "want to come along: `meshnode refound NAME --with NAMES`."
)
REMOVAL = (
    "{signers} have parted with {targets}, and this node links with {targets} no more. {reason}"
    "What {targets} wrote stays where others built on it. {object}"
)
OBJECT = "If you do not agree: `meshnode vote {short} no`, and tell the others why."
OBJECTED = "You said no; tell the others why, and more of them may."
HELD = (
    "{signers} have parted with {targets}. So many were parted with in a short time that this node asks first: "
    "see `meshnode members`, then `meshnode follow`, or `meshnode follow --no` to go on linking with them. {reason}"
    "If you do not agree with it at all: `meshnode vote {short} no`."
)
DECLINED = (
    "{signers} have parted with {targets}. This node goes on linking with {targets}, as you said; "
    "`meshnode follow` changes that."
)

BAD_KEY = (
    "{name}'s device handed out a network key that does not open here, so it is not used. "
    "Nothing is lost; if it happens again, ask {name} to update meshnode."
)
ASKED = (
    "{name} starts anew as {new} and asks you along. {reason}`meshnode refound --accept` brings you in, in a profile "
    "of its own; here everything stays as it is. You need not answer."
)
SEE_MEMBERS = "`meshnode members` says who, why, and what you can do."

NameOf = Callable[[MemberId], str]


class Notices:
    """The notices of one node."""

    def __init__(self, replica: Replica, access: Access, keyring: Keyring) -> None:
        self._replica = replica
        self._access = access
        self._keyring = keyring
        self.wiped = Wiped(replica)
        self._noticed: dict[str, int] = json.loads(replica.store.meta(NOTICED_NOTE) or "{}")
        self.look()

    def look(self) -> None:
        """Note what is new, and forget what is no more."""
        self.wiped.look()
        membership = self._replica.membership
        told = {ballot.petition.id.hex() for ballot in membership.ballots if ballot.effective}
        told |= {each.id.hex() for each in self._asked()}
        noticed = {each: at for each, at in self._noticed.items() if each in told}
        noticed = dict.fromkeys(told, self._replica.clock()) | noticed
        if noticed != self._noticed:
            self._noticed = noticed
            self._replica.store.set_meta(NOTICED_NOTE, json.dumps(noticed, sort_keys=True))

    def sentences(self, name_of: NameOf) -> list[str]:
        """What there is to say now."""
        self.look()
        ballots = [ballot for ballot in self._replica.membership.ballots if ballot.effective]
        removals = [self._removal(ballot, name_of) for ballot in ballots if self._is_shown(ballot)]
        # Once for everybody whose device does so, however often it does.
        keys = [*dict.fromkeys(BAD_KEY.format(name=self._by(each, name_of)) for each in self._keyring.bad.values())]
        return removals + self._asked_along(name_of) + self.wiped.sentences(name_of) + keys

    def pointers(self) -> list[str]:
        """In a line each, that there is something to read about people, for where the status is shown."""
        shown = [b for b in self._replica.membership.ballots if b.effective and self._is_shown(b)]
        about = [frozenset(ballot.petition.targets) for ballot in shown]
        me, waiting = self._replica.identity.member, self._access.waiting
        told = []
        if any(me in targets for targets in about):
            told.append(f"{self._replica.network_name()} has parted with you. {SEE_MEMBERS}")
        elif any(targets & waiting for targets in about):
            told.append(f"Many were parted with in a short time, and your node asks you first. {SEE_MEMBERS}")
        elif any(self._age(ballot.petition.id) < POINTED_MS for ballot in shown):
            told.append(f"Your neighbours have parted with somebody. {SEE_MEMBERS}")
        if any(self._age(offer.id) < POINTED_MS for offer in self._offers()):
            told.append(f"You are asked along to a new neighbourhood. {SEE_MEMBERS}")
        return told

    def _offers(self) -> list[Refound]:
        """The open invitations to start anew; each stays as long as the way in is good."""
        return [each for each in self._asked() if self._age(each.id) < ASKED_MS]

    def _asked(self) -> list[Refound]:
        """The fresh starts to which this device is asked along; of one who asks again and again, a few."""
        me, asked = self._replica.identity.device, Counter[bytes]()
        found = []
        for each in self._replica.membership.refounds:
            if each.box_for(me) is not None:
                by = self._replica.membership.member_of(each.signer) or each.signer
                asked[by] += 1
                found += [each] if asked[by] <= MOST_OF_ONE else []
        return found

    def _asked_along(self, name_of: NameOf) -> list[str]:
        found = []
        for each in self._offers():
            reason = f"The reason: {each.reason.strip().rstrip('.')}. " if each.reason.strip() else ""
            found.append(ASKED.format(name=self._by(each, name_of), new=each.name, reason=reason))
        return found

    def _age(self, statement: StatementId) -> int:
        return self._replica.clock() - self._noticed.get(statement.hex(), 0)

    def _by(self, statement: Epoch | Refound, name_of: NameOf) -> str:
        member = self._replica.membership.member_of(statement.signer)
        return name_of(member) if member is not None else "somebody unknown here"

    def _is_shown(self, ballot: Ballot) -> bool:
        """Own removals and open questions stay; the others have their time."""
        targets = frozenset(ballot.petition.targets)
        if self._replica.identity.member in targets or targets & self._access.waiting:
            return True
        return self._age(ballot.petition.id) < SHOWN_MS

    def _removal(self, ballot: Ballot, name_of: NameOf) -> str:
        targets = frozenset(ballot.petition.targets)
        if self._replica.identity.member in targets:
            text = OWN_REMOVAL
        elif targets & self._access.waiting:
            text = HELD
        elif targets & self._access.declined:
            text = DECLINED
        else:
            text = REMOVAL
        reason = ballot.petition.reason.strip()
        return text.format(
            signers=_and(map(name_of, ballot.yes)),
            targets=_and(map(name_of, targets)),
            network=self._replica.network_name(),
            reason=f"Their reason: {reason.rstrip('.')}. " if reason else "They gave no reason. ",
            short=short(ballot.petition.id),
            object=OBJECTED
            if self._replica.identity.member in ballot.no
            else OBJECT.format(short=short(ballot.petition.id)),
        )


def short(statement: StatementId) -> str:
    """As much of an id as a person types."""
    return statement.hex()[:SHORT_HEX]


def _and(names: Iterable[str]) -> str:
    listed = sorted(names, key=str.casefold)
    return " and ".join([", ".join(listed[:-1]), listed[-1]] if len(listed) > 1 else listed)
