"""Reads the catalogue files beside this module and fills in sentences."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from saima.words.numerals import number
from saima.words.text import Lang, Text


@cache
def _catalogue() -> Mapping[str, Text]:
    sentences: dict[str, Text] = {}
    for entry in sorted(files(__name__).iterdir(), key=lambda e: e.name):
        if not entry.name.endswith(".toml"):
            continue
        for code, pair in tomllib.loads(entry.read_text("utf-8")).items():
            if code in sentences:
                raise RuntimeError(f"{entry.name}: the code {code!r} stands in two catalogue files")
            sentences[code] = Text(pair["en"], pair["zh"])
    return MappingProxyType(sentences)


def codes() -> tuple[str, ...]:
    """All codes, sorted."""
    return tuple(sorted(_catalogue()))


def template(code: str) -> Text:
    """The sentence of a code with its ``{parameters}`` unfilled.

    Raises
    ------
    KeyError
        The code is in no catalogue file: a programming fault, never shown as advice.
    """
    return _catalogue()[code]


def say(code: str, lang: Lang, /, **params: object) -> str:
    """The whole sentence of ``code`` in ``lang``.

    A ``Text`` parameter is given in the same language, a float as people write it, a tuple or list as a
    listing with that language's comma, and one of a closed list (``better="higher"``) in words.

    Examples
    --------
    >>> say("term.rank", "zh")
    '名次'
    """
    filled = {name: _chosen(name, value, lang) or _shown(value, lang) for name, value in params.items()}
    return template(code).of(lang).format(**filled)


def _chosen(name: str, value: object, lang: Lang) -> str | None:
    found = _catalogue().get(f"choice.{name}.{value}") if isinstance(value, str) else None
    return None if found is None else found.of(lang)


def _shown(value: object, lang: Lang) -> str:
    if isinstance(value, Text):
        return value.of(lang)
    if isinstance(value, float):
        return number(value, lang)
    if isinstance(value, (tuple, list)):
        return ("、" if lang == "zh" else ", ").join(_shown(v, lang) for v in value)
    return str(value)
