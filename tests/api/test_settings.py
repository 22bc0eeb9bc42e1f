"""The neighbourhood's settings: a time zone that is none would silently make every day a day of London's."""

from __future__ import annotations

import pytest

from meshnode.api.schema import ApiError
from tests.api.conftest import Home


async def test_a_time_zone_must_exist(home: Home) -> None:
    client = await home.client()
    for zone in ("Nowhere/Else", "../../etc/passwd", "berlin"):
        with pytest.raises(ApiError, match="There is no time zone called") as refused:
            await client.ask("act", action="settings.edit", arguments={"zone": zone})
        assert "Europe/Berlin" in refused.value.what_next
    saved = await client.ask("act", action="settings.edit", arguments={"zone": "Europe/Berlin", "name": "Elm Street"})
    assert saved["view"]["zone"] == "Europe/Berlin"
    await client.close()
