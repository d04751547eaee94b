"""What can be typed: the commands, their arguments, and how help and mistakes read in both languages.

Other rooms add commands through the entry point group ``saima.commands``: each entry is a tuple of ``Command``.
"""

import argparse
import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Final, NoReturn

from saima import __version__
from saima.cli.output import Output
from saima.engine.errors import Problem, QuestionRefused
from saima.words import LANGS, Lang, say


@dataclass(frozen=True, slots=True)
class Argument:
    """A positional (no dashes) or an option; ``shown`` is its placeholder, None for a switch."""

    name: str
    shown: str | None = None
    needed: bool = False
    default: str | None = None
    variant: str = ""  # tells apart the help of one name in two commands
    many: bool = False  # may be given several values, and several times


PERIOD: Final = Argument("--period", "PERIOD")
KNOWN_AT: Final = Argument("--known-at", "INSTANT")
SEED: Final = Argument("--seed", "N", default="2026")
JSON: Final = Argument("--json")
LANG: Final = Argument("--lang", "en|zh")
SEASON: Final = Argument("season", "SEASON", needed=True)
RULE: Final = Argument("rule", "RULE", needed=True)
ON: Final = Argument("--on", "YYYY-MM-DD")
HELD: Final = Argument("--held", "STATUS", many=True)
CONTESTANT: Final = Argument("contestant", "CONTESTANT", needed=True)


@dataclass(frozen=True, slots=True)
class Command:
    """One command: its name of one or two words, what it takes, and the module whose ``run`` does it."""

    name: str
    takes: tuple[Argument, ...]
    module: str = ""  # its own name under saima.cli.commands when left out

    def start(self) -> "Callable[[Given, Output], int]":
        """The command's function; only now are its libraries imported."""
        run: Callable[[Given, Output], int] = import_module(self.module or f"saima.cli.commands.{self.name}").run
        return run


COMMANDS: Final = (
    Command("new", (Argument("folder", "FOLDER", needed=True),)),
    Command("check", (SEASON, PERIOD)),
    Command(
        "import",
        (
            Argument("table", "TABLE", needed=True),
            Argument("--map", "FILE"),
            Argument("--into", "SEASON"),
            Argument("--new", "FOLDER"),
            Argument("--recorded-at", "INSTANT"),
            Argument("--yes"),
        ),
        module="saima.cli.commands.import_table",
    ),
    Command("evaluate", (SEASON, PERIOD, KNOWN_AT, SEED, JSON)),
    Command("explain", (SEASON, CONTESTANT, Argument("--against", "CONTESTANT"), PERIOD, KNOWN_AT, JSON)),
    Command(
        "whatif",
        (
            SEASON,
            CONTESTANT,
            Argument("--place", "N", needed=True),
            Argument("--rivals", "frozen|pace|projection", default="frozen"),
            PERIOD,
            KNOWN_AT,
            JSON,
        ),
    ),
    Command(
        "bulletin",
        (
            SEASON,
            Argument("--date", "YYYY-MM-DD", needed=True),
            Argument("--out", "DIR|FILE.zip", needed=True),
            PERIOD,
            KNOWN_AT,
            Argument("--number", "N"),
            Argument("--reason", "TEXT"),
            Argument("--sign", "KEY"),
            Argument("--record"),
            SEED,
        ),
    ),
    Command("verify", (Argument("package", "PACKAGE", needed=True), Argument("--key", "PUBKEY"))),
    Command("key", (Argument("file", "FILE", needed=True),)),
    Command("rules check", (RULE,), module="saima.cli.commands.rules_check"),
    Command(
        "rules explain",
        (RULE, Argument("--given", "KEY=VALUE", many=True), HELD, ON),
        module="saima.cli.commands.rules_explain",
    ),
    Command(
        "rules evaluate",
        (
            RULE,
            Argument("table", "TABLE", needed=True, variant="entities"),
            Argument("--out", "FILE", needed=True, variant="answers"),
            ON,
        ),
        module="saima.cli.commands.rules_evaluate",
    ),
)
_OWN: Final = {c.name: c for c in COMMANDS}


