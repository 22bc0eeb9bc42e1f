"""Corpus: honest inputs of every kind, from which the mutated ones are made."""

from __future__ import annotations

import functools
import json

from crdt.identifiers import ItemId, Lane, RecordId
from meshnode.discovery.announcement import DiscoveryKeys, announce, txt_of
from meshnode.identity.sealing import Place, Recipient, seal_text
from meshnode.membership.device_codes import DeviceCode, Purpose
from meshnode.membership.key_card import card_code, card_lines
from meshnode.membership.tokens import ShortCode, Token
from meshnode.sync.codec import encode
from meshnode.sync.messages import (
    Apply,
    Block,
    Bye,
    Credit,
    Err,
    Hello,
    Keys,
    LaneState,
    Message,
    Neg,
    Notice,
    Offer,
    Pull,
    Push,
    Ready,
    Refused,
    State,
    Step,
    Want,
    Welcome,
)
from meshnode.sync.messages import Token as TokenMessage
from tests.membership.test_statements import EVERY_KIND, NETWORK
from tests.support.people import TODAY, maple_street, seeded, seeded_identity

ALICE = seeded_identity("alice")
LANES = (LaneState(3, bytes(16)), LaneState(0, bytes(16)), LaneState(1_000_000, bytes(range(16))))
STATEMENTS = tuple(EVERY_KIND.values())
SEALED_PLACE = Place(NETWORK, RecordId(bytes(16)), "text", ALICE.device)


def messages() -> list[Message]:
    """One of every type."""
    some = (b"one item", b"another item")
    return [
        Hello(1, 1, 0, bytes(16), LANES, EVERY_KIND["device"]),
        Ready(),
        State(Step.OPEN, 3, LANES),
        Neg(Lane.ORDINARY, True, b"\x61" + bytes(200), 4, 2),
        Pull(Lane.URGENT, bytes(40)),
        Block(Lane.ORDINARY, True, bytes(40), 0, b"".join(some)),
        Want(Lane.ORDINARY, (ItemId(bytes(32)), ItemId(b"\1" * 32))),
        Push(Lane.STATEMENTS, True, STATEMENTS[:3], True),
        Credit(70_000),
        Keys((bytes(32), b"\2" * 32)),
        Bye("not-a-member"),
        Err("protocol"),
        Notice("copied-keys"),
        Offer("Maple Street", STATEMENTS[:4], EVERY_KIND["invite"]),
        Apply((EVERY_KIND["invite"], EVERY_KIND["hello"])),
        Welcome(STATEMENTS[:4], bytes(32)),
        Refused("invite-used", "This invite has been used."),
        TokenMessage("MESH1:ABC"),
    ]


@functools.cache
def frames() -> list[bytes]:
    """Every type of message as frames."""
    return [frame for message in messages() for frame in encode(message)]


@functools.cache
def codes() -> list[bytes]:
    """Everything that people type, paste or scan."""
    street = maple_street(2)
    invite = street.invite("alice")
    token = Token.from_invite(street.network, street.epoch_key, invite.secret, invite.statement).text()
    short = ShortCode.for_network(street.network, invite.secret, TODAY).text()
    device = DeviceCode.new(Purpose.DEVICE, street.network, bytes(range(16))).text()
    assert ALICE.member_keys is not None
    card = "\n".join(card_lines(ALICE.member_keys))
    at = [f"{short}@192.168.1.7:7777", f"{short}/[fe80::1]:7777"]
    texts = [token, short, *at, device, card, card_code(ALICE.member_keys), "apple river stone"]
    return [text.encode() for text in texts]


@functools.cache
def announcements() -> list[bytes]:
    """TXT records as JSON of latin-1 text, so that one mutation can touch keys, values and name."""
    keys = DiscoveryKeys((bytes(32),), (bytes(32), b"\1" * 32), "Maple Street")
    announced = announce(bytes(8), keys)
    assert announced is not None
    return [f"{announced.service_name}\n{key}\n{value}".encode() for key, value in txt_of(announced).items()]


@functools.cache
def api_lines() -> list[bytes]:
    """Requests of every form."""
    task = {"title": "Rake leaves", "due": "fri", "people_needed": 2}
    requests: list[dict[str, object]] = [
        {"id": 1, "do": "status"},
        {"id": 2, "do": "act", "with": {"action": "task.add", "record": None, "arguments": task}},
        {"id": 3, "do": "act", "with": {"action": "task.edit", "record": "20" + "00" * 15, "arguments": task}},
        {"id": 4, "do": "records", "with": {"kind": "task", "after": "", "limit": 20}},
        {"id": 5, "do": "history", "with": {"record": "20" + "00" * 15}},
        {"id": "x", "do": "undo", "with": {"record": "20" + "00" * 15, "change": "ff" * 32}},
        {"id": 6, "do": "resolve", "with": {"record": "20" + "00" * 15, "field": "title", "value": "x", "pick": 0}},
    ]
    return [json.dumps(request).encode() + b"\n" for request in requests]


@functools.cache
def sealed_texts() -> list[bytes]:
    """What lies in a record for three people."""
    people = [seeded_identity(name) for name in ("alice", "bob", "chidi")]
    recipients = [Recipient(each.device, each.device_keys.seal.public, True) for each in people]
    members = [each.person for each in people]
    texts = ("Two tablets at noon.", "x" * 500, "")
    return [seal_text(text, SEALED_PLACE, members, recipients, seeded(text)).encode() for text in texts]
