"""Addresses: which of the addresses that somebody claims are believed, and in which order they are tried.

Rules of this module:
1. Pure. Our own addresses are an argument.
2. Only addresses that cannot leave the neighbourhood are believed: private, link-local and, when we have nothing
   else ourselves, loopback. A forged announcement can then point at no server of the wide world and, on a machine
   that has a network, at no service of the machine itself.
3. Nearest first: IPv4 of a subnet we are in, other IPv4, then IPv6.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MAX_ADDRESSES = 8
"""Per sighting: more than a laptop with cable, Wi-Fi and a few bridges has, few enough to try them all."""

_NEIGHBOURHOOD = tuple(
    ipaddress.ip_network(text)
    for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "fe80::/10", "fc00::/7")
)
_IP = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True, order=True)
class OwnAddress:
    """One address of this machine; `ip` without a scope."""

    interface: str
    index: int
    ip: str
    prefix: int

    @property
    def is_loopback(self) -> bool:
        return ipaddress.ip_address(self.ip).is_loopback


def of_neighbourhood(ip: str) -> bool:
    """Whether this address is private or link-local: worth announcing, worth believing."""
    address = _parse(ip)
    return address is not None and any(
        address in network for network in _NEIGHBOURHOOD if network.version == address.version
    )


def announceable(own: Iterable[OwnAddress]) -> tuple[OwnAddress, ...]:
    """What we tell others: neighbourhood addresses, or loopback when there is nothing else."""
    everything = sorted(set(own))
    near = tuple(address for address in everything if of_neighbourhood(address.ip))
    return near or tuple(address for address in everything if address.is_loopback)


def believed(claimed: Iterable[str], own: Sequence[OwnAddress]) -> tuple[str, ...]:
    """The claimed addresses worth dialling, nearest first, at most eight.

    Our own addresses are left out (bridges of virtual machines have the same one everywhere), unless every address
    is ours: then it is another node on this machine.
    """
    loopback_only = all(address.is_loopback for address in own)
    accepted: dict[str, _IP] = {}
    for text in claimed:
        address = _parse(text)
        if address is None or not _worth_dialling(address, loopback_only):
            continue
        accepted[str(address)] = address
    ours = {address.ip for address in own}
    foreign = {text: address for text, address in accepted.items() if _without_scope(address) not in ours}
    chosen = foreign or accepted
    return tuple(sorted(chosen, key=lambda text: (_distance(chosen[text], own), text))[:MAX_ADDRESSES])


def network_of(ip: str, own: Sequence[OwnAddress]) -> str:
    """The name of our interface whose network this address is in; empty when it is in none."""
    address = _parse(ip)
    for mine in own:
        if address is not None and _in_subnet(address, mine):
            return mine.interface
    return ""


def endpoint(ip: str, port: int) -> str:
    """`host:port` with brackets around IPv6."""
    return f"[{ip}]:{port}" if ":" in ip else f"{ip}:{port}"


def _parse(text: str) -> _IP | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _worth_dialling(address: _IP, loopback_only: bool) -> bool:
    if address.is_loopback:
        return loopback_only
    if isinstance(address, ipaddress.IPv6Address) and address.is_link_local and address.scope_id is None:
        return False
    return of_neighbourhood(str(address))


def _without_scope(address: _IP) -> str:
    return str(address).partition("%")[0]


def _distance(address: _IP, own: Sequence[OwnAddress]) -> int:
    if isinstance(address, ipaddress.IPv4Address):
        return 0 if any(_in_subnet(address, mine) for mine in own) else 1
    return 2 if address.is_link_local else 3


def _in_subnet(address: _IP, mine: OwnAddress) -> bool:
    if isinstance(address, ipaddress.IPv6Address) and address.is_link_local:
        return address.scope_id in {str(mine.index), mine.interface}
    subnet = ipaddress.ip_network((mine.ip, mine.prefix), strict=False)
    return address.version == subnet.version and address in subnet
