"""``saima evaluate SEASON``: the standings of one period, as tables or as JSON."""

from saima.cli.grammar import Given
from saima.cli.output import Output
from saima.cli.question import as_of, evaluated, seed_asked
from saima.cli.terminal import drawn
from saima.engine.model.evaluation_json import dumps
from saima.files import load_season
from saima.press import print_evaluation


def run(given: Given, out: Output) -> int:
    seed = seed_asked(given)
    bundle = load_season(given.text("season"))
    question = as_of(bundle, given.maybe("period"), given.maybe("known_at"))
    evaluation = evaluated(bundle, question, seed)
    if given.has("json"):
        out.write(dumps(evaluation))
        return 0
    out.write(drawn(lambda console: print_evaluation(evaluation, out.lang, console)))
    return 0
