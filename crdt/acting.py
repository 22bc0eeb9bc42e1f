"""Acting at a shared screen: who stood at a hub when it signed a change, as the change itself says.

Rules of this module:
1. What is written under `by` is the key of a member in hex, or the name that a neighbour without a key typed. It says
   something only in a change that a hub signed: everybody else's device speaks for its own member.
2. A name stands for the same neighbour on every node of the network, in capitals or in small letters.
3. Reading is total: what is neither a key nor a name says nothing.
"""

from __future__ import annotations

import hashlib
import unicodedata

from crdt.display import display_line
from crdt.edits import Scalar
from crdt.errors import BadValue
from crdt.fields import MEMBER_HEX
from crdt.identifiers import HASH_BYTES, MemberId, NetworkId

LONGEST_NAME = 60
"""Shorter than a key in hex, so that no name is taken for one."""
KINDS_AT_HUBS = frozenset({"task", "series", "occurrence", "listing", "household", "alarm", "rollcall"})
"""Kinds of record with fields declared `at_hub`; for screens and commands, which do not load the declarations."""
_ASK = "Say who acts, by the name that your neighbours use."


def accept_name(typed: str) -> str:
    """The name of a neighbour without a key, as it is kept.

    Raises:
        BadValue: it is empty or too long.
    """
    name = display_line(typed)
    if not name:
        raise BadValue("as", _ASK)
    if len(name) > LONGEST_NAME:
        raise BadValue("as", f"Keep the name within {LONGEST_NAME} characters; this has {len(name)}.")
    return name


def read_by(raw: Scalar) -> str:
    """Who acted: a member's key in hex, a name, or "" where nobody is named."""
    if not isinstance(raw, str):
        return ""
    name = display_line(raw)
    return name if len(name) <= LONGEST_NAME or MEMBER_HEX.fullmatch(name) else ""


def person_of(by: str, network: NetworkId) -> MemberId:
    """For whom keys are written that belong to whoever acted: the member, or an id that stands for the name."""
    return MemberId(bytes.fromhex(by)) if MEMBER_HEX.fullmatch(by) else named_id(network, by)


def named_id(network: NetworkId, name: str) -> MemberId:
    """The id that stands for a neighbour without a key. No device can sign as one."""
    folded = unicodedata.normalize("NFKC", display_line(name)).casefold()
    named = hashlib.blake2b(network + folded.encode(), digest_size=HASH_BYTES, person=b"meshnode-named")
    return MemberId(named.digest())
