"""A season survives being written: as a folder, as a workbook, in any order of rows, under any locale."""

import dataclasses
import locale
import random
import re
import shutil
import string
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from saima import examples
from saima.engine.model import digest
from saima.engine.model.history import CellThen, History, Published, RankThen
from saima.engine.model.inputs import (
    ORIGINS,
    STATES,
    Correction,
    GivenScore,
    Milestone,
    Project,
    ProjectReading,
    Projects,
    Reading,
    Readings,
    ReadingTable,
    Received,
    Waiver,
)
from saima.engine.model.periods import PER_YEAR, Period, Span
from saima.engine.model.season import (
    Alternative,
    Constraint,
    Contestant,
    ContestantClass,
    Curve,
    Indicator,
    IntegrityRules,
    Masthead,
    Node,
    Noise,
    Progress,
    Relation,
    ScoreRule,
    Season,
    Target,
    Tier,
    Uncertainty,
)
from saima.files import (
    Bundle,
    folder_files,
    load_season,
    published_csv,
    published_name,
    read_history,
    workbook_bytes,
    write_folder,
    write_workbook,
)
from saima.words import Text, template

NO_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)  # a season is too large to be made small
LETTERS = string.ascii_lowercase + string.digits + "_-.市园"
words = st.text(
    st.characters(blacklist_categories=("Cc", "Cs"), blacklist_characters="\ufffe\uffff")
    | st.sampled_from(",\"'=;\n\t#_x"),
    max_size=12,
).map(str.strip)
lines = words.map(lambda text: re.sub("[\n\t\u2028-\u202e\u2066-\u2069]", " ", text).strip())
filled = lines.filter(bool)
titles = st.builds(Text, filled, lines) | st.builds(Text, lines, filled)
units = st.builds(Text, lines, lines)
texts = st.builds(Text, words, words)
numbers = st.builds(
    lambda digits, places: float(f"{digits}e-{places}"),
    st.integers(-(10**15) + 1, 10**15 - 1),
    st.integers(0, 12),
)
sizes = numbers.map(abs)
shares = st.integers(0, 10**6).map(lambda n: n / 10**6)
maybe = st.none() | numbers
orders = st.integers(-5, 5)
days = st.dates(date(2000, 1, 1), date(2040, 1, 1))
instants = st.datetimes(datetime(1999, 1, 1), datetime(2040, 1, 1)).map(lambda d: d.replace(microsecond=0, tzinfo=UTC))
codes = st.text(st.sampled_from(LETTERS), min_size=1, max_size=6).filter(lambda c: c != "overall")
said = filled.map(lambda text: text.replace(";", "/"))
asked = st.dictionaries(codes, said, max_size=3).map(lambda found: tuple(sorted(found.items())))
FED = ("feed", "feed_parameters")
fed = st.just(("", ())) | st.tuples(st.sampled_from(["registers.firms", "其他.来源"]), asked)
params = st.dictionaries(st.text(string.ascii_lowercase + "_", min_size=1, max_size=5), numbers, max_size=3)


def some(codes_there: list[str]) -> st.SearchStrategy[str]:
    return st.sampled_from(["", *codes_there])


def by(*names: str):
    return lambda thing: tuple(getattr(thing, n) for n in names)


