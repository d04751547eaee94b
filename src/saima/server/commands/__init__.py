"""What one types to run the server. Only names and arguments live here: `saima --help` reads it without Django."""

from typing import Final

from saima.cli.grammar import JSON, Argument, Command

HOME: Final = Argument("--home", "DIR")
_ROOM: Final = "saima.server.commands"

COMMANDS: Final = (
    Command(
        "serve",
        (
            HOME,
            Argument("--host", "HOST"),
            Argument("--port", "N", variant="serve"),
            Argument("--workers", "N", default="1"),
            Argument("--no-worker"),
        ),
        module=f"{_ROOM}.serve",
    ),
    Command(
        "demo",
        (
            Argument("--home", "DIR", variant="demo"),
            Argument("--port", "N"),
            Argument("--reset"),
            Argument("--no-serve"),
        ),
        module=f"{_ROOM}.demo",
    ),
    Command(
        "backup",
        (Argument("file", "FILE", needed=True, variant="backup"), HOME, Argument("--with-secret")),
        module=f"{_ROOM}.backup",
    ),
    Command(
        "restore",
        (
            Argument("file", "FILE", needed=True, variant="restore"),
            Argument("--home", "DIR", variant="restore"),
            Argument("--try"),
        ),
        module=f"{_ROOM}.restore",
    ),
    Command(
        "keys",
        (HOME, Argument("--rotate"), Argument("--drop-old")),
        module=f"{_ROOM}.keys",
    ),
    Command("doctor", (HOME, JSON), module=f"{_ROOM}.doctor"),
)
