"""Texts of the devices' place: a person's own devices, the neighbourhood's hubs, and giving one up.

Rules of this module:
1. As in `texts`. What giving a device up cannot do is said before the yes.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

DEVICES: Mapping[str, str] = MappingProxyType(
    {
        "bar.devices": "Your devices",
        "devices.title": "Your devices and the hubs of {network}",
        "devices.reading": "Asking the node ...",
        "devices.mine": "Your devices",
        "devices.hubs": "Hubs: always on, nobody's own",
        "devices.no-hubs": "There is none yet. h = make a machine one.",
        "devices.here": "this one",
        "devices.linked": "linked",
        "devices.away": "away",
        "devices.retired": "retired",
        "devices.lost": "lost",
        "devices.stolen": "stolen",
        "devices.past": "no longer",
        "devices.stewards": "{names} answer for it",
        "devices.steward": "{names} answers for it",
        "devices.main": "Your member key is on this device. On paper, it brings you back when this device is lost: "
        "meshnode card print",
        "devices.not-main": "Your member key is on another device. What needs it is done there, or with your key card: "
        "meshnode device add --card",
        "devices.added": "Now yours: {device}. Same words there?",
        "devices.hub-added": "{device} is a hub now. Are these the words on its screen?",
        "devices.dropped": "{device} is given up. Your neighbours' nodes hear of it.",
        "devices.drop-asked": "You have asked for it. One more established neighbour has to ask the same.",
        "devices.drop-title": "What became of {device}?",
        "devices.drop-text": "Nobody links with it any more. What it wrote stays, unless it was stolen: then nothing "
        "more is sealed to it, and what it wrote stays only where others built on it. What is on its disk stays there: "
        "nobody can wipe it from afar. This cannot be taken back.",
        "devices.drop-this": "This is the device you are using. Give it up on another one, or with your key card.",
        "devices.drop-keep": "Keep it",
        "devices.drop-retired": "Retired",
        "devices.drop-lost": "Lost",
        "devices.drop-stolen": "Stolen",
        "devices.drop-keys": "Arrows and Enter, Esc = keep it.",
        "net.a-hub": "{name}, a hub",
        "net.hub": "This is {name}, a hub that belongs to everybody. Its words: {words}.",
        "code.title-device": "Another device of yours",
        "code.title-hub": "A machine becomes a hub",
        "code.title-steward": "This machine becomes a hub",
        "code.where-device": "On your other machine: 4 = This is another device of mine; or type: meshnode join",
        "code.where-hub": "On the machine that is to be the hub type: meshnode hub setup",
        "code.where-steward": "A steward (an established neighbour) presses 8, d, h on their screen and types it.",
        "code.left": "Good once, for {minutes} min {seconds} s. To have shown it is your yes.",
        "code.over": "The ten minutes are over: this code is good no more.",
        "code.esc": "Esc = show it no more",
        "hub.code": "The code that the hub shows; leave it empty to show one here",
        "hub.address": "An address, only if the hub is not found",
        "key.devices": "Devices",
        "key.add-device": "Another device",
        "key.add-hub": "Hub",
        "key.drop-device": "Give up",
        "key.become-device": "Another device of mine",
        "key.become-hub": "A hub",
        "welcome.device": "This is another device of mine",
        "welcome.device-why": "On your main device: 8, then d, then a. It shows a code. (All devices lost? Your key "
        "card brings you back: meshnode card restore)",
        "welcome.hub": "This machine is a hub for a shared place",
        "welcome.hub-why": "Always on, nobody's own. A steward types the code that is shown here.",
        "join.title-device": "Another device of mine",
        "join.code-device": "The code that your main device shows",
        "promise.device-title": "Before this is {person}'s device",
        "promise.hub-title": "Before this is a hub of {network}",
        "promise.yes-device": "Yes, it is {person}'s",
        "promise.yes-hub": "Yes, a hub of {network}",
    }
)
