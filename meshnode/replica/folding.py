"""Folding: who belongs, now that some more statements are on disk.

Rules of this module:
1. Every statement is read once, however often is folded.
2. It holds what was given to it since it began, which is all that is on disk: nothing is given before that.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterable

from crdt.identifiers import MemberId, NetworkId, StatementId
from meshnode.membership.fold import Membership, fold
from meshnode.membership.statements import Statement, StatementRefused, parse_statement


class Folding:
    """All statements of one network that this node holds, as read."""

    def __init__(self, network: NetworkId) -> None:
        self._network = network
        self._read: dict[StatementId, Statement] = {}
        self._removed: frozenset[MemberId] = frozenset()
        self.seconds = 0.0
        """How long the last fold took."""

    def with_more(self, statements: Iterable[bytes]) -> Membership:
        """Who belongs, by these statements and all that were given before."""
        self._read |= self._parsed(statements)
        began = time.perf_counter()
        membership = fold(self._network, self._read.values())
        self.seconds = time.perf_counter() - began
        self._removed = membership.removed
        return membership

    def would_remove(self, statements: Iterable[bytes]) -> bool:
        """Whether these would change who is removed, one way or the other. Nothing is kept of them."""
        more = self._parsed(statements)
        return not more.keys() <= self._read.keys() and (
            fold(self._network, (self._read | more).values()).removed != self._removed
        )

    def _parsed(self, statements: Iterable[bytes]) -> dict[StatementId, Statement]:
        found: dict[StatementId, Statement] = {}
        for data in statements:
            # Refused here: what an older version kept without understanding it.
            with contextlib.suppress(StatementRefused):
                read = parse_statement(self._network, data)
                found[read.id] = read
        return found
