"""Keys: a person's member key and the three keys of a device, together the identity that a node signs with.

Rules of this module:
1. A secret never shows in a `repr`, and so in no log.
2. Each key does one thing: sign, prove a link (noise), open sealed fields (seal). None stands in for another.
3. Randomness is an argument.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from nacl.bindings import crypto_scalarmult_base

from crdt.identifiers import DeviceId, MemberId
from meshnode.errors import NotPossible
from meshnode.identity.signing import SigningKey

KEY_BYTES = 32

Random = Callable[[int], bytes]


@dataclass(frozen=True, slots=True)
class AgreementKey:
    """One X25519 key pair, made from its 32 private bytes."""

    private: bytes = field(repr=False)
    public: bytes = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "public", crypto_scalarmult_base(self.private))


@dataclass(frozen=True, slots=True)
class DeviceKeys:
    """The keys of one device. They never leave it: a restored backup is a new device."""

    sign: SigningKey
    noise: AgreementKey
    seal: AgreementKey

    @classmethod
    def generate(cls, random: Random) -> DeviceKeys:
        """New keys out of `random`."""
        return cls(SigningKey(random(KEY_BYTES)), AgreementKey(random(KEY_BYTES)), AgreementKey(random(KEY_BYTES)))

    @property
    def id(self) -> DeviceId:
        """The device's id: its signing key."""
        return DeviceId(self.sign.public)


@dataclass(frozen=True, slots=True)
class MemberKeys:
    """A person's key: on their main device and on a paper card."""

    sign: SigningKey

    @classmethod
    def generate(cls, random: Random) -> MemberKeys:
        """A new key out of `random`."""
        return cls(SigningKey(random(KEY_BYTES)))

    @property
    def id(self) -> MemberId:
        """The person's id: the public half."""
        return MemberId(self.sign.public)


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom this node speaks for: a device, and the person whose device it is.

    `member` is None on a hub, which is nobody's. `member_keys` is None there and on a person's further devices, which
    ask the main one (or the paper card) to sign.
    """

    device_keys: DeviceKeys
    member: MemberId | None
    member_keys: MemberKeys | None = None

    @classmethod
    def generate(cls, random: Random) -> Identity:
        """A new person on a new device."""
        member = MemberKeys.generate(random)
        return cls(DeviceKeys.generate(random), member.id, member)

    @property
    def person(self) -> MemberId:
        """The member, where only a person can mean what is done.

        Raises:
            NotPossible: this is a hub.
        """
        if self.member is None:
            raise NotPossible(
                "This machine is a hub and belongs to everybody: only a person can do that.",
                next_step="Do it on a device of yours.",
            )
        return self.member

    @property
    def device(self) -> DeviceId:
        """Who signs changes here."""
        return self.device_keys.id

    @property
    def noise_private(self) -> bytes:
        """What proves this device on a link."""
        return self.device_keys.noise.private

    @property
    def noise_public(self) -> bytes:
        """The key by which peers recognise this device on a link."""
        return self.device_keys.noise.public

    def sign(self, message: bytes) -> bytes:
        """Sign as this device."""
        return self.device_keys.sign.sign(message)
