"""Takes in what a released bulletin fixed; later months build on it. Bulletins tell, race never asks upward."""

from saima.engine.errors import Problem, QuestionRefused
from saima.engine.model.history import Published
from saima.files import published_csv, published_name
from saima.server.accounts.models import Person
from saima.server.race.models import History, Season


def record_publish(*, season: Season, record: Published, by: Person | None) -> History:
    """Keep the record of a release, inside the transaction of that release. The same record again changes nothing.

    Raises
    ------
    QuestionRefused
        ``publish.other_record``: this version of the period is on record with other content.
    """
    content = published_csv(record).decode()
    found, _made = History.objects.get_or_create(
        season=season,
        period=str(record.period),
        version=record.version,
        defaults={"name": published_name(record), "content": content, "by": by},
    )
    if found.content != content:
        params: dict[str, object] = {"period": str(record.period), "version": record.version}
        raise QuestionRefused(Problem("publish.other_record", params))
    return found