@cache
def every() -> tuple[Command, ...]:
    """Every command of this installation: the command line's own, then those of other rooms."""
    # Finding entry points reads the records of all installed packages; a command of our own does not wait for that.
    from importlib.metadata import entry_points

    found = sorted(entry_points(group="saima.commands"), key=lambda e: e.name)
    return COMMANDS + tuple(c for entry in found for c in entry.load())


def _command(words: Sequence[str]) -> Command:
    """The command that the first words name: one, or two where the first alone is none."""
    for typed in (words[0], " ".join(words[:2])):
        if typed in _OWN:
            return _OWN[typed]
        for command in every():
            if command.name == typed:
                return command
    first = any(c.name.startswith(f"{words[0]} ") for c in _OWN.values())
    raise _unknown_command(" ".join(words[:2]) if first else words[0])


@dataclass(frozen=True, slots=True)
class Given:
    """A command and what was typed after it, by name without dashes; absent options are None, switches False."""

    command: Command
    texts: Mapping[str, str | None]
    switches: frozenset[str]
    lists: Mapping[str, tuple[str, ...]]

    def text(self, name: str) -> str:
        """A value that is there: a needed argument, or one with a default."""
        value = self.texts[name]
        if value is None:
            raise KeyError(name)
        return value

    def maybe(self, name: str) -> str | None:
        return self.texts[name]

    def every(self, name: str) -> tuple[str, ...]:
        """The values of an option that may be given several times."""
        return self.lists[name]

    def has(self, switch: str) -> bool:
        return switch in self.switches


def language(arguments: Sequence[str], environment: Mapping[str, str]) -> Lang:
    """The language asked for: the last --lang, else SAIMA_LANG, else English. Never the machine's locale."""
    asked = environment.get("SAIMA_LANG", "")
    for n, argument in enumerate(arguments):
        if argument == "--":
            break
        if argument.startswith("--lang="):
            asked = argument.removeprefix("--lang=")
        elif argument == "--lang" and n + 1 < len(arguments):
            asked = arguments[n + 1]
    for lang in LANGS:
        if asked in ("", lang):
            return lang
    raise QuestionRefused(Problem("cli.lang_unknown", {"text": asked}))


def parse(arguments: Sequence[str], lang: Lang) -> "Given | str":
    """What was typed, or the text of help or version when that was asked.

    Raises
    ------
    QuestionRefused
        No such command or option, something missing, or a value missing.
    """
    rest = _without_language(arguments)
    if rest[:1] == ["help"]:
        rest = [*rest[1:], "--help"]
    if not rest or rest[0] in ("-h", "--help"):
        return _overview(every(), lang)
    if set(rest[1:]) <= {"-h", "--help"} and (group := [c for c in COMMANDS if c.name.startswith(f"{rest[0]} ")]):
        return _overview(group, lang)
    if rest[0] == "--version":
        return f"saima {__version__}"
    command = _command(rest)
    rest = rest[len(command.name.split()) - 1 :]
    parser = _parser(command, lang)
    if any(a in ("-h", "--help") for a in rest[1:]):
        return parser.format_help()
    known, extra = parser.parse_known_args(rest[1:])
    if extra:
        raise _not_understood(command, extra[0])
    found = vars(known)
    values = {a: _key(a.name) for a in command.takes}
    return Given(
        command,
        {key: found[key] for a, key in values.items() if a.shown and not a.many},
        frozenset(key for a, key in values.items() if not a.shown and found[key]),
        {key: tuple(found[key] or ()) for a, key in values.items() if a.many},
    )


def _key(name: str) -> str:
    return name.lstrip("-").replace("-", "_")


def _without_language(arguments: Sequence[str]) -> list[str]:
    rest: list[str] = []
    skip = False
    for n, argument in enumerate(arguments):
        if skip:
            skip = False
        elif argument == "--":
            return rest + list(arguments[n:])
        elif argument == "--lang":
            skip = True
            if n + 1 == len(arguments):
                raise QuestionRefused(Problem("cli.value_missing", {"option": "--lang"}))
        elif not argument.startswith("--lang="):
            rest.append(argument)
    return rest


