"""Targets: everything in meshnode that reads what others wrote, each with the refusals it documents.

Rules of this module:
1. A target returns how many inputs it fed and how many were read; what is no documented refusal comes out.
2. What a signature or a checksum guards is mutated below it and signed again: otherwise nothing would be reached.
"""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable

from crdt.chunk import read_chunk
from crdt.errors import ChunkRefused
from meshnode.api.server import _request
from meshnode.discovery.announcement import DiscoveryKeys, read_announcement, recognise
from meshnode.errors import BadInput, HandshakeRefused, MeshnodeError, RemoteProtocolError
from meshnode.identity.envelope import ChangeRefused, check_change, seal_change
from meshnode.identity.sealed_box import open_box
from meshnode.identity.sealing import Opened, open_text
from meshnode.identity.signing import SIGNATURE_BYTES, SigningKey
from meshnode.identity.spoken_words import read_words
from meshnode.membership.armour import armour, read_address, unarmour
from meshnode.membership.device_codes import read_device_code
from meshnode.membership.fold import fold
from meshnode.membership.frame import HEAD_BYTES, signed_bytes
from meshnode.membership.key_card import read_card
from meshnode.membership.statements import StatementRefused, check_statement, parse_statement
from meshnode.membership.tokens import read_code
from meshnode.noise.spake2 import Side, Spake2
from meshnode.sync.codec import body_limit, decode
from meshnode.sync.frames import Assembler
from tests.crdt.test_mutations import corpus as chunk_corpus
from tests.crdt.test_mutations import mutated as mutated_chunk
from tests.fuzz import corpus
from tests.fuzz.harness import Target
from tests.fuzz.mutations import mutated
from tests.membership.test_statements import NETWORK
from tests.noise.people import random_keys, shake_hands
from tests.support.people import member_keys, seeded_identity
from tests.sync.test_fuzz import converse
from tests.sync.test_weather import Weather

SEED = 20_261_125
_KEYS = random_keys(random.Random(SEED))
_CHUNKS = [change.raw for change in chunk_corpus()]
_SIGNERS = [member_keys(seeded_identity(name)).sign for name in ("alice", "bob", "stranger")]
_SIGNERS += [seeded_identity(name).device_keys.sign for name in ("alice", "chidi")]


def _once(read: Callable[[], object], *refusals: type[Exception]) -> tuple[int, int]:
    try:
        return 1, int(read() is not None)
    except refusals:
        return 1, 0


def change_reader(chance: random.Random) -> tuple[int, int]:
    raw = mutated_chunk(chance.choice(_CHUNKS), chance)
    return _once(lambda: read_chunk(raw), ChunkRefused)


def change_envelope(chance: random.Random) -> tuple[int, int]:
    """With a right signature over whatever was mutated, or with a wrong one."""
    draft, at_ms = chance.choice(_CHUNKS), chance.choice((0, 1, 2**53, 2**53 + 1, 2**64 - 1))
    envelope = seal_change(corpus.ALICE, NETWORK, corpus.SEALED_PLACE.record, at_ms, draft)
    if chance.random() < 0.5:
        with contextlib.suppress(ChunkRefused, IndexError):  # what has no place for an actor cannot be sealed anew
            draft = mutated_chunk(draft, chance)
            envelope = seal_change(corpus.ALICE, NETWORK, corpus.SEALED_PLACE.record, at_ms, draft)
    else:
        envelope = mutated(envelope, chance)
    return _once(lambda: check_change(NETWORK, envelope), ChangeRefused)


def statement_reader(chance: random.Random) -> tuple[int, int]:
    statement = mutated(chance.choice(corpus.STATEMENTS), chance)
    return _once(lambda: parse_statement(NETWORK, statement), StatementRefused)


def signed_statement(chance: random.Random) -> tuple[int, int]:
    """Mutated and signed anew by somebody: what passes is folded with the others."""
    honest = chance.choice(corpus.STATEMENTS)
    kind, signer = honest[SIGNATURE_BYTES], chance.choice(_SIGNERS)
    kind = kind if chance.random() < 0.9 else chance.randrange(256)
    body = mutated(honest[HEAD_BYTES:], chance)
    statement = _signed(kind, signer, body)
    try:
        check_statement(NETWORK, statement)
    except StatementRefused:
        return 1, 0
    answer = fold(NETWORK, [*corpus.STATEMENTS, statement])
    for device in answer.devices:
        answer.support(device)
    return 1, 1


def _signed(kind: int, signer: SigningKey, body: bytes) -> bytes:
    return signer.sign(signed_bytes(NETWORK, kind, signer.public, body)) + bytes([kind]) + signer.public + body


def frame_codec(chance: random.Random) -> tuple[int, int]:
    """Frame after frame into one assembler, as from one peer."""
    assembler, read = Assembler(body_limit), 0
    for fed in range(1, 9):
        try:
            if arrived := assembler.take(mutated(chance.choice(corpus.frames()), chance)):
                decode(*arrived)
                read += 1
        except RemoteProtocolError:
            return fed, read
    return fed, read


