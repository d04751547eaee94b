"""Posts JSON to an address somebody typed: where such a post may go, and that it goes there and nowhere else.

What is checked, at saving and again at each sending:

- https, with the certificate of the name typed; http only to this machine itself, and only where ``local`` allows it;
- no name and password inside the address;
- every network address the name stands for is a public one, or lies in a network whoever keeps the machine named
  (SAIMA_ROBOT_NETS). The connection goes to an address that was checked, so a name that changes
  meanwhile leads nowhere;
- no redirect is followed, no proxy is used, no cookie kept;
- the answer is read up to 64 kB, and all of it takes 20 seconds at most.
"""

import http.client
import ipaddress
import json
import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from saima.engine.errors import Problem, QuestionRefused

SECONDS: Final = 10.0  # without a byte
ALTOGETHER: Final = 20.0
MOST_READ: Final = 64 * 1024
_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Way:
    """An address that was checked: the name it has, and the network address to connect to."""

    host: str
    port: int
    address: str
    path: str
    encrypted: bool


def way_to(url: str, *, local: bool = False) -> Way:
    """Where a post to ``url`` goes. ``local``: this machine itself is allowed, for a relay beside the server.

    Raises
    ------
    QuestionRefused
        ``posting.no_address``, ``posting.not_https``, ``posting.password_inside``, ``posting.unknown_host``,
        ``posting.private``.
    """
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise QuestionRefused(Problem("posting.no_address")) from None
    if parts.scheme not in {"http", "https"} or not host:
        raise QuestionRefused(Problem("posting.no_address"))
    if parts.username is not None or parts.password is not None:
        raise QuestionRefused(Problem("posting.password_inside", {"host": host}))
    encrypted = parts.scheme == "https"
    port = port or (443 if encrypted else 80)
    if not encrypted and not local:
        raise QuestionRefused(Problem("posting.not_https", {"host": host}))
    found = _addresses(host, port)
    if not encrypted and not all(a.is_loopback for a in found):
        raise QuestionRefused(Problem("posting.not_https", {"host": host}))
    if not all(_open(a) or (local and a.is_loopback) for a in found):
        raise QuestionRefused(Problem("posting.private", {"host": host}))
    return Way(host, port, str(found[0]), _path(parts), encrypted)


def _path(parts: SplitResult) -> str:
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _addresses(host: str, port: int) -> list[_Address]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise QuestionRefused(Problem("posting.unknown_host", {"host": host})) from None
    return [ipaddress.ip_address(str(one[4][0]).partition("%")[0]) for one in found]


def _open(address: _Address) -> bool:
    plain = _inside(address)
    if any(plain in ipaddress.ip_network(net) for net in settings.ROBOT_NETS):
        return True
    return plain.is_global and not plain.is_multicast


def _inside(address: _Address) -> _Address:
    """The IPv4 address that an IPv6 one stands for, where it does."""
    if isinstance(address, ipaddress.IPv6Address):
        if address in _NAT64:
            return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        return address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1] or address
    return address


class _Encrypted(http.client.HTTPSConnection):
    def __init__(self, way: Way) -> None:
        self._ours = ssl.create_default_context()
        super().__init__(way.host, way.port, timeout=SECONDS, context=self._ours)
        self._to = way.address

    def connect(self) -> None:
        raw = socket.create_connection((self._to, self.port), SECONDS)
        self.sock = self._ours.wrap_socket(raw, server_hostname=self.host)


class _Plain(http.client.HTTPConnection):
    def __init__(self, way: Way) -> None:
        super().__init__(way.host, way.port, timeout=SECONDS)
        self._to = way.address

    def connect(self) -> None:
        self.sock = socket.create_connection((self._to, self.port), SECONDS)


def post_json(way: Way, body: Mapping[str, Any]) -> tuple[int, bytes]:
    """Status and answer. A fault names the host and never the address, whose path is a key.

    Raises
    ------
    ConnectionError
        Nobody answered, or not in time, or not in HTTP.
    """
    connection = (_Encrypted if way.encrypted else _Plain)(way)
    over = threading.Event()
    clock = threading.Timer(ALTOGETHER, _hang_up, [connection, over])
    clock.daemon = True
    clock.start()
    try:
        connection.request(
            "POST",
            way.path,
            json.dumps(body, ensure_ascii=False).encode(),
            {"Content-Type": "application/json; charset=utf-8", "User-Agent": "Saima"},
        )
        answer = connection.getresponse()
        said = answer.read(MOST_READ)
    except (OSError, http.client.HTTPException) as fault:
        raise ConnectionError(f"{way.host}: {type(fault).__name__}") from None
    finally:
        clock.cancel()
        connection.close()
    if over.is_set():  # what was cut short may look whole
        raise ConnectionError(f"{way.host}: TimeoutError")
    return answer.status, said


def _hang_up(connection: http.client.HTTPConnection, over: threading.Event) -> None:
    over.set()
    sock: socket.socket | None = connection.sock
    if sock is not None:
        try:
            sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            return
