"""The firms of demo-city's register, all fictional, recorded on the days of this spring on which each was known."""

import csv
from collections.abc import Mapping
from datetime import date, datetime
from itertools import groupby

from saima import examples
from saima.server.kit import clock
from saima.server.places.models import Place
from saima.server.registers.actions.importing import said_import
from saima.server.registers.actions.recording import Address, Fact, Name, Said, Status

FIGURES_ON = "2026-03-20"
FIRST_ON = "2026-01-09"
FOLDER = "demo-city-firms"
_UNDATED = ("industry", "size_class", "founded")


def demo_firms() -> None:
    """Load them, past the pages: what each list said, at nine on its day."""
    places = {p.key: p.pk for p in Place.objects.all()}
    firms = _rows("firms.csv")
    names = [Name(f["uscc"], f["name"]) for f in firms]
    homes = [Address(f["uscc"], places[f["place"]]) for f in firms]
    about = [Fact(f["uscc"], item, "", f[item]) for f in firms for item in _UNDATED if f[item]]
    _on(FIRST_ON, "firms.csv", Said(names, homes, about))
    figures = [
        Fact(f["uscc"], key.partition("@")[0], key.partition("@")[2], value)
        for f in firms
        for key, value in f.items()
        if "@" in key and value
    ]
    until_march = [f for f in figures if f.period < "2026-04"]
    by_day: dict[str, list[Said]] = {FIGURES_ON: [Said(facts=until_march)]}
    by_day["2026-05-08"] = [Said(facts=[f for f in figures if f.period >= "2026-04"])]
    for day, rows in _by_day("statuses.csv"):
        held = [
            Status(r["uscc"], r["status"], _day(r["since"]), _day(r["until"]) if r["until"] else None, batch=r["batch"])
            for r in rows
        ]
        by_day.setdefault(day, []).append(Said(statuses=held))
    for day, rows in _by_day("events.csv"):
        moves = [Address(r["uscc"], places[r["value"]], _day(r["since"])) for r in rows if r["what"] == "place"]
        renamed = [Name(r["uscc"], r["value"], _day(r["since"])) for r in rows if r["what"] == "name"]
        by_day.setdefault(day, []).append(Said(renamed, moves))
    for day, said in sorted(by_day.items()):
        whole = Said(
            [n for s in said for n in s.names],
            [a for s in said for a in s.addresses],
            [f for s in said for f in s.facts],
            [t for s in said for t in s.statuses],
        )
        _on(day, "figures-2025.csv" if day == FIGURES_ON else f"list-{day}.csv", whole)


def _on(day: str, name: str, said: Said) -> None:
    with clock.at(datetime.fromisoformat(f"{day}T09:00:00+08:00")):
        said_import(name=name, said=said, by=None)


def _rows(name: str) -> list[dict[str, str]]:
    with (examples.tables(FOLDER) / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _by_day(name: str) -> list[tuple[str, list[Mapping[str, str]]]]:
    rows = sorted(_rows(name), key=lambda r: r["recorded"])
    return [(day, list(some)) for day, some in groupby(rows, key=lambda r: r["recorded"])]


def _day(text: str) -> date:
    return date.fromisoformat(text)
