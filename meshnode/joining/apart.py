"""Apart: joining without having met anybody: what a newcomer makes of a token that came on a stick.

Rules of this module:
1. Nobody was asked: what is shown is what the token holds and what the file claims, and it is said so.
2. The reply is the same hello that a join link would carry; letting in is the same step on the other side.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Any

from meshnode.errors import DamagedCode, InviteExpired
from meshnode.identity.keys import Identity
from meshnode.membership.armour import read_address
from meshnode.membership.join_files import ReplyFile
from meshnode.membership.statements import StatementRefused, check_statement, sign_hello, statement_id
from meshnode.membership.tokens import Token, read_code

MS_PER_DAY = 86_400_000


@dataclass(frozen=True, slots=True)
class ApartPreview:
    """What an invite file leads to, as far as anybody can tell here."""

    network: str
    inviter: str
    token: Token = field(repr=False)

    def as_json(self) -> dict[str, Any]:
        """As the local API tells it."""
        last = datetime.datetime.fromtimestamp(self.token.expires_day * 86_400, datetime.UTC).date()
        return {
            "network": self.network,
            "inviter": self.inviter,
            "expires_ms": (self.token.expires_day + 1) * MS_PER_DAY,
            "effect": [
                f"The file says that it is from {self.inviter or 'a member'} of {self.network or 'a neighbourhood'}.",
                "No node of theirs could be asked whether that is so.",
                "You write a reply with your name and the public keys of this machine, and carry it back.",
                "Once a member's node has read it, you are a member: all members see your name and what you write.",
                "Until then this node waits, and looks for theirs on the networks that it is on.",
                f"The invite is good through {last.isoformat()}, by the clock of the node that reads the reply.",
            ],
        }


def look_apart(text: str, network: str, inviter: str, today: int) -> ApartPreview:
    """Check a token as far as that can be done alone.

    Args:
        text: the token.
        network: what the file calls its network.
        inviter: from whom it says that it is.
        today: by this machine's clock, in days since 1970.

    Raises:
        DamagedCode: it is no full token, or its invite is not genuine.
        InviteExpired: it is so old that no clock can differ so much.
    """
    code = read_code(text)
    if not isinstance(code, Token) or read_address(text):
        raise DamagedCode(
            "A short code cannot be answered by file.", next_step="Ask for an invite file, or a long code."
        )
    try:
        check_statement(code.network, code.invite_statement())
    except StatementRefused as error:
        raise DamagedCode from error
    if code.expires_day < today - 1:
        raise InviteExpired
    return ApartPreview(network, inviter, code)


def reply_apart(identity: Identity, preview: ApartPreview, name: str, device_name: str) -> ReplyFile:
    """The reply to carry back."""
    token = preview.token
    invite = token.invite_statement()
    hello = sign_hello(
        identity,
        token.network,
        statement_id(token.network, invite),
        token.secrets,
        person_name=name,
        device_name=device_name,
    )
    return ReplyFile(preview.network, name, invite, hello)
