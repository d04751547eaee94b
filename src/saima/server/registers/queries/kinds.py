"""The kinds of items an installation keeps."""

from collections.abc import Mapping

from saima.files.kinds import Kind
from saima.presets.item_kinds import item_kinds


def kinds() -> Mapping[str, Kind]:
    return item_kinds()


def kind_of(id_: str) -> Kind | None:
    return item_kinds().get(id_)