@st.composite
def bundles(draw: st.DrawFn) -> Bundle:
    def several(least: int, most: int) -> list[str]:
        return draw(st.lists(codes, min_size=least, max_size=most, unique=True))

    def each(there: list[str], **fields: st.SearchStrategy) -> Iterator[dict]:
        for code in there:
            yield {"code": code, **{name: draw(f) for name, f in fields.items()}}

    frequency = draw(st.sampled_from(list(PER_YEAR)))
    first = Period.of(frequency, draw(st.integers(1990, 2030)))
    periods = st.integers(0, 30).map(first.next)
    window = Span(first, first.next(draw(st.integers(0, 30))))
    overall = draw(st.sampled_from(["composite", "medals", "none"]))
    classes, tags, zones, curves = several(0, 2), several(0, 2), several(1, 4), several(0, 2)
    places = several(1, 4)
    races, groups = places[:1], places[1:]
    rules, figures = several(0, 2), several(1, 4)
    aggregation = {
        "aggregate": st.sampled_from(["arithmetic", "geometric", "power", "minimum"]),
        "power": numbers,
        "missing": st.none() | st.sampled_from(["exclude", "floor", "carry_forward", "class_mean"]),
        "minimum_share": st.none() | shares,
    }
    top = "overall" if overall == "composite" else ""
    nodes = []
    if top:
        title = draw(titles | st.just(template("files.overall")))
        nodes.append(Node(code=top, title=title, kind="overall", **{n: draw(f) for n, f in aggregation.items()}))
    kinds = st.sampled_from(["indicators", "projects", "weak_spots"])
    below = {"title": titles, "weight": sizes, "order": orders, **aggregation}
    nodes += sorted(
        (
            Node(
                kind="race",
                parent=top,
                **n | (dict(zip(FED, draw(fed), strict=True)) if n["race"] == "projects" else {}),
            )
            for n in each(races, race=kinds, params=params, **below)
        ),
        key=by("order", "code"),
    )
    nodes += sorted(
        (Node(kind="group", **n) for n in each(groups, parent=st.sampled_from(races), **below)), key=by("order", "code")
    )
    contestants = [
        Contestant(
            tags=tuple(sorted(draw(st.sets(st.sampled_from(tags))))) if tags else (),
            **c,
        )
        for c in each(
            zones,
            title=titles,
            kind=filled,
            class_code=some(classes),
            parent=some(zones),
            ranked=st.booleans(),
            reason=texts,
            since=st.none() | periods,
            until=st.none() | periods,
            order=orders,
        )
    ]
    worn = sorted({t for c in contestants for t in c.tags})
    indicators = [
        Indicator(
            applies_to=tuple(sorted(draw(st.sets(st.sampled_from(worn))))) if worn else (),
            **dict(zip(FED, draw(fed), strict=True)),
            **i,
        )
        for i in each(
            figures,
            title=titles,
            better=st.sampled_from(["higher", "lower"]),
            measure=st.sampled_from(["cumulative", "level", "growth", "share", "count", "completion", "yes-no"]),
            node=some(places),
            weight=sizes,
            score=some(rules),
            unit=units,
            scale=sizes,
            decimals=st.integers(0, 9),
            role=st.sampled_from(["scored", "shown", "denominator"]),
            low=maybe,
            high=maybe,
            due_months=st.sets(st.integers(1, 12)).map(lambda s: tuple(sorted(s))),
            when_not_due=st.sampled_from(["leave_out", "hold"]),
            curve=some(curves),
            transform=st.sampled_from(["none", "log", "sqrt"]),
            denominator=some(figures),
            per=numbers,
            noise=st.builds(Noise, st.sampled_from(["none", "relative", "absolute", "poisson", "binomial"]), sizes),
            owner=words,
            source=texts,
            definition=texts,
            evidence=st.sampled_from(["none", "if_positive", "always"]),
            expected_day=st.integers(0, 31),
            order=orders,
        )
    ]
    pairs = draw(st.lists(st.tuples(st.sampled_from(["*", *zones]), st.sampled_from(figures)), max_size=4, unique=True))
    stages = sorted(
        ((s["code"], s["title"], s["points"]) for s in each(several(0, 2), title=titles, points=numbers)),
        key=lambda s: (s[2], s[0]),
    )
    season = Season(
        code=draw(codes),
        title=draw(titles),
        frequency=frequency,
        window=window,
        targets_cover=draw(st.just(window) | periods.map(lambda p: Span(first, p))),
        missing=draw(st.sampled_from(["exclude", "floor", "carry_forward", "class_mean"])),
        contestants=tuple(sorted(contestants, key=by("order", "code"))),
        indicators=tuple(sorted(indicators, key=by("order", "code"))),
        nodes=tuple(nodes),
        score_rules=tuple(
            sorted(
                (
                    ScoreRule(**s)
                    for s in each(
                        rules,
                        rule=st.sampled_from(["completion", "table", "bands", "given"]),
                        params=params,
                        steps=st.lists(st.tuples(numbers, numbers), max_size=3).map(tuple),
                        on=st.sampled_from(["value", "completion", "pace"]),
                    )
                ),
                key=by("code"),
            )
        ),
        targets=tuple(Target(c, i, draw(maybe), draw(maybe), draw(words), draw(words)) for c, i in sorted(pairs)),
        curves=tuple(
            Curve(
                c, draw(units), tuple((p, draw(shares)) for p in sorted(draw(st.sets(periods, min_size=1, max_size=3))))
            )
            for c in sorted(curves)
        ),
        classes=tuple(
            sorted((ContestantClass(**c) for c in each(classes, title=titles, order=orders)), key=by("order", "code"))
        ),
        rank_classes=draw(st.sampled_from(["together", "apart"])),
        overall=overall,
        weights=draw(st.sampled_from(["percent", "share", "relative"])),
        minimum_share=draw(shares),
        counts=draw(st.sampled_from(["verified", "reported"])),
        decimals=draw(st.integers(0, 9)),
        floor_score=draw(numbers),
        tie_breakers=tuple(
            draw(st.lists(st.sampled_from(["medals", "progress", f"race:{races[0]}", f"indicator:{figures[0]}"])))
        ),
        light_from=draw(sizes),
        progress=Progress(draw(st.sampled_from(["none", "previous", "last_year", "base"])), draw(st.none() | periods)),
        base_period=draw(st.none() | periods),
        tiers=tuple(
            sorted(
                (Tier(**t) for t in each(several(0, 2), title=titles, at_least=numbers)),
                key=lambda t: (-t.at_least, t.code),
            )
        ),
        constraints=tuple(
            sorted(
                (
                    Constraint(**c)
                    for c in each(
                        several(0, 2),
                        title=titles,
                        action=st.sampled_from(["demote", "veto", "summon", "exit"]),
                        when=st.sampled_from(["completion_below", "falls", "bottom"]),
                        indicators=st.lists(st.sampled_from(figures), max_size=2).map(tuple),
                        threshold=numbers,
                        consecutive=st.integers(1, 9),
                    )
                ),
                key=by("code"),
            )
        ),
        uncertainty=Uncertainty(
            draws=draw(st.integers(100, 10**6)),
            weight_spread=draw(shares),
            alternatives=tuple(
                sorted(
                    (
                        Alternative(**a)
                        for a in each(
                            several(0, 2),
                            choice=codes,
                            title=titles,
                            node=some(places),
                            aggregate=st.none() | st.sampled_from(["geometric", "minimum"]),
                            power=numbers,
                            missing=st.none() | st.sampled_from(["exclude", "floor"]),
                        )
                    ),
                    key=by("choice", "code"),
                )
            ),
            unverified_factor=draw(sizes),
            resolved_at=draw(shares),
        ),
        integrity=IntegrityRules(
            relations=tuple(
                sorted(
                    (
                        Relation(**r)
                        for r in each(
                            several(0, 2),
                            kind=st.sampled_from(["sum", "at_most", "either"]),
                            whole=st.sampled_from(figures),
                            parts=st.lists(st.sampled_from(figures), min_size=1, max_size=2).map(tuple),
                            tolerance=sizes,
                        )
                    ),
                    key=by("code"),
                )
            ),
            outlier_score=draw(sizes),
            jump_share=draw(shares),
            bunching_share=draw(shares),
        ),
        masthead=draw(st.builds(Masthead, texts, texts, words, texts, texts, texts, texts)),
        publishers=tuple(draw(st.lists(filled, max_size=2))),
        solo=draw(st.booleans()),
        time_zone=draw(st.sampled_from(["Asia/Shanghai", "UTC", "Europe/London"])),
        notice=draw(texts),
        source=draw(texts),
        illustrative=draw(st.booleans()),
    )
    return Bundle(
        season,
        draw(known_figures(zones, figures, places + ([top] if top else []), periods)),
        draw(work(zones, [s[0] for s in stages], periods, tuple(stages))),
        draw(past(periods)),
    )


