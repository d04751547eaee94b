"""Begins the next season as a draft: definitions carried over, targets as proposed or as a person changed them."""

from collections.abc import Mapping

from django.db import transaction

from saima.engine.errors import Problem, QuestionRefused
from saima.engine.model.decimals import canonical, canonical_float
from saima.engine.race.targets import Proposal
from saima.server.accounts.models import Person
from saima.server.kit import audit
from saima.server.race.actions.drafts import draft_change
from saima.server.race.actions.seasons import season_begin
from saima.server.race.models import Season
from saima.server.race.queries.setup import setup_of
from saima.server.race.queries.setup_carry import carried
from saima.server.race.queries.setup_plain import Edit, plain_of
from saima.server.response.queries.next_season import targets_proposed
from saima.words import Text


def season_next(
    *, season: Season, code: str, title: Text, years: int, typed: Mapping[tuple[str, str], str], by: Person
) -> Season:
    """A draft of the next season. Nothing of it is published: it is proposed and released like any draft.

    Parameters
    ----------
    typed : targets by contestant and indicator as a person left them; what is absent is taken as proposed, an empty
        one is left without a target.

    Raises
    ------
    QuestionRefused, SeasonRefused
        ``setup.title_needed``, ``next.years``, ``plan.not_a_number``; as ``carried`` and ``season_begin``.
    """
    if not title:
        raise QuestionRefused(Problem("setup.title_needed"))
    if not 1 <= years <= 20:
        raise QuestionRefused(Problem("next.years", {"years": years}))
    _, spec, found = targets_proposed(season)  # asks the engine; outside the transaction
    files = carried(setup_of(season, with_draft=False).files, code=code, title=title, years=years)
    there = {row["code"] for row in plain_of(files).rows("contestants")}
    edits, accepted = [], 0
    for p in found:
        if p.contestant not in there or p.proposed is None:
            continue
        text = typed.get((p.contestant, p.indicator))
        proposed = canonical_float(p.proposed)
        target = proposed if text is None else _number(text)
        accepted += target == proposed
        if not target:
            continue
        cells = {"target": target, "note": note_of(p)}
        old = spec.target.get((p.contestant, p.indicator))
        if p.baseline is not None and old is not None and old.baseline is not None:
            cells["baseline"] = canonical_float(p.baseline)
        edits.append(Edit("targets", (p.contestant, p.indicator), cells))
    with transaction.atomic():
        begun = season_begin(files=files, by=by, source=season.key, like=season)
        if edits:
            draft = begun.draft
            draft_change(season=begun, seen=str(draft.row_version), edits=edits, by=by)
        audit.record(
            by=by,
            action="season.next",
            object_type="season",
            object_key=begun.key,
            source=season.key,
            targets=len(edits),
            accepted=accepted,
        )
    return begun


def _number(text: str) -> str:
    plain = text.replace(",", "").replace("，", "").strip()
    found = canonical(plain) if plain else ""
    if found is None:
        raise QuestionRefused(Problem("plan.not_a_number", {"text": text[:40]}))
    return found


def note_of(p: Proposal) -> str:
    """The numbers a target was proposed from, in signs both languages read."""
    years = ", ".join(f"{y.year}{'≈' if y.expected else '='}{canonical_float(round(y.value, 6))}" for y in p.years)
    old = f"; ◎{canonical_float(p.old)}" if p.old is not None else ""
    return f"{years}{old} → {canonical_float(p.proposed or 0.0)}"
