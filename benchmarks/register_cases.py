"""What the register of enterprises does: a workbook of 5,000 firms comes in, a million firms are paged and filtered."""

import io
import os
import time
import uuid
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date

from installations import installation, open_here
from made_firms import code_of, listed, zone_of

Run = Callable[[], object]
_OPEN = ExitStack()  # installations last as long as the process of the case
ZONES = 12
MILLION = 1_000_000
PAGE_ROUNDS = 10
_MOST_RUNS = 12  # each with firms of its own


def _opened() -> list[int]:
    """An empty installation on SQLite with a dozen zones, which this process is from now on."""
    env, _ = _OPEN.enter_context(installation("sqlite"))
    os.environ.update(env)
    open_here()
    from saima.server.places.actions import place_ensure
    from saima.words import Text

    return [place_ensure(key=f"z{n}", title=Text(f"Zone {n}", zone_of(n))).pk for n in range(ZONES)]


def _workbook(rows: int, start: int) -> bytes:
    """Titles above, stacked headers, 万元, codes with a space, a total."""
    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("台账")
        sheet.merge_range(0, 0, 0, 6, "企业基本情况表（虚构）")
        sheet.write(1, 6, "单位：万元")
        for n, head in enumerate(("序号", "企业名称", "统一社会信用代码", "所属园区")):
            sheet.merge_range(2, n, 3, n, head)
        sheet.merge_range(2, 4, 2, 6, "2025年")
        sheet.write_row(3, 4, ("营业收入", "研发费用", "职工总数（人）"))
        for n in range(rows):
            code = code_of(start + n)
            name = f"虚构{(start + n) * 7919 % 10_000_019:08d}企业"
            figures = (1_000 + n + 0.5, 50 + n % 40, 20 + n % 300)
            sheet.write_row(4 + n, 0, (n + 1, name, f"{code[:8]} {code[8:]}", zone_of(n % ZONES), *figures))
        sheet.write_row(4 + rows, 1, ("合计", "", "", 123_456))
    return out.getvalue()


def workbook_arrives() -> Run:
    """From the bytes of a file over the dry run to rows."""
    _opened()
    from saima.server.kit import blobs
    from saima.server.registers.actions.importing import import_begin, import_confirm, import_map
    from saima.server.registers.queries.importing import mapping_of

    books = iter([_workbook(5_000, n * 5_000) for n in range(_MOST_RUNS)])

    def run() -> object:
        one = import_begin(blob=blobs.put(next(books), "application/octet-stream"), name="firms.xlsx", by=None)
        import_map(one=one, mapping=mapping_of(one), by=None)
        return import_confirm(one=one, by=None)

    return run


def pages_of_a_million() -> Run:
    """Pages as a steward asks for them: of the list the first, a middle one, by place, industry, size, status and code;
    the ladder as it is kept."""
    places = _opened()
    from django.db import transaction
    from django.test import Client

    from saima.server.accounts.actions import person_add, role_give
    from saima.server.accounts.enums import Role
    from saima.server.kit import clock
    from saima.server.kit.adding import add_rows
    from saima.server.registers.models import Enterprise, EnterpriseFact, EnterpriseName, Spell

    steward = person_add(username="steward", name="Steward", password=None, by=None)
    role_give(person=steward, role=Role.STEWARD, by=None, place_id=None)
    many, sizes, who = 1_000_000, ("micro", "small", "medium", "large"), (clock.now(), None, None, "")
    names = [f"虚构{n}企业" for n in range(many)]
    with transaction.atomic():
        add_rows(
            Enterprise,
            ("uuid", "uscc", "name", "name_key", "place_id", "industry", "size_class", "listed"),
            (
                (uuid.uuid4(), code_of(n), name, name, places[n % ZONES], f"行业{n % 60:02}", sizes[n % 4], True)
                for n, name in enumerate(names)
            ),
        )
        first = Enterprise.objects.order_by("id").values_list("id", flat=True)[0]
        said = ("recorded_at", "source_id", "by_id", "reason")
        add_rows(
            EnterpriseName,
            ("enterprise_id", "name", "key", "since", "alias", *said),
            ((first + n, name, name, None, False, *who) for n, name in enumerate(names)),
        )
        add_rows(
            EnterpriseFact,
            ("enterprise_id", "item", "period", "value", *said),
            ((first + n, "revenue", str(clock.today().year - 1), str(1_000 * n), *who) for n in range(many)),
        )
        held = ((n, "tech-sme" if n % 2 else "innovative-sme") for n in range(0, many, 3))
        rare = ((n, "single-champion") for n in range(0, many, 100_000))
        spells = ((first + n, status, date(2025, 1, 1), None) for n, status in (*held, *rare))
        add_rows(Spell, ("enterprise_id", "status", "since", "until"), spells)
    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(steward)
    pages = [f"/registers/enterprises/{q}" for q in (
        "", f"?after={code_of(500_000)}", "?place=z3", "?industry=行业07", "?place=z3&size=large", "?status=tech-sme",
        "?status=single-champion", f"?q={code_of(777_777)}",
    )] + ["/registers/ladder/"]  # fmt: skip

    def page(path: str) -> float:
        started = time.perf_counter()
        answer = client.get(path)
        if answer.status_code != 200:
            raise RuntimeError(f"{path}: {answer.status_code}")
        return (time.perf_counter() - started) * 1000

    def run() -> str:
        took = {path: sorted(page(path) for _ in range(PAGE_ROUNDS)) for path in pages}
        ordered = sorted(ms for each in took.values() for ms in each)
        middle = {path: each[PAGE_ROUNDS // 2] for path, each in took.items()}
        slowest = max(middle, key=lambda path: middle[path])
        at = {share: ordered[int(share * len(ordered))] for share in (0.5, 0.95)}
        return f"p50 {at[0.5]:.0f} ms, p95 {at[0.95]:.0f} ms; slowest {middle[slowest]:.0f} ms: {slowest}"

    for path in pages:
        page(path)  # the ladder is counted once
    return run


def million_arrives(*, again: bool) -> Callable[[], Run]:
    """From the bytes of a CSV over the dry run to rows that lists show, as the worker does it; or, ``again``, the dry
    run of the same file a second time."""

    def prepare() -> Run:
        _opened()
        from saima.server.kit import blobs
        from saima.server.registers.actions.import_parts import import_go_on
        from saima.server.registers.actions.importing import import_begin, import_confirm, import_map
        from saima.server.registers.models import Import
        from saima.server.registers.queries.importing import mapping_of

        blob = blobs.put(listed(MILLION, ZONES), "text/csv")

        def looked_at() -> Import:
            one = import_begin(blob=blob, name="firms.csv", by=None)
            import_map(one=one, mapping=mapping_of(one), by=None)
            import_go_on(pk=one.pk, by=None)
            one.refresh_from_db()
            return one

        def run() -> object:
            one = looked_at()
            import_confirm(one=one, by=None)
            import_go_on(pk=one.pk, by=None)
            one.refresh_from_db()
            if one.state != Import.State.CONFIRMED:
                raise RuntimeError(one.fault)
            return one

        if not again:
            return run
        run()
        return looked_at

    return prepare
