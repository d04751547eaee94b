"""What opening a period would make: by whom each indicator is reported, and how many figures each place owes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from saima.engine.model.periods import Period
from saima.engine.model.season import Indicator
from saima.engine.model.season import Season as EngineSeason
from saima.server.race.models import Report, Season
from saima.server.race.queries.asked import Reporter, asked, office_key, reporters_of
from saima.server.race.queries.deadlines import Deadline, deadline
from saima.words import Text


@dataclass(frozen=True, slots=True)
class Owing:
    """A place and the number of figures asked of it; ``there`` when its report is open already."""

    title: Text
    office: bool
    figures: int
    there: bool


@dataclass(frozen=True, slots=True)
class Preview:
    period: Period
    deadline: Deadline
    places: Sequence[Owing]
    owned: Sequence[tuple[Indicator, Reporter]]  # due indicators an office could report, and who does
    not_due: Sequence[Text]
    fed: Sequence[Text]  # due, and given by a feed: nobody is asked


def preview_of(
    season: Season, spec: EngineSeason, period: Period, chosen: Mapping[str, Reporter] | None = None
) -> Preview:
    reporters: dict[str, Reporter] = {**reporters_of(season, spec, period), **(chosen or {})}
    owing: dict[str, int] = {}
    for one in asked(spec, period, reporters):
        owing[one.place] = owing.get(one.place, 0) + 1
    there = set(Report.objects.filter(season=season, period=str(period)).values_list("place__key", flat=True))
    offices = {office_key(i): Text(i.owner, i.owner) for i in spec.indicators if i.owner}
    return Preview(
        period=period,
        deadline=deadline(season, period),
        places=[
            Owing(
                spec.contestant[key].title if key in spec.contestant else offices[key], key in offices, n, key in there
            )
            for key, n in sorted(owing.items(), key=lambda one: one[0] in offices)
        ],
        owned=[(i, reporters[i.code]) for i in spec.indicators if i.owner and not i.feed and i.is_due(period)],
        not_due=[i.title for i in spec.indicators if not i.is_due(period)],
        fed=[i.title for i in spec.indicators if i.feed and i.is_due(period)],
    )
