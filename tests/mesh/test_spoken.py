"""Spoken words over real mDNS: found by the window's announcement, and the person chooses where two are open."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.mesh.test_nodes import node_on
from tests.support.lan import Laboratory, fresh_laboratory  # noqa: F401
from tests.support.nodes import found

pytestmark = pytest.mark.namespaces


async def test_three_words_are_enough_on_one_network(lan: Laboratory, tmp_path: Path) -> None:
    home = lan.switch("home")
    anna, ben, carl = (lan.host(name, home) for name in ("anna", "ben", "carl"))
    async with node_on(anna, tmp_path) as a, node_on(ben, tmp_path) as b, node_on(carl, tmp_path) as c:
        await found(a)
        await a.add("Rake leaves")
        words = " ".join((await a.ask("window_open"))["words"])
        await b.ask("join", code=words, name="Ben")
        await b.until_titles(["Rake leaves"])
        assert (await a.ask("window"))["came"] == ["Ben"]

        await found(c, network="Elm Street", name="Carl")
        for node in (a, c):
            await node.ask("window_open")
        words = " ".join((await c.ask("window"))["words"])
        dora = lan.host("dora", home)
        async with node_on(dora, tmp_path) as d:
            shown = (await d.ask("preview", code=words))["windows"]
            assert sorted(window["network"] for window in shown) == ["Elm Street", "Maple Street"]
            for node in (a, c):
                assert (await node.ask("window"))["tries_left"] == 3, "words are not tried on everybody"
            elm = next(window["address"] for window in shown if window["network"] == "Elm Street")
            preview = await d.ask("preview", code=words, address=elm)
            assert (preview["network"], preview["inviter"]) == ("Elm Street", "Carl")


async def test_who_was_let_in_by_file_finds_the_neighbours(lan: Laboratory, tmp_path: Path) -> None:
    home = lan.switch("home")
    anna, ben = lan.host("anna", home), lan.host("ben", home)
    async with node_on(anna, tmp_path) as a, node_on(ben, tmp_path) as b:
        await found(a)
        await a.add("Rake leaves")
        home.split([anna], [ben])
        token = (await a.ask("invite", uses=1, days=0))["token"]
        reply = (await b.ask("join_apart", code=token, network="Maple Street", inviter="Ana", name="Ben"))["reply"]
        await a.ask("let_in", reply=reply)
        assert (await b.ask("status"))["waiting"]["name"] == "Ben"
        home.join()

        async def inside() -> bool:
            return bool((await b.ask("status"))["state"] == "inside")

        await b.until("found and inside", inside, 90)
        await b.until_titles(["Rake leaves"])