@st.composite
def known_figures(
    draw: st.DrawFn, zones: list[str], figures: list[str], places: list[str], periods: st.SearchStrategy[Period]
) -> Readings:
    decimals = st.builds(canonical_text, st.integers(-(10**9), 10**9), st.integers(0, 5))
    rows = draw(
        st.lists(
            st.builds(
                Reading,
                st.sampled_from(zones),
                st.sampled_from(figures),
                periods,
                decimals,
                st.sampled_from(STATES),
                st.integers(1, 3),
                instants,
                st.sampled_from(ORIGINS),
                words,
                words,
            ),
            max_size=8,
            unique_by=by("contestant", "indicator", "period", "revision"),
        )
    )
    keyed = {"contestant": st.sampled_from(zones), "indicator": st.sampled_from(figures), "period": periods}
    sets = st.builds(Correction, action=st.just("set"), value=decimals, reason=filled, recorded_at=instants, **keyed)
    moves = st.builds(
        Correction, action=st.just("move"), to_indicator=st.sampled_from(figures), reason=filled, source=words, **keyed
    )
    scores = st.builds(GivenScore, st.sampled_from(zones), st.sampled_from(places), periods, numbers, filled, instants)
    received = st.builds(
        Received,
        st.sampled_from(zones),
        titles,
        filled,
        filled,
        days,
        st.none() | st.integers(1, 99),
        texts,
        decimals | st.just(""),
        units,
        st.sampled_from(["", *figures]),
        words,
        texts,
    )
    corrections = draw(
        st.lists(sets | moves, max_size=3, unique_by=by("contestant", "indicator", "period", "recorded_at"))
    )
    given_scores = draw(st.lists(scores, max_size=3, unique_by=by("contestant", "node", "period", "recorded_at")))
    waivers = draw(
        st.lists(st.builds(Waiver, filled, filled, words, instants), max_size=2, unique_by=by("finding", "recorded_at"))
    )
    return Readings(
        ReadingTable.of(rows),
        tuple(sorted(corrections, key=by("contestant", "indicator", "period", "recorded_at"))),
        tuple(sorted(given_scores, key=by("contestant", "node", "period", "recorded_at"))),
        tuple(sorted(waivers, key=by("finding", "recorded_at"))),
        tuple(sorted(draw(st.lists(received, max_size=2)), key=lambda r: (r.contestant, r.published, repr(r)))),
    )


