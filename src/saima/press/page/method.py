"""How the page says it was made: method notes, digests, and the command that recomputes it."""

from saima.engine.model.season import RELATIVE_RULES
from saima.press.page.html import Child, Html, el
from saima.press.page.view import Section, View
from saima.press.sentences import period_name


def method(view: View) -> Section:
    season = view.season
    notes: list[str] = [
        view.say("press.method.scope", contestants=len(view.order), indicators=len(season.scored)),
        view.say(f"press.method.missing.{season.missing}"),
        view.say(f"press.method.counts.{season.counts}"),
    ]
    if any(c.light != "none" for c in view.evaluation.cells):
        notes.append(view.say("press.method.lights", threshold=view.number(season.light_from, 2)))
    if season.minimum_share > 0:
        notes.append(view.say("press.method.minimum", share=view.percent(season.minimum_share, 0)))
    if view.evaluation.standings:
        relative = view.evaluation.reverses_ranks
        notes.append(view.say("press.method.reverses" if relative else "press.method.fixed"))
        if relative:
            used = {i.score for i in season.scored}
            rules = sorted({r.rule for r in season.score_rules if r.code in used and r.rule in RELATIVE_RULES})
            if rules:
                names = [view.say(f"press.rule.{rule}") for rule in rules]
                notes.append(view.say("press.method.relative_rules", rules=names))
        notes.append(view.say("press.method.ties", decimals=season.decimals))
    if view.evaluation.uncertainty:
        notes.append(
            view.say("press.method.uncertainty", draws=view.number(season.uncertainty.draws),
                     spread=view.percent(season.uncertainty.weight_spread, 0))
        )  # fmt: skip
    if season.source:
        notes.append(view.say("press.method.source", source=season.source))
    return view.section("method", el("ul", [el("li", n) for n in notes], class_="plain-list"), span="half")


def reproduce(view: View) -> Section:
    evaluation = view.evaluation
    known = evaluation.known_at
    facts: list[tuple[str, Child]] = [
        (view.say("press.reproduce.period"), period_name(evaluation.period, view.lang)),
        (view.say("press.reproduce.spec"), _digest(evaluation.spec_digest)),
        (view.say("press.reproduce.data"), _digest(evaluation.data_digest)),
        (view.say("press.reproduce.history"), _digest(evaluation.history_digest)),
        (
            view.say("press.reproduce.known_at"),
            view.say("press.reproduce.everything") if known is None else known.isoformat(),
        ),
        (view.say("press.reproduce.seed"), str(evaluation.seed)),
        (view.say("press.reproduce.engine"), f"saima {evaluation.engine_version}"),
    ]
    listed = el("dl", [el("div", el("dt", label), el("dd", value)) for label, value in facts])
    command = el("pre", el("code", f"saima verify {view.season.code}-{evaluation.period}.saima.zip"), tabindex="0",
                 role="region", aria_label=view.say("press.reproduce.command"))  # fmt: skip
    return view.section(
        "reproduce", el("p", view.say("press.reproduce.lead")), command, listed,
        el("p", view.say("press.reproduce.limits"), class_="hint"), span="half",
    )  # fmt: skip


def _digest(digest: str) -> Html:
    return el("code", digest, class_="digest")
