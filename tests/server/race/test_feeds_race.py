"""A feed's figures in the race: asked when a period is frozen, kept with their rows, never in place of what was."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

import pytest
from released import released
from small_race import readings
from small_race import season as small

from saima.engine.errors import Problem, ReadingsRefused, SeasonRefused
from saima.engine.model.inputs import Reading as Reported
from saima.engine.model.inputs import Readings, ReadingTable
from saima.engine.model.periods import Period
from saima.feeds import Parameter, Row, figure_of, offering
from saima.files import Bundle
from saima.server.accounts.actions import role_give
from saima.server.accounts.enums import Role
from saima.server.kit import blobs, clock
from saima.server.kit.models import Audit
from saima.server.places.models import Place
from saima.server.race.actions.cuts import cut_freeze
from saima.server.race.actions.drafts import draft_change
from saima.server.race.actions.feeds import feeds_read
from saima.server.race.actions.reports import Entry, cell_save, report_open_period
from saima.server.race.actions.seasons import season_import, season_publish
from saima.server.race.jobs import read_feeds
from saima.server.race.models import CellMessage, CutRows, FeedAnswer, Reading, Report, ReportCell, Season, SeasonDraft
from saima.server.race.queries.cuts import evaluation_of, newest_evaluated
from saima.server.race.queries.setup_plain import Edit
from saima.words import Text

pytestmark = pytest.mark.django_db
FEBRUARY, MARCH = Period.parse("2026-02"), Period.parse("2026-03")


@dataclass
class Ledger:
    """A register made up for the test: (contestant, firm, since when it holds, since when it is known)."""

    name: str = "trial.firms"
    version: str = "1"
    title: Text = field(default_factory=lambda: Text("Firms of the trial", "试用企业"))
    parameters: tuple = (Parameter("status", Text("Status", "资质")),)
    rows_for: frozenset = frozenset({"steward", "auditor"})
    held: list = field(default_factory=list)
    fault: Exception | None = None

    def figures(self, *, contestants, period, parameters, known_at):
        if self.fault is not None:
            raise self.fault
        rows = {who: [] for who in contestants}
        for who, firm, since, known in self.held:
            if who in rows and since <= period.last_day and known <= known_at:
                rows[who].append(Row(firm, Text(firm.title(), firm), since=since.isoformat(), source="ledger"))
        return {who: figure_of(found, "count") for who, found in rows.items()}


@pytest.fixture
def ledger():
    made = Ledger()
    with offering(made):
        yield made


def on(day):
    return clock.at(datetime.fromisoformat(f"{day}T10:00:00+08:00"))


def put(ledger, who, firm, since, known):
    ledger.held.append((who, firm, date.fromisoformat(since), datetime.fromisoformat(f"{known}T09:00:00+08:00")))


def fed_season():
    """Firms are counted by the ledger; growth was reported for January to March."""
    spec = small()
    firms = replace(spec.indicators[0], feed="trial.firms", feed_parameters=(("status", "gazelle"),))
    growth = [
        Reported(who, "growth", Period.of("month", 2026, m), str(m), recorded_at=datetime(2026, m + 1, 4, tzinfo=UTC))
        for who in ("ash", "elm", "oak")
        for m in (1, 2, 3)
    ]
    data = Readings(ReadingTable.of(growth))
    season_import(bundle=Bundle(replace(spec, indicators=(firms, spec.indicators[1])), data), by=None)
    return Season.objects.get(key="small")


def value(season, who="ash", period=FEBRUARY):
    cells = evaluation_of(newest_evaluated(season, str(period))).by_cell
    return cells[who, "firms"].value


def test_the_next_cut_moves_and_the_released_one_stays(ledger, signed_in, person):
    season = fed_season()
    put(ledger, "ash", "fir", "2026-02-10", "2026-02-20")
    put(ledger, "elm", "pine", "2026-02-11", "2026-02-20")
    put(ledger, "elm", "yew", "2026-03-02", "2026-03-03")  # known, but of March
    with on("2026-03-06"):
        first = cut_freeze(season=season, period=FEBRUARY, by=None)
        same = cut_freeze(season=season, period=FEBRUARY, by=None)
        before = value(season), blobs.get(first.bundle_id), blobs.get(CutRows.objects.get(cut=first).rows_id)
        version = released(season, "2026-02")
    put(ledger, "ash", "oak", "2026-02-20", "2026-03-10")  # came to be known after the release
    with on("2026-03-11"):
        quiet = cut_freeze(season=season, period=FEBRUARY, by=None)  # a released period is not asked by itself
        clerk = signed_in("steward")
        answer = clerk.post("/s/small/cuts/2026-02/feeds/", follow=True).content.decode()
        second = cut_freeze(season=season, period=FEBRUARY, by=None)

    revisions = Reading.objects.filter(season=season, contestant="ash", indicator="firms", period="2026-02")
    assert same == first
    assert before[0] == 1.0
    assert quiet == first
    assert (second.number, value(season)) == (2, 2.0)
    assert version.evaluated.cut_id == first.pk
    assert before[1:] == (blobs.get(first.bundle_id), blobs.get(CutRows.objects.get(cut=first).rows_id))
    assert [(r.value, r.state, r.origin, r.by) for r in revisions.order_by("revision")] == [
        ("1", "verified", "feed", None),
        ("2", "verified", "feed", None),
    ]
    assert "1 figures changed" in answer
    assert "The bulletin of this period is out and stays as it is" in answer
    assert Audit.objects.filter(action="feeds.read").count() == 4  # the release asks too, the quiet cut does not


def test_rows_are_those_of_the_cut_and_seen_by_whom_the_source_names(ledger, signed_in, person):
    season = fed_season()
    put(ledger, "ash", "fir", "2026-02-10", "2026-02-20")
    put(ledger, "elm", "pine", "2026-02-11", "2026-02-20")
    with on("2026-03-06"):
        cut_freeze(season=season, period=FEBRUARY, by=None)
    ledger.held.clear()
    for someone, place in (("crane", "ash"), ("whale", "elm")):
        role_give(person=person(someone), role=Role.REPORTER, by=None, place_id=Place.objects.get(key=place).pk)
    page = "/s/small/rows/ash/firms/"

    seen = {who: signed_in(who).get(page).content.decode() for who in ("steward", "crane", "whale", "leader")}
    csv = {who: signed_in(who).get(f"{page}?form=csv") for who in ("auditor", "crane", "whale", "leader")}
    why = signed_in("steward").get("/s/small/why/ash/firms/").content.decode()

    assert {who: "2026-02-10" in text for who, text in seen.items()} == {
        "steward": True,
        "crane": True,
        "whale": False,
        "leader": False,
    }
    assert {who: answer.status_code for who, answer in csv.items()} == {
        "auditor": 200,
        "crane": 200,
        "whale": 404,
        "leader": 404,
    }
    assert "fir,Fir,1,,2026-02-10,ledger" in csv["auditor"].content.decode()
    assert "1 rows, each counts once: 1" in seen["leader"]
    assert f'href="{page}"' in why
    assert "No register gave this figure" in signed_in("steward").get("/s/small/rows/ash/growth/").content.decode()


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (ReadingsRefused(Problem("feed.needs_parameter", {"feed": "trial.firms", "parameter": "year"})), "needs the"),
        (ZeroDivisionError(), "The feed &#x27;trial.firms&#x27; failed. What it gave before stays."),
    ],
)
def test_a_feed_without_an_answer_is_named_and_holds_up_nothing_else(ledger, signed_in, fault, said):
    season = fed_season()
    put(ledger, "ash", "fir", "2026-02-10", "2026-02-20")
    with on("2026-03-04"):
        feeds_read(season=season, period=FEBRUARY, by=None)
    ledger.fault = fault

    with on("2026-03-06"):
        cut = cut_freeze(season=season, period=FEBRUARY, by=None)
        page = signed_in("steward").get("/s/small/cuts/2026-02/").content.decode()

    assert cut.number == 1
    assert value(season) == 1.0  # what it gave before
    assert said in page


def test_nobody_is_asked_for_what_a_feed_gives_and_nobody_types_over_it(ledger, person, signed_in):
    season = fed_season()
    with on("2026-03-01"):
        reports = report_open_period(season=season, period=MARCH, by=None)

    assert set(ReportCell.objects.filter(report__in=reports).values_list("indicator", flat=True)) == {"growth"}


def test_a_feed_named_in_mid_month_takes_over_reports_that_are_open(ledger, person):
    season_import(bundle=Bundle(small(), readings(until=2)), by=None)
    season, steward = Season.objects.get(key="small"), person("steward")
    with on("2026-04-01"):
        report = next(r for r in report_open_period(season=season, period=MARCH, by=None) if r.place.key == "ash")
        cell_save(report=report, contestant="ash", indicator="firms", entry=Entry("17"), seen=1, by=None)
        cells = {"feed": "trial.firms", "feed_parameters": "status=gazelle"}
        draft_change(
            season=season, seen="v1", edits=[Edit("indicators", ("firms",), cells)], by=steward, code="setup.did_edit"
        )
        draft = SeasonDraft.objects.get(season=season)
        season_publish(season=season, seen=str(draft.row_version), by=steward, reason="The register counts them.")

    left = ReportCell.objects.filter(report__season=season).values_list("indicator", flat=True)
    told = Audit.objects.get(action="report.left_to_feeds", object_key=str(report.pk))
    assert set(left) == {"growth"}
    assert '["ash", "firms", "17", ""]' in told.detail
    assert Report.objects.filter(season=season).count() == 3


def test_a_report_that_asks_for_nothing_any_more_is_gone_unless_somebody_wrote_about_it(ledger, person):
    season_import(bundle=Bundle(small(), readings(until=2)), by=None)
    season, steward = Season.objects.get(key="small"), person("steward")
    with on("2026-04-01"):
        reports = {r.place.key: r for r in report_open_period(season=season, period=MARCH, by=None)}
        ash = reports["ash"]
        CellMessage.objects.create(report=ash, contestant="ash", indicator="firms", kind="question", text="Why?")
        edits = [
            Edit("indicators", (code,), {"feed": "trial.firms", "feed_parameters": "status=gazelle"})
            for code in ("firms", "growth")
        ]
        draft_change(season=season, seen="v1", edits=edits, by=steward, code="setup.did_edit")
        draft = SeasonDraft.objects.get(season=season)
        season_publish(season=season, seen=str(draft.row_version), by=steward, reason="The register counts them.")

    assert len(reports) == 3
    assert [*Report.objects.filter(season=season)] == [ash]


def test_a_season_is_not_published_with_a_feed_nobody_offers(ledger, person):
    season_import(bundle=Bundle(small(), readings(until=2)), by=None)
    season, steward = Season.objects.get(key="small"), person("steward")
    edits = [Edit("indicators", ("firms",), {"feed": "trial.firms", "feed_parameters": "colour=red"})]
    draft_change(season=season, seen="v1", edits=edits, by=steward, code="setup.did_edit")
    seen = str(SeasonDraft.objects.get(season=season).row_version)

    with pytest.raises(SeasonRefused) as refused:
        season_publish(season=season, seen=seen, by=steward, reason="Try.")

    said = "'Firms': The feed 'trial.firms' knows no parameter 'colour'. It knows: status."
    assert said in str(refused.value)


def test_what_a_person_corrected_stands_until_the_register_says_something_new(ledger):
    season = fed_season()
    put(ledger, "ash", "fir", "2026-02-10", "2026-02-20")
    with on("2026-03-04"):
        feeds_read(season=season, period=FEBRUARY, by=None)
        Reading.objects.create(
            season=season,
            contestant="ash",
            indicator="firms",
            period="2026-02",
            revision=2,
            value="5",
            state="verified",
            origin="correction",
            recorded_at=clock.now(),
        )
        feeds_read(season=season, period=FEBRUARY, by=None)
    put(ledger, "ash", "oak", "2026-02-12", "2026-03-05")

    with on("2026-03-06"):
        feeds_read(season=season, period=FEBRUARY, by=None)

    rows = Reading.objects.filter(season=season, contestant="ash", indicator="firms", period="2026-02")
    assert [r.value for r in rows.order_by("revision")] == ["1", "5", "2"]


def test_the_scheduler_asks_once_in_the_day_before_the_deadline(ledger):
    season = fed_season()
    with on("2026-03-01"):
        due = report_open_period(season=season, period=FEBRUARY, by=None)[0].due_at

    said = []
    for hours in (-30, -20, -10, 1):
        with clock.at(due + timedelta(hours=hours)):
            said.append("small 2026-02" in read_feeds())

    assert said == [False, True, False, False]
    assert FeedAnswer.objects.filter(season=season).count() == 1
