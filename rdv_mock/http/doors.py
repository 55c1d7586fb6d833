"""Who may steer: no page of another site in a browser, and no rebound host name.

The control plane is open by default, and a browser calls any address for any page. So two things
decide: what a browser says of the page that calls, and the host name that it calls. Programs other
than browsers send no such headers. The simulated APIs and the provider take calls from anywhere.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import NamedTuple
from urllib.parse import urlsplit

from starlette.types import Scope

from rdv_mock.errors import ApiError, Refusal
from rdv_mock.settings import Settings

CONTROL = "/_mock"
CONSOLE = "/console"
READS = {"GET", "HEAD", "OPTIONS"}
FOREIGN_SITES = {"cross-site", "same-site"}
LOOPBACK_NAMES = {
    "localhost",
    "localhost.localdomain",
    "ip6-localhost",
    "ip6-loopback",
}
CONTAINER_NAMES = {
    "host.docker.internal",
    "host.containers.internal",
    "host.testcontainers.internal",
}
"""The names of the host machine inside a container."""
DEFAULT_PORTS = {"", "80", "443"}
"""The scheme of an origin does not count, so the ports 80 and 443 are one."""


class Authority(NamedTuple):
    """A host name or address, and a port; all loopback hosts are `localhost`."""

    host: str
    port: str


def authority_of(written: str) -> Authority:
    """Read `host:port`, as a Host header or an origin writes it."""
    written = written.strip().lower()
    if written.startswith("["):
        host, _, port = written[1:].partition("]")
        port = port.removeprefix(":")
    else:
        host, _, port = written.partition(":")
    host = host.removesuffix(".")
    return Authority(
        "localhost" if is_loopback(host) else host, "" if port in DEFAULT_PORTS else port
    )


def is_loopback(host: str) -> bool:
    """Whether a host name or address is on the loopback interface."""
    if host in LOOPBACK_NAMES or host.endswith(".localhost"):
        return True
    address = _address(host)
    return address is not None and (getattr(address, "ipv4_mapped", None) or address).is_loopback


def _address(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Doors:
    """Who may steer, by the settings."""

    public: Authority | None
    origins: Collection[str]
    hosts: Collection[str]
    trusts_proxy: bool

    @classmethod
    def of(cls, settings: Settings) -> "Doors":
        """The doors of a server with these settings."""
        public = urlsplit(settings.public_url).netloc if settings.public_url else None
        return cls(
            public=None if public is None else authority_of(public.rpartition("@")[2]),
            origins=frozenset(settings.cors_origins.lower().split(",")) - {""},
            hosts=[name.lower().removesuffix(".") for name in settings.allowed_hosts.split(",")],
            trusts_proxy=settings.trust_proxy,
        )

    def check(self, scope: Scope, path: str, *, is_local: bool) -> None:
        """Raise HOTE_REFUSE or ORIGINE_REFUSEE, in this order.

        `path`: the path of the call within its world; `is_local`: the server listens on loopback.
        """
        if not path.startswith((CONTROL, CONSOLE)):
            return
        control = _is_under(path, CONTROL)
        if not control and not _is_under(path, CONSOLE):
            return
        given: dict[bytes, list[str]] = {}
        for name, value in scope["headers"]:
            given.setdefault(name, []).append(value.decode("latin-1"))
        hosts = [authority_of(host) for host in given.get(b"host", ()) if host]
        if is_local and not all(self._is_own(one.host) for one in hosts):
            raise Refusal(ApiError.HOTE_REFUSE)
        if not control and scope["method"] in READS:
            return
        if not _is_from_elsewhere(given, self._own(hosts, given)):
            return
        navigates = "navigate" in given.get(b"sec-fetch-mode", ())
        if navigates and scope["method"] == "GET":
            return
        if control and self._admits(given.get(b"origin", [])):
            return
        raise Refusal(ApiError.ORIGINE_REFUSEE)

    def _is_own(self, host: str) -> bool:
        """Whether a server on loopback may be called by this host name."""
        if is_loopback(host) or host in CONTAINER_NAMES or _address(host) is not None:
            return True
        if self.public is not None and host == self.public.host:
            return True
        return any(
            name in {"*", host} or (name.startswith("*.") and host.endswith(name[1:]))
            for name in self.hosts
        )

    def _own(
        self, hosts: Iterable[Authority], given: dict[bytes, list[str]]
    ) -> Collection[Authority]:
        """The names of this server for this call."""
        own = {*hosts}
        if self.public is not None:
            own.add(self.public)
        if self.trusts_proxy:
            forwarded = given.get(b"x-forwarded-host", [])
            own |= {authority_of(one.partition(",")[0]) for one in forwarded}
        return own

    def _admits(self, origins: Collection[str]) -> bool:
        """Whether the settings let pages of these origins call."""
        if "*" in self.origins:
            return True
        return bool(origins) and all(one.lower() in self.origins for one in origins)


def _is_under(path: str, root: str) -> bool:
    return path.startswith(root) and path[len(root) : len(root) + 1] in {"", "/"}


def _is_from_elsewhere(given: dict[bytes, list[str]], own: Collection[Authority]) -> bool:
    """Whether a browser says that the calling page belongs to another site."""
    if sites := given.get(b"sec-fetch-site"):
        return not FOREIGN_SITES.isdisjoint(site.strip().lower() for site in sites)
    origins = given.get(b"origin", ())
    return any(authority_of(one.partition("://")[2]) not in own for one in origins)