def canonical_text(digits: int, places: int) -> str:
    text = f"{digits / 10**places:.{places}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in {"-0", ""} else text


@st.composite
def work(
    draw: st.DrawFn,
    zones: list[str],
    stages: list[str],
    periods: st.SearchStrategy[Period],
    stage_table: tuple[tuple[str, Text, float], ...],
) -> Projects:
    there = draw(st.lists(codes, max_size=2, unique=True))
    projects = [
        Project(
            c,
            draw(titles),
            draw(st.sampled_from(zones)),
            draw(words),
            draw(units),
            draw(st.none() | sizes),
            draw(sizes),
            draw(orders),
        )
        for c in there
    ]
    if not there:
        return Projects(stages=stage_table)
    milestones = draw(
        st.lists(
            st.builds(Milestone, st.sampled_from(there), codes, titles, days, st.none() | days, sizes, instants, words),
            max_size=3,
            unique_by=by("project", "code"),
        )
    )
    readings = draw(
        st.lists(
            st.builds(
                ProjectReading,
                st.sampled_from(there),
                periods,
                maybe,
                maybe,
                some(stages),
                maybe,
                st.sampled_from(STATES),
                st.integers(1, 3),
                instants,
            ),
            max_size=3,
            unique_by=by("project", "period", "revision"),
        )
    )
    return Projects(
        tuple(sorted(projects, key=by("order", "code"))),
        tuple(sorted(milestones, key=by("project", "due", "code"))),
        tuple(sorted(readings, key=by("project", "period", "revision"))),
        stage_table,
    )


