"""A small process that runs only discovery, for tests on real networks: events out as JSON lines, keys in by stdin.

    python -m tests.discovery.announcing_node --port 4001 --disc-key 11..11 [--join-psk 22..22] [--mode quiet]

Lines in: `keys <disc key or -> <join psk or -> [name spoken aloud]`, `state`. SIGTERM says goodbye and ends.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
import time
from typing import cast

from meshnode.discovery.announcement import DiscoveryKeys
from meshnode.discovery.discovery import Discovery, Mode
from meshnode.discovery.sightings import Sighting


def say(event: str, **values: object) -> None:
    """One JSON line; sorted keys, so that tests can search it."""
    print(json.dumps({"event": event, **values, "at": time.monotonic()}), flush=True)


def keys_from(disc_key: str, join_psk: str, *spoken: str) -> DiscoveryKeys:
    """Keys as given on the command line; `-` for none."""
    return DiscoveryKeys(
        disc_keys=() if disc_key == "-" else (bytes.fromhex(disc_key),),
        join_psks=() if join_psk == "-" else (bytes.fromhex(join_psk),),
        spoken_network=" ".join(spoken) or None,
    )


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--disc-key", default="-")
    parser.add_argument("--join-psk", default="-")
    parser.add_argument("--mode", default="open")
    parser.add_argument("--every", type=float, default=60.0)
    parser.add_argument("--nonce-lives", type=float, default=24 * 3600.0)
    parser.add_argument("--tell-after", type=float, default=3600.0, help="say so when this many seconds have passed")
    arguments = parser.parse_args()
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, ended.set)
    keys = keys_from(arguments.disc_key, arguments.join_psk)

    def sighted(sighting: Sighting) -> None:
        say(
            "sighting",
            port=sighting.port,
            recognition=sighting.recognition.value,
            addresses=sighting.addresses,
            network=sighting.network,
            instance=sighting.instance,
            spoken=sighting.spoken_network,
        )

    discovery = Discovery(
        arguments.port,
        lambda: keys,
        cast(Mode, arguments.mode),
        on_sighting=sighted,
        on_gone=lambda sighting: say("gone", port=sighting.port, instance=sighting.instance),
        on_network_change=lambda: say("network changed", state=discovery.state),
        announce_every_seconds=arguments.every,
        nonce_lives_seconds=arguments.nonce_lives,
    )
    await discovery.start()
    say("started", state=discovery.state)
    loop.call_later(arguments.tell_after, lambda: say("time passed"))

    async def obey(line: str) -> None:
        nonlocal keys
        match line.split():
            case ["keys", disc_key, join_psk, *spoken]:
                keys = keys_from(disc_key, join_psk, *spoken)
                await discovery.refresh()
            case ["state"]:
                pass
        say("obeyed", state=discovery.state, seen=sorted(sighting.port for sighting in discovery.sightings))

    tasks = set()

    def read() -> None:
        line = sys.stdin.readline()
        if not line:
            loop.remove_reader(sys.stdin)
            return
        task = asyncio.create_task(obey(line))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    loop.add_reader(sys.stdin, read)
    await ended.wait()
    await discovery.stop()
    say("stopped", state=discovery.state)


if __name__ == "__main__":
    asyncio.run(main())
