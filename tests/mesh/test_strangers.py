"""What somebody on the same network hears of two nodes that meet, join, write and part: no name, no word, no key."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.mesh.test_nodes import neighbourhood
from tests.support.lan import Laboratory, fresh_laboratory  # noqa: F401  (the fixture `lan`)

pytestmark = pytest.mark.namespaces

ROOT = Path(__file__).parents[2]


async def test_the_wire_tells_no_names_and_no_contents(lan: Laboratory, tmp_path: Path) -> None:
    home = lan.switch("home")
    anna, ben = lan.host("anna", home), lan.host("ben", home)
    ear = home.start([sys.executable, "-m", "tests.discovery.packet_ear"], cwd=ROOT)
    ear.wait_for("listening", within=10)
    async with neighbourhood(tmp_path, anna, ben) as (a, b):
        await a.add("Zebrafinch in the attic", details="Quicksilver ladder needed")
        await b.until_titles(["Zebrafinch in the attic"])
        me = (await a.ask("status"))["me"]
    ear.wait_for(b"_meshnode".hex(), within=10)
    heard = b"\n".join(bytes.fromhex(line) for line in list(ear.lines)[1:] if line).lower()
    assert b"/m1" in heard, "the ear heard the link"
    for secret in ("Maple Street", "Zebrafinch", "Quicksilver", "computer", me["member"], me["device"]):
        assert secret.lower().encode() not in heard, secret
    for key in (me["member"], me["device"]):
        assert bytes.fromhex(key) not in heard