@st.composite
def past(draw: st.DrawFn, periods: st.SearchStrategy[Period]) -> History:
    cells = st.builds(
        CellThen,
        st.sampled_from(["green", "yellow", "red", "none"]),
        st.sampled_from(["", "12.5", "-3"]),
        maybe,
        maybe,
        numbers,
        numbers,
    )
    ranks = st.builds(RankThen, st.integers(1, 99), numbers)
    published = draw(
        st.lists(
            st.builds(
                Published,
                periods,
                instants,
                days,
                st.integers(0, 99),
                st.integers(1, 3),
                st.sampled_from(["", "ab12"]),
                st.sampled_from(["", "cd34"]),
                st.dictionaries(st.tuples(codes, codes), cells, max_size=2),
                st.dictionaries(
                    st.tuples(st.sampled_from(["overall", "race:a"]), st.sampled_from(["level", "progress"]), codes),
                    ranks,
                    max_size=2,
                ),
            ),
            max_size=3,
            unique_by=by("period", "version"),
        )
    )
    return History(tuple(sorted(published, key=by("period", "version"))))


def rows_of(table: ReadingTable) -> list[Reading]:
    return sorted((table.row(n) for n in range(len(table))), key=repr)


def assert_same(one: Bundle, other: Bundle) -> None:
    for field in dataclasses.fields(Season):
        assert getattr(one.season, field.name) == getattr(other.season, field.name)
    assert rows_of(one.readings.table) == rows_of(other.readings.table)
    assert one.readings.periods == other.readings.periods
    assert dataclasses.replace(one.readings, table=other.readings.table) == other.readings
    assert one.projects == other.projects
    assert one.history == other.history
    assert digest.spec_digest(one.season) == digest.spec_digest(other.season)
    assert digest.history_digest(one.history) == digest.history_digest(other.history)


@contextmanager
def some_place() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp())
    try:
        yield path
    finally:
        shutil.rmtree(path)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), phases=NO_SHRINKING)
@given(bundles())
def test_any_season_survives_the_folder_and_the_workbook(bundle: Bundle) -> None:
    with some_place() as place:
        write_folder(bundle, place / "season")
        from_folder = load_season(place / "season")
        write_workbook(from_folder, place / "season.xlsx")
        from_book = load_season(place / "season.xlsx")

    assert_same(bundle, from_folder)
    assert_same(bundle, from_book)
    assert folder_files(bundle) == folder_files(from_folder) == folder_files(from_book)
    assert workbook_bytes(bundle) == workbook_bytes(from_folder)


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_a_record_of_a_bulletin_reads_back_as_it_was(data: st.DataObject) -> None:
    history = data.draw(past(st.integers(0, 30).map(Period.of("month", 2026).next)))

    files = {published_name(p): published_csv(p) for p in history.published}

    assert read_history(files, "month") == history


@pytest.mark.parametrize("name", examples.names())
def test_the_examples_survive_the_folder_and_the_workbook(name: str, tmp_path: Path) -> None:
    bundle = load_season(name)

    write_folder(bundle, tmp_path / "season")
    write_workbook(bundle, tmp_path / "season.xlsx")

    assert_same(bundle, load_season(tmp_path / "season"))
    assert_same(bundle, load_season(tmp_path / "season.xlsx"))


def test_a_package_is_read_like_the_season_in_it(folder: Path, tmp_path: Path) -> None:
    package = tmp_path / "package"
    shutil.copytree(folder, package / "season")
    (package / "manifest.json").write_text("{}")
    with zipfile.ZipFile(tmp_path / "april.saima.zip", "w") as archive:
        archive.writestr("manifest.json", "{}")
        for path in sorted(folder.iterdir()):
            archive.write(path, f"season/{path.name}")

    plain = load_season(folder)

    assert_same(plain, load_season(package))
    assert_same(plain, load_season(tmp_path / "april.saima.zip"))
    assert_same(plain, load_season(str(tmp_path / "april.saima.zip")))