class _Parser(argparse.ArgumentParser):
    """argparse whose mistakes are refusals of ours."""

    def error(self, message: str) -> NoReturn:
        if found := re.search(r"arguments are required: (.*)", message):
            raise QuestionRefused(Problem("cli.arguments_missing", {"usage": self.usage, "names": found[1]}))
        if found := re.search(r"argument ([^:]+): expected", message):
            raise QuestionRefused(Problem("cli.value_missing", {"option": found[1]}))
        raise QuestionRefused(Problem("cli.usage", {"usage": self.usage, "message": message}))


class _Formatter(argparse.RawDescriptionHelpFormatter):
    """Help of one width and with our word for usage, whatever the terminal and the locale."""

    def __init__(self, prog: str, usage: str) -> None:
        super().__init__(prog, max_help_position=30, width=100)
        self._word = usage

    def add_usage(self, usage, actions, groups, prefix=None) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001 - as argparse has it
        super().add_usage(usage, actions, groups, self._word if prefix is None else prefix)


def _parser(command: Command, lang: Lang) -> _Parser:
    usage = say("cli.help.usage", lang) + " "
    needs = [a.shown if not a.name.startswith("-") else f"{a.name} {a.shown}" for a in command.takes if a.needed]
    parser = _Parser(
        prog=f"saima {command.name}",
        usage=" ".join(["saima", command.name, *(n for n in needs if n), f"[{say('cli.help.options', lang)}]"]),
        description=_plain(_help(command), lang),
        epilog=_plain(f"{_help(command)}.example", lang),
        formatter_class=lambda prog: _Formatter(prog, usage),
        add_help=False,
        allow_abbrev=False,
    )
    needed = parser.add_argument_group(say("cli.help.arguments", lang))
    options = parser.add_argument_group(say("cli.help.options", lang))
    for argument in (*command.takes, LANG, Argument("--help")):
        group = needed if argument.needed else options
        variant = f".{argument.variant}" if argument.variant else ""
        told = _plain(f"cli.help.argument.{_key(argument.name)}{variant}", lang)
        if not argument.shown:
            group.add_argument(argument.name, action="store_true", help=told)
        elif not argument.name.startswith("-"):
            group.add_argument(argument.name, metavar=argument.shown, help=told)
        elif argument.many:
            group.add_argument(argument.name, metavar=argument.shown, nargs="+", action="extend", help=told)
        else:
            group.add_argument(
                argument.name, metavar=argument.shown, required=argument.needed, default=argument.default, help=told
            )
    return parser


def _help(command: Command) -> str:
    return f"cli.help.{command.name.replace(' ', '_')}"


def _plain(code: str, lang: Lang) -> str:
    return say(code, lang).replace("%", "%%")


def _overview(commands: Sequence[Command], lang: Lang) -> str:
    width = max(len(c.name) for c in commands)
    listed = "\n".join(f"  saima {c.name:<{width}}  {say(_help(c), lang)}" for c in commands)
    return f"{say('cli.help.saima', lang, version=__version__)}\n\n{listed}\n\n{say('cli.help.more', lang)}\n"


def _unknown_command(typed: str) -> QuestionRefused:
    names = [c.name for c in every()]
    near = difflib.get_close_matches(typed.lower(), names, n=1, cutoff=0.5)
    if near:
        return QuestionRefused(Problem("cli.command_near", {"typed": typed, "near": near[0]}))
    return QuestionRefused(Problem("cli.command_unknown", {"typed": typed, "names": names}))


def _not_understood(command: Command, typed: str) -> QuestionRefused:
    if not typed.startswith("-"):
        return QuestionRefused(Problem("cli.argument_extra", {"command": command.name, "typed": typed}))
    options = [a.name for a in command.takes if a.name.startswith("-")] + ["--lang", "--help"]
    near = difflib.get_close_matches(typed.partition("=")[0], options, n=1, cutoff=0.6)
    if near:
        return QuestionRefused(Problem("cli.option_near", {"command": command.name, "typed": typed, "near": near[0]}))
    return QuestionRefused(Problem("cli.option_unknown", {"command": command.name, "typed": typed, "names": options}))
