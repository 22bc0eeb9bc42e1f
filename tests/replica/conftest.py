"""Desks that are closed at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.people import Neighbourhood
from tests.support.replicas import Desk, open_desk

Desks = Callable[..., Desk]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desks]:
    """`desk("alice", street)`: her device with all statements of the street, or with those given."""
    opened: list[Desk] = []

    def make(name: str, street: Neighbourhood, statements: Any = None, place: str = "", **more: Any) -> Desk:
        opened.append(open_desk(tmp_path / (place or "desks"), name, street, statements, **more))
        return opened[-1]

    yield make
    for each in opened:
        each.close()
