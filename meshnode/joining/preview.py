"""Preview: what a code leads to, as a person sees it before they say yes."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Any

MS_PER_DAY = 86_400_000


@dataclass(frozen=True, slots=True)
class Preview:
    """What a code leads to. `code` and `address` are what to join with: spoken words were good for one look."""

    network: str
    inviter: str
    expires_day: int
    code: str = field(repr=False)
    address: str | None

    def as_json(self) -> dict[str, Any]:
        """As the local API tells it."""
        expires_ms = (self.expires_day + 1) * MS_PER_DAY
        last = datetime.datetime.fromtimestamp(self.expires_day * 86_400, datetime.UTC).date()
        return {
            "network": self.network,
            "inviter": self.inviter,
            "expires_ms": expires_ms,
            "code": self.code,
            "address": self.address,
            "effect": [
                f"You become a member of {self.network}, on the word of {self.inviter or 'a member'}.",
                "All members see your name and everything you write on the boards, and can keep a copy.",
                "Your node keeps a copy of all boards and passes it on to other members' nodes.",
                f"The invite is good through {last.isoformat()}.",
            ],
        }
