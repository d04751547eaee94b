"""Puts a figure right after it was decided to be wrong: a revision of its own, beside all that came before."""

from django.db import transaction

from saima.engine.errors import Problem, QuestionRefused
from saima.engine.model.decimals import canonical
from saima.engine.model.periods import Period
from saima.server.accounts.models import Person
from saima.server.kit import audit
from saima.server.race.models import Reading, Season


@transaction.atomic
def reading_correct(
    *,
    season: Season,
    contestant: str,
    indicator: str,
    period: Period,
    value: str,
    reason: str,
    source: str,
    by: Person | None,
) -> Reading:
    """A verified revision with another value. What is released of the period stays; an erratum is a bulletin's work.

    Raises
    ------
    QuestionRefused
        ``verify.no_number``; ``verify.same_figure``: it says so already.
    """
    text = canonical(value.replace(",", "").replace("\N{FULLWIDTH COMMA}", ""))
    if text is None:
        raise QuestionRefused(Problem("verify.no_number", {"text": value}))
    Season.objects.select_for_update().get(pk=season.pk)
    here = Reading.objects.filter(season=season, contestant=contestant, indicator=indicator, period=str(period))
    last = here.order_by("-revision").first()
    if last is not None and (last.value, last.state) == (text, "verified"):
        raise QuestionRefused(Problem("verify.same_figure", {"value": text}))
    made = Reading.objects.create(
        season=season,
        contestant=contestant,
        indicator=indicator,
        period=str(period),
        revision=last.revision + 1 if last is not None else 1,
        value=text,
        state="verified",
        origin="correction",
        note=last.note if last is not None else "",
        evidence=last.evidence if last is not None else "",
        submission=last.submission if last is not None else None,
        reason=reason,
        source=source,
        by=by,
    )
    audit.record(
        by=by,
        action="reading.corrected",
        object_type="season",
        object_key=season.key,
        contestant=contestant,
        indicator=indicator,
        period=str(period),
        revision=made.revision,
        before=last.value if last is not None else "",
        value=text,
        reason=reason,
        source=source,
    )
    return made
