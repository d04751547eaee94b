"""A season's document and tables, whatever they are kept in. Here: in files; ``book`` has the same for a workbook."""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from saima.engine.model.decimals import canonical
from saima.files.cells import Unread
from saima.files.checking import Loc, nearest, unknown_name
from saima.files.keys import key_lines, line_of
from saima.files.problems import Collector, shown
from saima.files.published import NAME
from saima.files.rows import PUBLISHED_COLUMNS, ROWS, columns_of, mandatory_of
from saima.files.source import Source
from saima.files.tables import Table, is_text, read_csv

DOCUMENT: Final = "season.toml"
TABLES: Final = (*ROWS, "readings")
NEEDED: Final = ("contestants", "indicators")
_MOST_DOCUMENT: Final = 4 * 1024 * 1024
_WIDE: Final = re.compile("[“”‘’「」，；：＝＃．－＋［］｛｝＂＇　０-９]")
_QUOTED: Final = re.compile(r"\"[^\"]*\"|'[^']*'|#.*")
_YES_NO: Final = re.compile(r"=\s*(yes|no|true|false|on|off|是|否)\s*(#.*)?$", re.IGNORECASE)
_WHERE: Final = re.compile(r" \(at line (\d+), column (\d+)\)$")


@dataclass(frozen=True)
class Written:
    """season.toml as parsed, and where each place of it stands."""

    file: str
    data: Mapping[str, Any]
    line: Callable[[Loc], int]
    typed: bool  # False where every value is text, as in a workbook


class Content(Protocol):
    def document(self, found: Collector) -> Written | None: ...

    def table(self, name: str, found: Collector) -> Table | None:
        """The table, or None when it is not there or cannot be read (then ``found`` says why)."""

    def published(self, found: Collector) -> tuple[list[Table], dict[str, str]]:
        """Tables of the past, and by table the file name its bulletin must agree with."""


@dataclass(frozen=True)
class FileContent:
    """A season in files."""

    source: Source

    def document(self, found: Collector) -> Written | None:
        source = self.source
        self._look_around(found)
        if DOCUMENT not in source.names:
            return None
        file = source.label + DOCUMENT
        if source.size(DOCUMENT) > _MOST_DOCUMENT:
            size = source.size(DOCUMENT) // 2**20 + 1
            found.add("files.too_large", file=file, mb=size, most=_MOST_DOCUMENT // 2**20)
            return None
        if not is_text(source, DOCUMENT, found):
            return None
        with source.open(DOCUMENT) as stream:
            text = stream.read().decode("utf-8-sig")
        try:
            data = tomllib.loads(text, parse_float=_toml_number)
        except tomllib.TOMLDecodeError as error:
            _report_syntax(error, file, text, found)
            return None
        except (RecursionError, ValueError):
            found.add("files.toml_unreadable", file=file)
            return None
        lines = key_lines(text)
        return Written(file, data, lambda loc: line_of(lines, loc), typed=True)

    def table(self, name: str, found: Collector) -> Table | None:
        if f"{name}.csv" not in self.source.names:
            return None
        return read_csv(self.source, f"{name}.csv", columns_of(name), mandatory_of(name), found)

    def published(self, found: Collector) -> tuple[list[Table], dict[str, str]]:
        tables: list[Table] = []
        names: dict[str, str] = {}
        for name in self.source.names:
            if NAME.fullmatch(name):
                table = read_csv(self.source, name, PUBLISHED_COLUMNS, PUBLISHED_COLUMNS, found)
                if table is not None:
                    tables.append(table)
                    names[table.file] = name
        return tables, names

    def _look_around(self, found: Collector) -> None:
        """Refuse what looks like a table and is none of ours, and say what must be there."""
        names = self.source.names
        label = self.source.label
        ours = (DOCUMENT, *(f"{t}.csv" for t in TABLES))
        strangers = [n for n in names if _looks_like_a_table(n) and n not in ours and not NAME.fullmatch(n)]
        for name in strangers:
            if name.startswith("published/"):
                found.add("files.published_name", file=label + name, name=shown(name))
            else:
                code, params = unknown_name("file", name, ours)
                found.add(code, file=label + name, **params)
        odd = [n for n in self.source.odd if n in ours or NAME.fullmatch(n)]
        for name in odd:
            found.add("files.not_ordinary", file=label + name)
        if "published" in names:
            found.add("files.published_no_folder", file=f"{label}published")
        if not any(n in names for n in ours) and not strangers and not odd:
            found.add("files.nothing_there", needed=(DOCUMENT, *(f"{t}.csv" for t in NEEDED)))
            return
        for name in (DOCUMENT, *(f"{t}.csv" for t in NEEDED)):
            if name not in names and name not in odd:
                found.add("files.file_missing", file=label + name, name=name)


def _looks_like_a_table(name: str) -> bool:
    base = name.rsplit("/", 1)[-1].lower()
    if base.startswith((".", "~$")):
        return False
    if base.endswith((".csv", ".tsv", ".csv.gz")):
        return True
    stem, _, ending = base.rpartition(".")
    if ending in {"xlsx", "xls", "xlsm", "txt", "json"}:
        return nearest(stem, TABLES) is not None and stem in TABLES
    return ending == "toml" and stem != "season" and nearest(stem, ["season"]) is not None


def _toml_number(text: str) -> float | Unread:
    plain = text.replace("_", "")
    return Unread(plain) if canonical(plain) is None else float(plain)


def _report_syntax(error: tomllib.TOMLDecodeError, file: str, text: str, found: Collector) -> None:
    where = _WHERE.search(str(error))
    line = int(where[1]) if where else text.count("\n") + 1
    column = where[2] if where else ""
    lines = text.splitlines()
    seen = lines[line - 1].strip() if 0 < line <= len(lines) else ""
    wide = _WIDE.search(_QUOTED.sub("", seen))
    if "overwrite" in str(error) or "twice" in str(error):
        found.add("files.key_twice", file=file, line=line, column=column, seen=shown(seen, 60))
    elif said := _YES_NO.search(seen):
        found.add("files.toml_yes_no", file=file, line=line, seen=said[1])
    elif wide:
        found.add("files.toml_fullwidth", file=file, line=line, seen=wide[0])
    else:
        found.add("files.toml_syntax", file=file, line=line, column=column, seen=shown(seen, 60))
