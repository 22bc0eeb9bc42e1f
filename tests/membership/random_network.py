"""Random neighbourhoods: people who invite, come in, judge each other, leave and misbehave, all from one seed."""

from __future__ import annotations

import random

from crdt.identifiers import ChangeId, StatementId
from meshnode.identity.keys import Identity
from meshnode.identity.signing import SigningKey
from meshnode.membership.frame import HEAD_BYTES, SIGNER_BYTES, signed_bytes
from meshnode.membership.statements import Why
from tests.support.people import (
    NAMES,
    SeededInvite,
    member_keys,
    seeded,
    seeded_device,
    seeded_identity,
)
from tests.support.trust import TrustingStreet

PEOPLE = (*NAMES, "kofi", "lena", "mirek", "noor")
LATER_KIND = 0x0D
"""A kind of statement that this version cannot read."""


class RandomNetwork:
    """A neighbourhood in which `steps` random things were signed; not all of them have an effect.

    In about half of them people judge each other; in the others they only come and go.
    """

    def __init__(self, seed: int, steps: int = 40) -> None:
        self.seed = seed
        self.chance = random.Random(seed)
        self.street = TrustingStreet(f"street {seed}", founders=PEOPLE[: self.chance.choice((1, 1, 2, 3, 5))])
        self.invites: list[SeededInvite] = []
        self.hellos: list[bytes] = []
        self.petitions: list[tuple[StatementId, list[str]]] = []
        self.speakers: list[Identity] = [seeded_identity(name) for name in PEOPLE]
        self._invite()
        judging = self.chance.random() < 0.6
        for _ in range(steps):
            (step,) = self.chance.choices(*(_JUDGING if judging else _COMING))
            step(self)
        if self.chance.random() < 0.3:
            self._misbehave()

    def shuffled(self, chance: random.Random) -> list[bytes]:
        """All statements in some order, some of them twice."""
        statements = self.street.statements
        again = chance.choices(statements, k=len(statements) // 3)
        return chance.sample([*statements, *again], len(statements) + len(again))

    def part(self, chance: random.Random) -> list[bytes]:
        """Some of the statements, the genesis always."""
        share = chance.random()
        return [self.street.genesis, *(each for each in self.street.statements if chance.random() < share)]

    # -- coming and going -------------------------------------------------------------------------------------------

    def _person(self) -> str:
        return self.chance.choice(PEOPLE)

    def _some(self, most: int) -> list[str]:
        return self.chance.sample(PEOPLE, self.chance.randint(0, most))

    def _established(self) -> list[str]:
        """Who is established by now, in the order of names; everybody if nobody is."""
        inside = self.street.membership().members
        found = [n for n in PEOPLE if (m := inside.get(seeded_identity(n).person)) is not None and m.established]
        return found or list(PEOPLE)

    def _invite(self) -> None:
        uses = self.chance.choice((1, 1, 1, 2, 3))
        inside = self.street.membership()
        likely = [s for s in self.speakers if inside.author_class(s.device).current]
        self.invites.append(self.street.invite(self.chance.choice(likely or self.speakers), uses))

    def _come_in(self) -> None:
        self._hello()
        self.street.witness(self.chance.choice(self.speakers), self.street.id(self.hellos[-1]))

    def _hello(self) -> None:
        self.street.hello(self._person(), self.chance.choice(self.invites[-6:]))
        self.hellos.append(self.street.statements[-1])

    def _witness(self) -> None:
        if self.hellos:
            self.street.witness(self.chance.choice(self.speakers), self.street.id(self.chance.choice(self.hellos)))

    def _device(self) -> None:
        name = self._person()
        device = seeded_device(name, f"tablet {self.chance.randrange(2)}")
        self.street.certify(device, name)
        self.speakers.append(device)

    def _hub(self) -> None:
        stewards = self.chance.sample(PEOPLE, self.chance.randint(1, 3))
        self.speakers.append(self.street.hub(f"hub {self.chance.randrange(3)}", *stewards))

    def _leave(self) -> None:
        listed = self.chance.choice((None, (), self.chance.sample(PEOPLE, 3)))
        self.street.leave(self._person(), listed)

    # -- judging ----------------------------------------------------------------------------------------------------

    def _vouch(self) -> None:
        self.street.vouch(self.chance.choice(self._established()), self._person())

    def _void(self) -> None:
        invite = self.chance.choice(self.invites)
        likely = [s for s in self.speakers if s.device == _signer(invite)]
        signer = self.chance.choice(likely if likely and self.chance.random() < 0.8 else self.speakers)
        self.street.void(signer, invite, self._some(3))

    def _drop(self) -> None:
        device = self.chance.choice(self.speakers)
        owners = [n for n in PEOPLE if seeded_identity(n).person == device.member]
        hub = device.member is None
        likely = self.chance.sample(self._established(), 1) if hub else owners
        for _ in range(self.chance.choice((1, 1, 2)) if hub else 1):
            name = self.chance.choice(likely) if self.chance.random() < 0.8 else self._person()
            self.street.drop(name, device, self.chance.choice(list(Why)), self._some(4))

    def _petition(self) -> None:
        inside = self._established()
        targets = self.chance.sample(PEOPLE, self.chance.choice((1, 1, 1, 2)))
        targets = targets if self.chance.random() < 0.7 else self.chance.sample(inside, 1)
        stays = [name for name in self._some(8) if name not in targets]
        petition = self.street.petition(self.chance.choice(inside), targets, stays=stays)
        self.petitions.append((petition, targets))
        self._votes(petition, inside)

    def _vote(self) -> None:
        if self.petitions:
            self._votes(self.chance.choice(self.petitions)[0], self._established())

    def _votes(self, petition: StatementId, inside: list[str]) -> None:
        """Several people vote, mostly yes; some change their mind, some say two things at once."""
        voters = self.chance.sample(inside, min(len(inside), self.chance.randint(1, 7))) + self._some(1)
        for name in voters:
            yes, number = self.chance.random() < 0.8, self.chance.choice((1, 1, 1, 2))
            self._votes_once(petition, name, number, yes=yes)
            if self.chance.random() < 0.1:
                self._votes_once(petition, name, self.chance.choice((1, 2, 3)), yes=not yes)

    def _votes_once(self, petition: StatementId, name: str, number: int, *, yes: bool) -> None:
        self.street.vote(petition, yes=[name] if yes else (), no=() if yes else [name], number=number)

    # -- keeping ----------------------------------------------------------------------------------------------------

    def _keep(self) -> None:
        by, maker = self.chance.choice(self.speakers), self.chance.choice(self.speakers)
        match self.chance.randrange(4):
            case 0:
                self.street.endorse(by, self.street.made(maker), ChangeId(self.chance.randbytes(32)))
            case 1:
                self.street.forget(by, maker if self.chance.random() < 0.5 else by, self.chance.randrange(3))
            case 2:
                devices = {each.device: None for each in self.chance.sample(self.speakers, 5)}
                self.street.epoch(by, self._some(3), devices)
            case _:
                self.street.refound(by)

    def _misbehave(self) -> None:
        """A device key certified twice, a word of a kind that is not known."""
        device = self.chance.choice(self.speakers).device_keys
        keys = member_keys(seeded_identity(self._person()))
        self.street.certify(Identity(device, keys.id, keys), "again")
        stranger, body = SigningKey(seeded("stranger")(32)), self.chance.randbytes(32)
        signature = stranger.sign(signed_bytes(self.street.network, LATER_KIND, stranger.public, body))
        self.street.add(signature + bytes([LATER_KIND]) + stranger.public + body)


def _signer(invite: SeededInvite) -> bytes:
    return invite.statement[HEAD_BYTES - SIGNER_BYTES : HEAD_BYTES]


_COMING = (
    (
        RandomNetwork._invite,
        RandomNetwork._come_in,
        RandomNetwork._hello,
        RandomNetwork._witness,
        RandomNetwork._device,
        RandomNetwork._hub,
        RandomNetwork._leave,
        RandomNetwork._vouch,
    ),
    (5, 14, 6, 8, 1, 1, 1, 2),
)
_JUDGING = (
    (
        *_COMING[0],
        RandomNetwork._void,
        RandomNetwork._drop,
        RandomNetwork._petition,
        RandomNetwork._vote,
        RandomNetwork._keep,
    ),
    (4, 12, 4, 4, 2, 2, 1, 12, 2, 4, 6, 2, 6),
)
