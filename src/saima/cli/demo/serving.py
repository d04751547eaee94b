"""A web server for this machine alone: 127.0.0.1, files of one folder, reading only."""

import socket
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final

from saima.engine.errors import Problem, QuestionRefused

HOST: Final = "127.0.0.1"
PORT: Final = 8765
HEADERS: Final = (
    (
        "Content-Security-Policy",
        (
            "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src 'self' data:; "
            "font-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        ),
    ),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Cache-Control", "no-cache"),
)
TYPES: Final = {
    ".html": "text/html; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".pdf": "application/pdf",
    ".svg": "image/svg+xml",
    ".zip": "application/zip",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class Handler(SimpleHTTPRequestHandler):
    """Files as they are, with the same headers on every answer and no listing of folders."""

    protocol_version = "HTTP/1.1"
    server_version = "Saima"
    sys_version = ""
    timeout = 30
    extensions_map = TYPES  # the machine's own table is not read

    def end_headers(self) -> None:
        for name, value in HEADERS:
            self.send_header(name, value)
        super().end_headers()

    def send_head(self):  # type: ignore[no-untyped-def]  # noqa: ANN201 - as http.server has it
        # A page elsewhere may point a name of its own at 127.0.0.1; only our own two names are answered.
        name = self.headers.get("Host", "").rpartition(":")[0] or self.headers.get("Host", "")
        if name not in (HOST, "localhost"):
            self.send_error(HTTPStatus.MISDIRECTED_REQUEST)
            return None
        return super().send_head()

    def list_directory(self, path):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201 - as above
        del path
        self.send_error(HTTPStatus.NOT_FOUND)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name for it
        """Say nothing: the address is on the screen, and requests are not news."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True


def server_for(folder: Path, port: int | None) -> ThreadingHTTPServer:
    """A server that listens already. Without a port: 8765, or any free one when that is taken.

    Raises
    ------
    QuestionRefused
        ``cli.demo.port_taken``: the port that was asked for cannot be had.
    """
    handler = partial(Handler, directory=str(folder))
    try:
        _not_in_use(PORT if port is None else port)
        return _Server((HOST, PORT if port is None else port), handler)
    except OSError:
        if port is not None:
            raise QuestionRefused(Problem("cli.demo.port_taken", {"port": str(port)})) from None
    return _Server((HOST, 0), handler)


def _not_in_use(port: int) -> None:
    # Reusing an address lets a second server share a listening port on some systems.
    if port == 0:
        return
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        if probe.connect_ex((HOST, port)) == 0:
            raise OSError("in use")
