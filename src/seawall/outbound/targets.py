"""An address taken apart, once: what is checked is then what is asked, and nothing parses it again."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from seawall import errors
from seawall.outbound.addresses import Address, Exempt

PORTS: Final = {"http": 80, "https": 443}
WEB_PORTS: Final = frozenset({80, 443, 8080, 8443})
MAX_URL_CHARACTERS: Final = 4096

_NAME: Final = re.compile(
    r"(?=.{1,253}\Z)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9-]{1,63}", re.ASCII
)
#: A host whose last part is a number is an IPv4 address to the system's resolver, in whatever spelling.
_NUMBER: Final = re.compile(r"(?:.*\.)?(?:\d+|0x[0-9a-f]*)", re.ASCII)
_OWN_NAMES: Final = ("localhost", "local", "internal", "localdomain", "home.arpa")
_UNSAFE: Final = re.compile(r"[\x00-\x20\x7f\\]")
_PLAIN: Final = "%/:@!$&'()*+,;=~-._?[]"
_SHOWN_CHARACTERS: Final = 200


@dataclass(frozen=True, slots=True)
class Target:
    """What is asked, of whom."""

    scheme: str  #: http or https
    host: str  #: a name in ASCII and lower case, or an address
    port: int
    path: str  #: with the query

    @property
    def address(self) -> Address | None:
        """The host, where it is an address."""
        try:
            return ipaddress.ip_address(self.host)
        except ValueError:
            return None

    @property
    def origin(self) -> tuple[str, str, int]:
        """What must be the same for secrets to be sent again."""
        return self.scheme, self.host, self.port

    @property
    def authority(self) -> str:
        """As in a Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """The whole address again."""
        return f"{self.scheme}://{self.authority}{self.path}"

    def redirected(self, location: str, exempt: Exempt) -> Target:
        """Where an answer sends us. Raises UnsafeUrl."""
        target = parsed(urljoin(self.url, location.strip()), exempt)
        if (self.scheme, target.scheme) == ("https", "http"):
            raise errors.UnsafeUrl(url=shown(target.url), reason="a redirect leads from https to http")
        return target


def parsed(url: str, exempt: Exempt) -> Target:
    """An address that may be asked as far as its spelling tells. Raises UnsafeUrl."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise errors.UnsafeUrl(url=shown(url), reason="it is no address") from None
    if len(url) > MAX_URL_CHARACTERS:
        raise _unsafe(url, f"it is longer than {MAX_URL_CHARACTERS} characters")
    if _UNSAFE.search(url):
        raise _unsafe(url, "it holds blanks, controls or backslashes")
    if parts.scheme not in PORTS:
        raise _unsafe(url, "its scheme is neither http nor https")
    if "@" in parts.netloc:
        raise _unsafe(url, "it holds a user name or password")
    host = _host(url, parts)
    target = Target(parts.scheme, host, PORTS[parts.scheme] if port is None else port, _path(parts))
    if target.port not in WEB_PORTS and not exempt.port(host, target.port):
        raise _unsafe(url, f"port {target.port} is none of {', '.join(map(str, sorted(WEB_PORTS)))}")
    own = any(host == name or host.endswith(f".{name}") for name in _OWN_NAMES)
    if own and not exempt.named(host, target.port):
        raise _unsafe(url, "its name is one of a private network")
    return target


def _host(url: str, parts: SplitResult) -> str:
    """The host as it is resolved and as a certificate must name it."""
    given = (parts.hostname or "").removesuffix(".")
    if "[" in parts.netloc:
        try:
            return str(ipaddress.IPv6Address(given))
        except ValueError:
            raise _unsafe(url, "its host is no address") from None
    try:
        host = given if given.isascii() else given.encode("idna").decode("ascii").lower()
    except UnicodeError:
        raise _unsafe(url, "its host is no name") from None
    if _NUMBER.fullmatch(host):
        try:
            return str(ipaddress.IPv4Address(host))
        except ValueError:
            raise _unsafe(url, "its host is a number, spelled as addresses are not") from None
    if not _NAME.fullmatch(host):
        raise _unsafe(url, "its host is no name")
    return host


def _path(parts: SplitResult) -> str:
    """Path and query in ASCII, with what is escaped already left so."""
    path = quote(parts.path or "/", safe=_PLAIN)
    return f"{path}?{quote(parts.query, safe=_PLAIN)}" if parts.query else path


def shown(url: str) -> str:
    """An address as errors and logs may name it: without user, query and fragment, which may be secrets."""
    plain = re.split(r"[?#]", url, maxsplit=1)[0]
    plain = re.sub(r"(?<=//)[^/]*@", "", plain)
    plain = "".join(one if one.isprintable() else "?" for one in plain)
    return plain if len(plain) <= _SHOWN_CHARACTERS else plain[:_SHOWN_CHARACTERS] + "..."


def _unsafe(url: str, reason: str) -> errors.UnsafeUrl:
    return errors.UnsafeUrl(url=shown(url), reason=reason)
