"""What neighbours see a hub called."""

from __future__ import annotations

import dataclasses

from meshnode.config import Config, DeviceSettings
from meshnode.node.hub_to_be import UNNAMED_HUB, hub_name


def test_a_hub_has_the_name_of_its_settings_else_it_is_called_a_hub() -> None:
    named = dataclasses.replace(Config(), device=DeviceSettings(name="Elm hub"))
    assert hub_name(named) == "Elm hub"
    assert hub_name(Config()) == UNNAMED_HUB == "hub"
