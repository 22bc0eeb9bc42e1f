"""A small process that only watches its interfaces, for tests; `poll` makes it do without netlink."""

from __future__ import annotations

import asyncio
import sys

from meshnode.discovery.interface_watch import InterfaceWatch, own_addresses


async def main() -> None:
    """Watch until killed."""

    def moved(link_changed: bool) -> None:
        link = "link changed" if link_changed else "addresses only"
        print(link, *(address.ip for address in own_addresses()), flush=True)

    watch = InterfaceWatch(moved, netlink="poll" not in sys.argv, poll_seconds=0.1)
    watch.start()
    print("watching", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
