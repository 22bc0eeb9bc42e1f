"""A small process that hears every frame in its network namespace and prints each as a line of hex, for tests."""

from __future__ import annotations

import socket

ALL_PROTOCOLS = 0x0003


def main() -> None:
    """Listen until killed."""
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ALL_PROTOCOLS)) as ear:
        print("listening", flush=True)
        while True:
            print(ear.recv(65536).hex(), flush=True)


if __name__ == "__main__":
    main()
