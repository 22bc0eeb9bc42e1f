"""Mutations: an honest input with something wrong in it, from one source of chance."""

from __future__ import annotations

import random

SPLICED = 24
EDGES = (0, 1, 2, 0x0A, 0x20, 0x7F, 0x80, 0xC0, 0xFE, 0xFF)


def mutated(honest: bytes, chance: random.Random) -> bytes:
    """One to eight changes: bits, bytes, numbers made large, parts cut out, put twice or moved; rarely all new."""
    if chance.random() < 0.02:
        return chance.randbytes(chance.choice((0, 1, 2, 7, 33, 64, 200, len(honest))))
    body = bytearray(honest)
    for _ in range(chance.choice((1, 1, 1, 2, 3, 8))):
        _once(body, chance)
    return bytes(body)


def _once(body: bytearray, chance: random.Random) -> None:
    at = chance.randrange(len(body) + 1)
    match chance.randrange(7):
        case 0 if at < len(body):
            body[at] ^= 1 << chance.randrange(8)
        case 1 if at < len(body):
            body[at] = chance.choice((*EDGES, chance.randrange(256)))
        case 2:
            body.insert(at, chance.choice((*EDGES, chance.randrange(256))))
        case 3:
            del body[at : at + chance.choice((1, 1, 2, 5, SPLICED))]
        case 4:
            del body[at:]
        case 5:
            body[at : at + 4] = chance.choice((b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f\xff\xff\xff"))
        case _:
            other = chance.randrange(len(body) + 1)
            length = chance.randrange(1, SPLICED)
            body[at : at + chance.choice((0, length))] = body[other : other + length]
