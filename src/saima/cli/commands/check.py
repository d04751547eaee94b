"""``saima check SEASON``: whether it holds together, what is there, and which figures look wrong."""

from saima.cli.grammar import Given
from saima.cli.output import Output
from saima.cli.question import as_of, evaluated, filled
from saima.engine.errors import SeasonRefused
from saima.engine.race import check_season
from saima.files import load_season
from saima.words import say


def run(given: Given, out: Output) -> int:
    bundle = load_season(given.text("season"))
    season = bundle.season
    if problems := check_season(season):
        raise SeasonRefused(problems)
    asked = bool(filled(bundle)) or given.maybe("period") is not None
    evaluation = evaluated(bundle, as_of(bundle, given.maybe("period"), None)) if asked else None
    out.say(
        "cli.check.holds",
        season=season.title,
        contestants=str(len(season.contestants)),
        indicators=str(len(season.indicators)),
        readings=str(len(bundle.readings.table)),
        projects=str(len(bundle.projects.projects)),
    )
    if evaluation is None:
        out.say("cli.check.no_readings", first=season.window.first, last=season.window.last)
        return 0
    open_findings = [f for f in evaluation.findings if not f.waived]
    if not open_findings:
        out.say("cli.check.no_findings", period=evaluation.period)
        return 0
    out.say("cli.check.findings", period=evaluation.period, count=str(len(open_findings)))
    for finding in open_findings:
        sentence = say(finding.code, out.lang, **finding.params)
        out.say(f"cli.check.{finding.severity}", sentence=sentence, key=finding.key)
    return 0
