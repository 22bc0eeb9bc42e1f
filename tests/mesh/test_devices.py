"""Device codes on a real network: the two machines find each other by nothing but the code."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.mesh.test_nodes import node_on
from tests.support.lan import Laboratory, fresh_laboratory  # noqa: F401
from tests.support.nodes import found

pytestmark = pytest.mark.namespaces


async def test_a_device_and_a_hub_are_found_by_their_codes(lan: Laboratory, tmp_path: Path) -> None:
    home = lan.switch("home")
    desk, kitchen, pi = (lan.host(name, home) for name in ("desk", "kitchen", "pi"))
    async with node_on(desk, tmp_path) as a, node_on(kitchen, tmp_path) as b, node_on(pi, tmp_path) as hub:
        await found(a)
        await a.add("Rake leaves")
        shown = await a.ask("device_code", purpose="device")
        await b.ask("join", code=shown["code"])
        await b.until_titles(["Rake leaves"])
        shown = await hub.ask("hub_setup")
        await a.ask("hub_add", code=shown["code"])
        await a.until_linked(2)
        await hub.until_titles(["Rake leaves"])
        assert (await hub.ask("status"))["me"]["stewards"] == ["Ana"]
