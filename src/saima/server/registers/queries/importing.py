"""Lists of firms as they were handed over: their tables, how they are read, and what they would do."""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db.models import Count

from saima.engine.errors import Problem, QuestionRefused
from saima.files.importing import Grid, read_grid
from saima.files.registers import Kind, ListMap, ListRead, Word, height_of, parse_list_map, read_blocks, read_list
from saima.files.registers.listing import STATUS
from saima.server.kit import blobs
from saima.server.registers.models import Doubt, Import, ImportMapping
from saima.server.registers.models.firm_items import items, statuses
from saima.server.registers.queries.import_plan import MOST_SHOWN, Plan, Planner

_HEAD: Final = 200_000  # bytes of a long text in which its header is looked for
_TEXTS: Final = (".csv", ".tsv", ".txt")
_WIDE: Final = (b"\xff\xfe", b"\xfe\xff")


@lru_cache(maxsize=2)
def grid_of(sha256: str, name: str) -> Grid:
    """The table of an upload as typed cells. Raises as ``read_grid``."""
    return _grid(blobs.get(sha256), name)


@lru_cache(maxsize=4)
def top_of(sha256: str, name: str) -> Grid:
    """The table, of a long text its first lines alone: enough to tell what it is."""
    content = blobs.get(sha256)
    return _grid(content[: content.rfind(b"\n", 0, _HEAD) + 1], name) if _long(content, name) else grid_of(sha256, name)


def _long(content: bytes, name: str) -> bool:
    text = name.lower().endswith(_TEXTS) and not content.startswith(_WIDE)
    return text and len(content) > _HEAD and b"\n" in content[:_HEAD]


def _grid(content: bytes, name: str) -> Grid:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        return read_grid(path)


@lru_cache(maxsize=8)
def size_of(sha256: str, name: str, mapping: str) -> int:
    """How many lines an upload has, of a long text about.

    Raises
    ------
    QuestionRefused
        ``register.too_many``: more than are taken in at once.
    """
    lines = height_of(top_of(sha256, name), parse_list_map(mapping))
    if _long(content := blobs.get(sha256), name):
        lines = content.count(b"\n")
    if lines > settings.IMPORT_MOST_LINES:
        raise QuestionRefused(
            Problem("register.too_many", {"name": name, "count": lines, "most": settings.IMPORT_MOST_LINES})
        )
    return lines


def is_long(one: Import) -> bool:
    """Whether the worker takes it in, part by part. Raises as ``size_of``."""
    return one.blob_id is not None and size_of(one.blob_id, one.name, one.mapping) > settings.IMPORT_AT_ONCE


@lru_cache(maxsize=2)
def lines_of(sha256: str, name: str, mapping: str) -> ListRead:
    """The lines of an upload by a mapping. Kept, so that an action reads no file while others wait to write."""
    return read_list(grid_of(sha256, name), parse_list_map(mapping), kinds())


def vocabulary() -> list[Word]:
    """Every meaning a column may have beside code, name and the like, with the words headers use."""
    found = [Word(i.key, i.unit, (i.title.en, i.title.zh, i.aka)) for i in items().values()]
    found += [Word(STATUS + k, "status", (k, t.en, t.zh, t.zh.removesuffix("企业"))) for k, t in statuses().items()]
    return [w for w in found if w.key != "code"]


def kinds() -> Mapping[str, Kind]:
    return {w.key: w.kind for w in vocabulary()}


def mapping_of(one: Import) -> ListMap:
    return parse_list_map(one.mapping)


def kept_mapping(mapping: ListMap) -> ImportMapping | None:
    """The way tables with these headers were read last, as somebody kept it."""
    return ImportMapping.objects.filter(headers=mapping.digest).order_by("-at", "-id").first()


def plan_import(one: Import) -> Plan:
    """What this import would do now. Raises as ``read_list``."""
    assert one.blob_id is not None
    return Planner(_settled(one)).plan(lines_of(one.blob_id, one.name, one.mapping))


def plans_of(one: Import) -> Iterator[Plan]:
    """The same of a long one, part by part; none is kept. Raises as ``read_list``."""
    assert one.blob_id is not None
    planner = Planner(_settled(one))
    grid = _grid(blobs.get(one.blob_id), one.name)
    for part in read_blocks(grid, mapping_of(one), kinds(), settings.IMPORT_PART):
        yield planner.plan(part)


def _settled(one: Import) -> dict[int, tuple[str, str]]:
    rows = Doubt.objects.filter(source=one).exclude(choice="")
    fields = ("line", "choice", "uscc", "enterprise__uscc", "candidate")
    return {
        int(line): (choice, own if choice == Doubt.Choice.OTHER else known or candidate)
        for line, choice, own, known, candidate in rows.values_list(*fields)
    }


def doubts_waiting(one: Import) -> Mapping[str, tuple[int, Sequence[Doubt]]]:
    """Doubts nobody settled yet: by kind how many, and the first of them."""
    rows = Doubt.objects.filter(source=one, choice="")
    counts = dict(rows.order_by().values_list("kind").annotate(count=Count("id")))
    some = rows.select_related("enterprise").order_by("id")
    return {k: (counts[k], list(some.filter(kind=k)[:MOST_SHOWN])) for k in Doubt.Kind.values if k in counts}


def doubts_settled(one: Import) -> Sequence[Doubt]:
    """The first that somebody settled."""
    rows = Doubt.objects.filter(source=one).exclude(choice="")
    return list(rows.select_related("enterprise").order_by("id")[:MOST_SHOWN])
