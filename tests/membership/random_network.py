"""Random neighbourhoods: people who invite, come in, witness, leave and misbehave, all from one seed."""

from __future__ import annotations

import random

from meshnode.identity.keys import DeviceKeys, Identity
from meshnode.identity.signing import SigningKey
from meshnode.membership.frame import Kind, seal
from tests.support.people import (
    NAMES,
    Neighbourhood,
    SeededInvite,
    member_keys,
    seeded,
    seeded_device,
    seeded_identity,
)

PEOPLE = (*NAMES, "kofi", "lena", "mirek", "noor")


class RandomNetwork:
    """A neighbourhood in which `steps` random things were signed; not all of them have an effect."""

    def __init__(self, seed: int, steps: int = 40) -> None:
        self.seed = seed
        self.chance = random.Random(seed)
        self.street = Neighbourhood(f"street {seed}", founders=PEOPLE[: self.chance.choice((1, 1, 2, 3))])
        self.invites: list[SeededInvite] = []
        self.hellos: list[bytes] = []
        self.speakers: list[Identity] = [seeded_identity(name) for name in PEOPLE]
        self._invite()
        for _ in range(steps):
            (step,) = self.chance.choices(
                (self._invite, self._come_in, self._hello, self._witness, self._device, self._hub, self._leave),
                (5, 14, 6, 8, 1, 1, 1),
            )
            step()
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

    def _person(self) -> str:
        return self.chance.choice(PEOPLE)

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

    def _misbehave(self) -> None:
        """A device key certified twice, a word from nobody."""
        device = self.chance.choice(self.speakers).device_keys
        self._certify_again(device)
        stranger = SigningKey(seeded("stranger")(32))
        self.street.add(seal(self.street.network, Kind.VOUCH, stranger, self.chance.randbytes(32)))

    def _certify_again(self, device: DeviceKeys) -> None:
        keys = member_keys(seeded_identity(self._person()))
        self.street.certify(Identity(device, keys.id, keys), "again")
