"""The demonstration's registers give what its parks reported, and from May on what nobody types again."""

from decimal import Decimal

import pytest

from saima.engine.model.periods import Period
from saima.feeds import ask, on_offer
from saima.server.accounts.models import Person
from saima.server.kit import clock
from saima.server.race.actions.cuts import cut_freeze
from saima.server.race.models import FeedAnswer, Reading, ReportCell
from saima.server.race.queries.documents import bundle_of, newest, season_of
from saima.server.site.demo_registers import FED, demo_feeds, demo_large_firms, demo_projects

pytestmark = pytest.mark.django_db


def test_registers_say_what_was_published_and_give_may(demo, signed_in):
    before = set(Reading.objects.filter(season=demo, period__lt="2026-05").values_list("id", flat=True))

    demo_large_firms()
    demo_projects()
    demo_feeds({p.username: p for p in Person.objects.all()})
    cut = cut_freeze(season=demo, period=Period.parse("2026-05"), by=None)

    spec = season_of(newest(demo))
    assert {i.code for i in spec.indicators if i.feed} == set(FED)
    for code in ("labs", "gazelles", "high_tech", "patents", "fund", "rd_spend", "rd_intensity", "added_value"):
        indicator = spec.indicator[code]
        answer = ask(
            on_offer().feed(indicator.feed),
            indicator=indicator,
            contestants=[c.code for c in spec.contestants],
            period=Period.parse("2026-04"),
            parameters=dict(indicator.feed_parameters),
            known_at=clock.now(),
        )
        then = Reading.objects.filter(season=demo, period="2026-04", indicator=code, id__in=before).order_by("id")
        apart = {r.contestant: abs(Decimal(r.value) - Decimal(_of(answer, r.contestant))) for r in then}
        assert len(apart) == 5
        assert max(apart.values()) < Decimal("0.0001"), (code, apart)
    assert not FeedAnswer.objects.exclude(problem="").exists()
    states = {
        (p, r.period.index): (r.planned, r.invested, r.stage, r.mark, r.state)
        for r in bundle_of(demo).projects.readings
        for p in [r.project]
        if r.period.index == 5 and r.revision == 2
    }
    assert len(states) == 12
    assert states["crane-sensor", 5] == (19500.0, 20475.0, "equipping", 92.0, "verified")
    fed = {(c.contestant, c.indicator): c for c in _evaluation(cut).cells if c.indicator in FED}
    assert {c.origin for (_, code), c in fed.items() if code != "high_tech"} == {"feed"}
    assert not ReportCell.objects.filter(report__season=demo, report__submissions=None, indicator__in=FED).exists()
    assert set(Reading.objects.filter(season=demo, period__lt="2026-05").values_list("id", flat=True)) == before
    page = signed_in("steward").get("/s/demo-city/rows/ferry/labs/?period=2026-05").content.decode()
    assert "5 rows, each counts once: 5" in page
    assert "（虚构）" in page


def _of(answer, contestant):
    return next(r.value for r in answer.readings if r.contestant == contestant)


def _evaluation(cut):
    from saima.server.race.actions.cuts import cut_evaluated
    from saima.server.race.queries.cuts import evaluation_of

    return evaluation_of(cut_evaluated(cut=cut))