def test_order_of_rows_and_columns_and_line_ends_make_no_difference(folder: Path) -> None:
    before = folder_files(load_season(folder))
    shuffle = random.Random(7).shuffle
    for path in folder.glob("*.csv"):
        head, *rows = (line.split(",") for line in path.read_text("utf-8-sig").splitlines())
        shuffle(rows)
        columns = list(range(len(head)))
        shuffle(columns)
        lines = [",".join(row[n] for n in columns) for row in (head, *rows)]
        path.write_bytes("\r\n".join(["\ufeff" + lines[0], *lines[1:], ""]).encode())

    assert folder_files(load_season(folder)) == before


@pytest.mark.parametrize("name", ["C", "C.UTF-8", "de_DE.UTF-8", "tr_TR.UTF-8"])
def test_the_locale_makes_no_difference(folder: Path, name: str) -> None:
    before = folder_files(load_season(folder))
    was = locale.setlocale(locale.LC_ALL)
    try:
        locale.setlocale(locale.LC_ALL, name)
    except locale.Error:
        pytest.skip(f"this machine has no locale {name}")

    try:
        after = folder_files(load_season(folder))
    finally:
        locale.setlocale(locale.LC_ALL, was)

    assert after == before


def test_instants_count_by_the_instant_and_not_by_the_offset(folder: Path) -> None:
    before = folder_files(load_season(folder))
    path = folder / "readings.csv"
    path.write_text(path.read_text("utf-8").replace("T09:00:00+08:00", "T01:00:00Z"), "utf-8")

    assert folder_files(load_season(folder)) == before


def test_numbers_are_one_value_however_they_are_written(folder: Path) -> None:
    (folder / "readings.csv").write_text(
        "contestant,indicator,period,value\n"
        "east,firms,2026-01,1\neast,firms,2026-02,1.0\neast,firms,2026-03,1e0\neast,firms,2026-04,+01.\n"
        "west,firms,2026-01,-0.50\nwest,firms,2026-02,.5\nwest,firms,2026-03,-0\nwest,firms,2026-04,123456789012345\n"
    )

    table = load_season(folder).readings.table

    assert table.text == ("1", "1", "1", "1", "-0.5", "0.5", "0", "123456789012345")
    assert table.value.tolist() == [float(t) for t in table.text]


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(numbers, min_size=1, max_size=50))
def test_values_in_bulk_are_the_floats_python_reads(values: list[float]) -> None:
    texts = [repr(v) for v in values]

    assert pl.Series(texts).cast(pl.Float64).to_list() == [float(t) for t in texts]


def test_equal_seasons_give_equal_bytes_at_any_hour(folder: Path) -> None:
    bundle = load_season(folder)

    first, second = workbook_bytes(bundle), workbook_bytes(load_season(folder))

    assert first == second
    assert b"2000-01-01" in zipped(first, "docProps/core.xml")


def zipped(content: bytes, name: str) -> bytes:
    with some_place() as place:
        (place / "book.xlsx").write_bytes(content)
        with zipfile.ZipFile(place / "book.xlsx") as archive:
            return archive.read(name)


def test_notes_stay_with_their_rows(folder: Path) -> None:
    (folder / "readings.csv").write_text(
        "contestant,indicator,period,value,note,evidence\neast,firms,2026-01,1,,a\n"
        'east,firms,2026-02,2,"=1+1, ""x""",\n'
    )

    table = load_season(folder).readings.table

    assert dict(table.note) == {1: '=1+1, "x"'}
    assert dict(table.evidence) == {0: "a"}
    assert table.state.dtype == np.int8


def test_instants_are_kept_to_the_second(folder: Path) -> None:
    bundle = load_season(folder)

    recorded = {bundle.readings.table.row(n).recorded_at for n in range(len(bundle.readings.table))}

    assert datetime(2026, 2, 5, 1, tzinfo=UTC) in recorded
    assert all(at - datetime(2026, 1, 1, tzinfo=UTC) > timedelta(0) for at in recorded)
