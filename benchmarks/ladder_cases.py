"""The ladder of a million firms, counted anew and kept; what a draft of a rule would change over 5,000 firms."""

import uuid
from datetime import date
from pathlib import Path

from made_firms import code_of
from register_cases import ZONES, Run, _opened

DAY = date(2026, 6, 2)
FIRMS = 1_000_000


def _million() -> None:
    """A million firms of nobody, every third with one status or two of different years."""
    places = _opened()
    from django.db import transaction

    from saima.presets import ladder
    from saima.server.kit.adding import add_rows
    from saima.server.registers.models import Enterprise, Spell

    rungs = [r.status for r in ladder()]
    with transaction.atomic():
        columns = ("uuid", "uscc", "name", "name_key", "place_id", "industry", "size_class", "listed")
        firms = ((uuid.uuid4(), code_of(n), f"虚构{n}企业", "", places[n % ZONES], "", "", True) for n in range(FIRMS))
        add_rows(Enterprise, columns, firms)
        first = Enterprise.objects.order_by("id").values_list("id", flat=True)[0]
        spells = (
            (first + n, rungs[(n // 3 + k) % len(rungs)], date(2022 + (n // 3 + 2 * k) % 5, 3, 1), None)
            for n in range(0, FIRMS, 3)
            for k in range(1 + n % 2)
        )
        add_rows(Spell, ("enterprise_id", "status", "since", "until"), spells)


def counted_anew() -> Run:
    """Everything the board shows, after something was recorded."""
    _million()
    from saima.server.registers.queries import ladder

    def run() -> object:
        ladder.boards.clear()
        board = ladder.board_of(DAY)
        return [board.flow(n, p) for n in range(len(board.rungs) + 1) for p in ("all", *board.places)]

    return run


def page_kept() -> Run:
    """The page a steward gets while nothing was recorded."""
    _million()
    from django.test import Client

    from saima.server.accounts.actions import person_add, role_give
    from saima.server.accounts.enums import Role

    steward = person_add(username="steward", name="Steward", password=None, by=None)
    role_give(person=steward, role=Role.STEWARD, by=None, place_id=None)
    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(steward)

    def run() -> object:
        answer = client.get("/registers/ladder/")
        if answer.status_code != 200:
            raise RuntimeError(answer.status_code)
        return answer

    run()
    return run


def whatif_5000() -> Run:
    """Both texts of an award over 5,000 firms out of the database."""
    places = _opened()
    from dataclasses import replace
    from fractions import Fraction
    from types import MappingProxyType

    from django.db import transaction

    import saima.server.site.demo_rules as demo
    from saima.files.rules import parse_rule
    from saima.server.registers.actions.recording import Address, Fact, Name, Said, record_all
    from saima.server.registers.queries.rule_whatif import whatif

    codes = [code_of(n) for n in range(5_000)]
    figures = {"sales": 3_000_000, "rd_spend": 150_000, "staff": 12}
    year = str(DAY.year - 1)
    with transaction.atomic():
        record_all(
            Said(
                [Name(c, f"虚构{n}企业") for n, c in enumerate(codes)],
                [Address(c, places[n % ZONES]) for n, c in enumerate(codes)],
                [
                    Fact(c, item, year, str(least + least * (n * 7919 % 97) // 24))
                    for n, c in enumerate(codes)
                    for item, least in figures.items()
                    if (n + len(item)) % 41
                ],
            )
        )
    old = parse_rule((Path(demo.__file__).parent / f"{demo.AWARD}.toml").read_text("utf-8"))
    cap = old.params["cap"]
    higher = replace(cap, versions=(replace(cap.versions[0], body=Fraction(1_500_000)),))
    new = replace(old, params=MappingProxyType({**old.params, "cap": higher}))
    return lambda: whatif(old, new, DAY).whole
