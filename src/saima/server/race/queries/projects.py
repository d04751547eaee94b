"""Reads the projects of a season as they are on record."""

import json
from dataclasses import dataclass

from saima.server.race.models import Season, SideRow
from saima.words import Text


@dataclass(frozen=True, slots=True)
class ProjectNamed:
    code: str
    title: Text
    contestant: str


def projects_of(season: Season) -> list[ProjectNamed]:
    """Every project by code, a later row of the same code in place of the earlier; one query."""
    found: dict[str, ProjectNamed] = {}
    for key, text in SideRow.objects.filter(season=season, table="projects").order_by("id").values_list("key", "cells"):
        cells = json.loads(text)
        title = Text(cells.get("title_en", ""), cells.get("title_zh", "")) or Text(cells["code"], cells["code"])
        found[key] = ProjectNamed(cells["code"], title, cells.get("contestant", ""))
    return list(found.values())
