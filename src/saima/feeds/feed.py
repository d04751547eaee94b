"""One source of numbers: what it says of itself, how it is asked, and what is taken from its answer."""

from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

from saima.engine.errors import Problem, ReadingsRefused
from saima.engine.model.decimals import canonical
from saima.engine.model.inputs import Reading
from saima.engine.model.periods import Period
from saima.engine.model.season import Indicator
from saima.words import Text


@runtime_checkable
class Feed(Protocol):
    """A register, a programme or a table that can be asked for figures.

    ``name`` is dotted and lasting (``registers.high_tech``); ``version`` changes when the same question could get
    another answer for another reason than new data; ``parameters`` are the names a question may carry.
    """

    @property
    def name(self) -> str: ...

    @property
    def version(self) -> str: ...

    @property
    def title(self) -> Text: ...

    @property
    def parameters(self) -> tuple[str, ...]: ...

    def figures(
        self, *, contestants: Sequence[str], period: Period, parameters: Mapping[str, str]
    ) -> Mapping[str, tuple[str, str]]:
        """Contestant code -> (decimal text, evidence) at the end of ``period``; who has no figure is left out."""
        ...


def read(
    feed: Feed, *, indicator: Indicator, contestants: Sequence[str], period: Period, parameters: Mapping[str, str]
) -> tuple[Reading, ...]:
    """Ask a feed and take its answer as verified readings of one indicator, by contestant code.

    Raises
    ------
    ReadingsRefused
        ``feed.unknown_parameter``, ``feed.unknown_contestant``, ``feed.no_number``: names the feed and what it said.
    """
    for name in sorted(set(parameters) - set(feed.parameters)):
        allowed = tuple(sorted(feed.parameters)) or ("-",)
        raise ReadingsRefused(
            Problem("feed.unknown_parameter", {"feed": feed.name, "parameter": name, "allowed": allowed})
        )
    answer = feed.figures(contestants=tuple(contestants), period=period, parameters=parameters)
    found = []
    for code in sorted(answer):
        value, evidence = answer[code]
        text = canonical(value)
        if code not in contestants:
            raise ReadingsRefused(Problem("feed.unknown_contestant", {"feed": feed.name, "code": code}))
        if text is None:
            raise ReadingsRefused(
                Problem("feed.no_number", {"feed": feed.name, "code": code, "period": str(period), "value": value})
            )
        found.append(Reading(code, indicator.code, period, text, origin="feed", evidence=evidence))
    return tuple(found)
