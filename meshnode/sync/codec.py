"""Codec: messages to bytes and back.

Rules of this module:
1. Layouts are fixed (PROTOCOL.md); decoding raises RemoteProtocolError and nothing else.
2. No decisions: whether a message may come now is the session's business.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from crdt.identifiers import KEY_BYTES, Lane
from meshnode.errors import LocalProtocolError, RemoteProtocolError
from meshnode.sync.byte_reader import ByteReader
from meshnode.sync.fingerprint import FINGERPRINT_BYTES
from meshnode.sync.frames import frames_of
from meshnode.sync.limits import HELLO_PADDING_BYTES, MAX_HELLO_BYTES, MAX_REASON_BYTES
from meshnode.sync.messages import (
    IGNORABLE_FROM,
    MAX_BODY_BYTES,
    Apply,
    Block,
    Bye,
    Credit,
    Err,
    Hello,
    Keys,
    LaneState,
    LaneStates,
    Message,
    MessageType,
    Neg,
    Notice,
    Offer,
    Pull,
    Push,
    Ready,
    Refused,
    State,
    Step,
    Token,
    Want,
    Welcome,
)
from meshnode.sync.varint import encode_varint

NONCE_BYTES = 16
EPOCH_KEY_BYTES = 32


def body_limit(kind: int) -> int | None:
    """How long a message of a type may be; None for an unknown one that may be ignored.

    Raises:
        RemoteProtocolError: an unknown type that may not.
    """
    limit = _LIMITS.get(kind)
    if limit is None and kind < IGNORABLE_FROM:
        raise RemoteProtocolError("an unknown type of message")
    return limit


def encode(message: Message) -> list[bytes]:
    """The frames of a message."""
    kind, body = _encode_body(message)
    return frames_of(kind, body)


def _encode_body(message: Message) -> tuple[MessageType, bytes]:
    match message:
        case Hello():
            return MessageType.HELLO, _hello_body(message)
        case Ready():
            return MessageType.READY, b""
        case State():
            head = bytes((message.step,)) + message.round.to_bytes(4, "big")
            return MessageType.STATE, head + _lane_states_body(message.lanes)
        case Neg():
            head = bytes((message.lane, message.start))
            counts = message.giving.to_bytes(4, "big") + message.wanting.to_bytes(4, "big")
            return MessageType.NEG, head + counts + message.message
        case Pull():
            return MessageType.PULL, bytes((message.lane, len(message.before))) + message.before
        case Block():
            head = bytes((message.lane, message.eof, len(message.lowest))) + message.lowest
            return MessageType.BLOCK, head + message.count.to_bytes(4, "big") + message.stream
        case Want():
            return MessageType.WANT, bytes((message.lane,)) + message.spared.to_bytes(4, "big") + b"".join(message.ids)
        case Push():
            flags = message.ends_want | message.ends_giving << 1
            return MessageType.PUSH, bytes((message.lane, flags)) + pack_chunks(message.items)
        case Credit():
            return MessageType.CREDIT, message.count.to_bytes(4, "big")
        case Keys():
            return MessageType.KEYS, b"".join(message.keys)
        case Bye() | Err() | Notice():
            return _TYPES_OF_CODES[type(message)], message.code.encode()[:MAX_REASON_BYTES]
        case _:
            return _encode_join_body(message)


def _encode_join_body(message: Offer | Apply | Welcome | Refused | Token) -> tuple[MessageType, bytes]:
    match message:
        case Offer():
            head = pack_chunks((message.network_name.encode(), message.invite))
            return MessageType.OFFER, head + pack_chunks(message.statements)
        case Apply():
            return MessageType.APPLY, pack_chunks(message.statements)
        case Welcome():
            return MessageType.WELCOME, message.epoch_key + pack_chunks(message.statements)
        case Refused():
            return MessageType.REFUSED, pack_chunks((message.code.encode(), message.sentence.encode()))
        case Token():
            return MessageType.TOKEN, message.text.encode()


def _hello_body(hello: Hello) -> bytes:
    body = (
        bytes((hello.lowest, hello.highest))
        + hello.features.to_bytes(4, "big")
        + hello.boot_nonce
        + _lane_states_body(hello.lanes)
        + encode_varint(len(hello.device_statement))
        + hello.device_statement
    )
    padded = body + bytes(-len(body) % HELLO_PADDING_BYTES)
    if len(padded) > MAX_HELLO_BYTES:
        raise LocalProtocolError("the own device statement does not fit into a HELLO")
    return padded


def _lane_states_body(lanes: LaneStates) -> bytes:
    return b"".join(lane.count.to_bytes(8, "big") + lane.digest for lane in lanes)


def pack_chunks(chunks: Iterable[bytes]) -> bytes:
    """Each behind its length."""
    parts: list[bytes] = []
    for chunk in chunks:
        parts += (encode_varint(len(chunk)), chunk)
    return b"".join(parts)


def decode(kind: int, body: bytes) -> Message:
    """The message of a known type.

    Raises:
        RemoteProtocolError: the body is not one.
    """
    return _READERS[kind](ByteReader(body))


def _read_hello(body: ByteReader) -> Hello:
    return Hello(
        lowest=body.number(1),
        highest=body.number(1),
        features=body.number(4),
        boot_nonce=body.take(NONCE_BYTES),
        lanes=_read_lane_states(body),
        device_statement=body.chunk(),
    )


def _read_lane_states(body: ByteReader) -> LaneStates:
    statements, urgent, ordinary = (LaneState(body.number(8), body.take(FINGERPRINT_BYTES)) for _ in Lane)
    return statements, urgent, ordinary


def _read_state(body: ByteReader) -> State:
    step = body.number(1)
    if step not in _STEPS:
        raise RemoteProtocolError("an unknown step of a round")
    return State(Step(step), body.number(4), _read_lane_states(body))


def _read_key(body: ByteReader) -> bytes:
    length = body.number(1)
    if length not in {0, KEY_BYTES}:
        raise RemoteProtocolError("not a key")
    return body.take(length)


def _read_block(body: ByteReader) -> Block:
    return Block(body.lane(), body.flag(), _read_key(body), body.number(4), body.rest())


def _read_neg(body: ByteReader) -> Neg:
    lane, start, giving, wanting = body.lane(), body.flag(), body.number(4), body.number(4)
    return Neg(lane, start, body.rest(), giving, wanting)


def _read_want(body: ByteReader) -> Want:
    lane, spared = body.lane(), body.number(4)
    return Want(lane, body.rest_ids(), spared)


def _read_keys(body: ByteReader) -> Keys:
    joined = body.rest()
    if len(joined) % EPOCH_KEY_BYTES:
        raise RemoteProtocolError("not whole keys")
    return Keys(tuple(joined[at : at + EPOCH_KEY_BYTES] for at in range(0, len(joined), EPOCH_KEY_BYTES)))


def _read_push(body: ByteReader) -> Push:
    lane, flags = body.lane(), body.number(1)
    return Push(lane, bool(flags & 1), body.rest_chunks(), bool(flags & 2))


def _read_offer(body: ByteReader) -> Offer:
    name, invite = body.text(), body.chunk()
    return Offer(name, body.rest_chunks(), invite)


def _read_welcome(body: ByteReader) -> Welcome:
    epoch_key = body.take(EPOCH_KEY_BYTES)
    return Welcome(body.rest_chunks(), epoch_key)


_STEPS = frozenset(Step)
_TYPES_OF_CODES = {Bye: MessageType.BYE, Err: MessageType.ERR, Notice: MessageType.NOTICE}
_LIMITS: dict[int, int] = {int(kind): limit for kind, limit in MAX_BODY_BYTES.items()}
_READERS: dict[int, Callable[[ByteReader], Message]] = {
    MessageType.HELLO: _read_hello,
    MessageType.READY: lambda body: Ready(),
    MessageType.STATE: _read_state,
    MessageType.NEG: _read_neg,
    MessageType.PULL: lambda body: Pull(body.lane(), _read_key(body)),
    MessageType.BLOCK: _read_block,
    MessageType.WANT: _read_want,
    MessageType.PUSH: _read_push,
    MessageType.CREDIT: lambda body: Credit(body.number(4)),
    MessageType.KEYS: _read_keys,
    MessageType.BYE: lambda body: Bye(body.rest_text()),
    MessageType.ERR: lambda body: Err(body.rest_text()),
    MessageType.NOTICE: lambda body: Notice(body.rest_text()),
    MessageType.OFFER: _read_offer,
    MessageType.APPLY: lambda body: Apply(body.rest_chunks()),
    MessageType.WELCOME: _read_welcome,
    MessageType.REFUSED: lambda body: Refused(body.text(), body.text()),
    MessageType.TOKEN: lambda body: Token(body.rest_text()),
}