def session(chance: random.Random) -> tuple[int, int]:
    """Whole conversations until they break."""
    return max(1, converse(Weather(chance.randrange(2**32)))), 0


def noise_handshake(chance: random.Random) -> tuple[int, int]:
    """One of the three messages is mutated, cut, repeated or from another handshake."""
    dialler, answerer = _KEYS.dialler(), _KEYS.answerer(psks=[bytes(32), _KEYS.psk])
    sides, wrong = [(dialler, answerer), (answerer, dialler), (dialler, answerer)], chance.randrange(3)
    for turn, (writer, reader) in enumerate(sides):
        message = writer.write_message()
        if turn == wrong:
            changed = mutated(message, chance)
            if changed == message:
                return 1, 1
            try:
                reader.read_message(changed)
            except (HandshakeRefused, RemoteProtocolError):
                return 1, 0
            raise AssertionError("a changed handshake message was taken")
        reader.read_message(message)
    return 1, 1


def noise_cipher(chance: random.Random) -> tuple[int, int]:
    """Mutated, repeated and reordered frames after a real handshake."""
    dialler, answerer = _KEYS.dialler(), _KEYS.answerer()
    shake_hands(dialler, answerer)
    one, other = dialler.result(), answerer.result()
    sent = [chance.randbytes(chance.choice((0, 1, 60, 1000))) for _ in range(20)]
    sealed = [one.encrypt(each) for each in sent]
    taken: list[bytes] = []
    for number in range(100):
        due = sealed[len(taken)] if len(taken) < len(sealed) else b""
        frame = due if number % 10 == 9 else mutated(chance.choice(sealed), chance)
        with contextlib.suppress(RemoteProtocolError):
            taken.append(other.decrypt(frame))
    assert taken == sent[: len(taken)]
    return 100, len(taken)


def spake2(chance: random.Random) -> tuple[int, int]:
    a = Spake2(Side.A, b"three spoken words", id_a=b"", id_b=b"", random=chance.randbytes(64))
    b = Spake2(Side.B, b"three spoken words", id_a=b"", id_b=b"", random=chance.randbytes(64))
    message = mutated(chance.choice((a.message, b.message)), chance)
    return _once(lambda: a.finish(message), RemoteProtocolError)


def codes(chance: random.Random) -> tuple[int, int]:
    """Codes, cards and words as people mistype them, and with their check made right again."""
    text = mutated(chance.choice(corpus.codes()), chance).decode("utf-8", "replace")
    if chance.random() < 0.3:
        with contextlib.suppress(MeshnodeError):
            text = armour(mutated(unarmour(text), chance), chance.choice((2, 3)))
    fed = 0
    for read in (read_code, read_device_code, read_card, read_words, read_address):
        fed += _once(lambda read=read: read(text), MeshnodeError)[1]  # type: ignore[misc]
    return 1, int(fed > 1)


def api_line(chance: random.Random) -> tuple[int, int]:
    line = mutated(chance.choice(corpus.api_lines()), chance)
    return _once(lambda: _request(line), BadInput)


def announcement(chance: random.Random) -> tuple[int, int]:
    """A whole TXT record: wrong keys, wrong values, wrong names."""
    txt: dict[bytes, bytes | None] = {}
    name = ""
    for honest in corpus.announcements():
        parts = (mutated(honest, chance) if chance.random() < 0.3 else honest).split(b"\n")
        name = name or parts[0].decode("utf-8", "replace")
        txt |= {parts[1] if len(parts) > 1 else b"": b"\n".join(parts[2:]) if len(parts) > 2 else None}
    read = read_announcement(name, txt)
    if read is not None:
        recognise(read, DiscoveryKeys((bytes(32),), (bytes(32),)))
    return 1, int(read is not None)


def sealed_box(chance: random.Random) -> tuple[int, int]:
    """A sealed text in a record, and the box of one key."""
    stored = mutated(chance.choice(corpus.sealed_texts()), chance).decode("utf-8", "replace")
    opened = open_text(stored, corpus.SEALED_PLACE, corpus.ALICE.device_keys)
    assert open_box(corpus.ALICE.device_keys.seal, chance.randbytes(chance.choice((0, 79, 80, 81)))) is None
    return 2, int(isinstance(opened, Opened))


TARGETS = (
    Target("change reader", 7000, change_reader),
    Target("change envelope", 1500, change_envelope),
    Target("statement reader", 4000, statement_reader),
    Target("signed statement", 500, signed_statement),
    Target("frame codec", 4000, frame_codec),
    Target("session", 1500, session),
    Target("noise handshake", 400, noise_handshake),
    Target("noise cipher", 2500, noise_cipher),
    Target("spake2", 300, spake2),
    Target("codes", 1000, codes),
    Target("api line", 1000, api_line),
    Target("announcement", 800, announcement),
    Target("sealed box", 500, sealed_box),
)
"""25,000 inputs in all; forty times as many, a million, by `make fuzz`."""
