"""What people type for a line of a checklist: its place, its words, its whole id, never the beginning of one."""

from __future__ import annotations

import pytest

from meshnode.cli.board_action import _item
from meshnode.errors import BadInput

VIEW = {"checklist": [{"id": "3fa1", "text": "Buy hinges"}, {"id": "9c00", "text": "Borrow the drill"}]}


@pytest.mark.parametrize(("typed", "line"), [("1", "3fa1"), ("2", "9c00"), ("drill", "9c00"), ("3fa1", "3fa1")])
def test_a_line_is_found(typed: str, line: str) -> None:
    assert _item(VIEW, typed) == line


@pytest.mark.parametrize("typed", ["3", "9", "0", "b"])
def test_no_other_line_is_taken_for_it(typed: str) -> None:
    with pytest.raises(BadInput):
        _item(VIEW, typed)
