"""Which addresses are the public network's, and which hosts are exempt from having to be there.

Of IPv4 all is public but what IANA's registry of special-purpose addresses lists; of IPv6 only 2000::/3,
less what the registry lists in there. Addresses that clouds answer their machines' own questions at are
refused where they lie among public ones too.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from seawall import errors

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_SPECIAL: Final[tuple[tuple[str, str], ...]] = (
    ("0.0.0.0/8", "unspecified"),
    ("10.0.0.0/8", "private"),
    ("100.64.0.0/10", "shared by a carrier's customers"),
    ("127.0.0.0/8", "this machine's own"),
    ("168.63.129.16/32", "a cloud's metadata service"),
    ("169.254.0.0/16", "link-local"),
    ("172.16.0.0/12", "private"),
    ("192.0.0.0/24", "reserved for protocols"),
    ("192.0.2.0/24", "reserved for examples"),
    ("192.88.99.0/24", "a relay's"),
    ("192.168.0.0/16", "private"),
    ("198.18.0.0/15", "reserved for measurements"),
    ("198.51.100.0/24", "reserved for examples"),
    ("203.0.113.0/24", "reserved for examples"),
    ("224.0.0.0/4", "multicast"),
    ("240.0.0.0/4", "reserved"),
    ("::/128", "unspecified"),
    ("::1/128", "this machine's own"),
    ("fc00::/7", "private"),
    ("fe80::/10", "link-local"),
    ("ff00::/8", "multicast"),
    ("2001::/32", "a tunnel's (Teredo)"),
    ("2001::/23", "reserved for protocols"),
    ("2001:db8::/32", "reserved for examples"),
    ("2002::/16", "a tunnel's (6to4)"),
    ("3fff::/20", "reserved for examples"),
)
_KINDS: Final = tuple((ipaddress.ip_network(network), kind) for network, kind in _SPECIAL)
_GLOBAL: Final = ipaddress.IPv6Network("2000::/3")

#: IPv6 addresses that stand for an IPv4 address, which is in their last 32 bits: mapped, and NAT64's.
_EMBEDDING: Final = (ipaddress.IPv6Network("::ffff:0:0/96"), ipaddress.IPv6Network("64:ff9b::/96"))

#: What no exempt name may lead to: only a network that is exempt itself.
_NEVER_BY_NAME: Final = ("unspecified", "link-local", "multicast", "a cloud's metadata service")


def refusal(address: Address) -> str | None:
    """What the address is instead of public; None for a public one."""
    address = _meant(address)
    for network, kind in _KINDS:
        if address in network:
            return kind
    if isinstance(address, ipaddress.IPv6Address) and address not in _GLOBAL:
        return "not on the public network"
    return None


def _meant(address: Address) -> Address:
    """The IPv4 address that an IPv6 address stands for, or the address itself."""
    if isinstance(address, ipaddress.IPv6Address):
        for network in _EMBEDDING:
            if address in network:
                return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address


@dataclass(frozen=True, slots=True)
class Exempt:
    """Hosts and networks that somebody trusts."""

    hosts: frozenset[tuple[str, int | None]]  #: name or address in lower case, and its port or None for all
    networks: tuple[Network, ...]

    def port(self, host: str, port: int) -> bool:
        """Whether a host may be asked at a port that is not one of the web's."""
        return self.named(host, port) or self._inside(_literal(host))

    def refusal(self, host: str, port: int, address: Address) -> str | None:
        """What the address of a host is that keeps it from being asked; None where it may be."""
        kind = refusal(address)
        if kind is None or self._inside(address):
            return None
        return None if self.named(host, port) and kind not in _NEVER_BY_NAME else kind

    def named(self, host: str, port: int) -> bool:
        """Whether a host is exempt by its name."""
        return not self.hosts.isdisjoint({(host, port), (host, None)})

    def _inside(self, address: Address | None) -> bool:
        return address is not None and any(_meant(address) in network for network in self.networks)


def exempt(items: Iterable[str]) -> Exempt:
    """From entries `host`, `host:port`, `[IPv6]:port` and `address/bits`. Raises BadSetting."""
    hosts: set[tuple[str, int | None]] = set()
    networks: list[Network] = []
    for item in (one.strip().lower() for one in items):
        try:
            if "/" in item:
                networks.append(ipaddress.ip_network(item))
            elif item:
                hosts.add(_host_and_port(item))
        except ValueError as cause:
            raise errors.BadSetting(name="fetch_hosts", value=item, reason=str(cause)) from cause
    return Exempt(frozenset(hosts), tuple(networks))


def _host_and_port(item: str) -> tuple[str, int | None]:
    address = _literal(item.strip("[]"))
    if address is not None:
        return str(address), None
    host, colon, port = item.rpartition(":")
    if not colon:
        return item.rstrip("."), None
    if not host or not port.isascii() or not port.isdigit() or not 0 < int(port) < 1 << 16:
        raise ValueError("it is no host, host:port or network")
    address = _literal(host.strip("[]"))
    return (host.rstrip(".") if address is None else str(address)), int(port)


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
