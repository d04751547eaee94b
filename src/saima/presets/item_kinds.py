"""The kinds of items that come with Saima, as files in ``kinds``: one each for platforms, parks, projects, honours."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from saima.files.kinds import Kind, parse_kind


@cache
def item_kinds() -> Mapping[str, Kind]:
    """Every kind by its id, in the order they stand on pages. Read and checked when first asked for."""
    folder = files("saima.presets") / "kinds"
    read = [(e.name, parse_kind(e.read_text("utf-8"), e.name)) for e in folder.iterdir() if e.name.endswith(".toml")]
    for name, kind in read:
        if name != f"{kind.id}.toml":
            raise RuntimeError(f"{name}: a kind is named after its id, {kind.id!r}")
    return MappingProxyType({k.id: k for _, k in sorted(read, key=lambda r: (r[1].order, r[0]))})
