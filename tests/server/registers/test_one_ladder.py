"""A firm's page and the ladder say the same of it: where it stands, who is near, by which version of which rule."""

from datetime import date

import pytest

from saima.presets import ladder
from saima.server.registers.actions.rulebook import draft_begin, draft_save, rule_publish
from saima.server.registers.models import BookRule, Enterprise
from saima.server.registers.queries.ladder import board_of
from saima.server.registers.queries.ladder_near import near_misses
from saima.server.registers.queries.rulebook import newest_save
from saima.server.registers.queries.rungs import ladder_of

pytestmark = pytest.mark.django_db
JUNE = date(2026, 6, 2)
LEVELS = ["", *(rung.status for rung in ladder())]


def on_page(firm):
    """Rung stood on, and by rung what the rule said and which version of which rule it was."""
    found = ladder_of(firm, JUNE)
    said = {r.status: (r.verdict.state, r.version.rule.key, r.version.number) for r in found.rungs if r.version}
    return (found.stands_on.status if found.stands_on else ""), said


def on_ladder():
    """The same of every firm the ladder names: of those without a status, by rung and kind."""
    stands = {one.firm: LEVELS[one.now] for one in board_of(JUNE).people if one.now >= 0}
    near = [n for n in near_misses(JUNE) if n.version is not None]
    kinds = (("not_eligible", "near"), ("eligible", "reach"), ("not_evaluable", "unfilled"))
    said = {
        (firm, n.rung.status): (state, n.version.rule.key, n.version.number)
        for n in near
        for state, kind in kinds
        for firm in getattr(n, kind)
    }
    return stands, said


def published(key, by, second, change):
    draft = draft_begin(rule=BookRule.objects.get(key=key), by=by)
    last = newest_save(draft)
    draft_save(draft=draft, text=change(last.text), seen=last.number, by=by)
    rule_publish(draft=draft, seen=newest_save(draft).digest, since=date(2026, 1, 1), reason="Trial", by=second)


def test_a_firm_and_the_ladder_are_judged_by_one_rule(demo, person):
    stands, said = on_ladder()
    rows = Enterprise.objects.filter(listed=True, closed=None).order_by("uscc")
    firms = list(rows.values_list("id", flat=True))[::9]
    pages = {firm: on_page(firm) for firm in firms}

    assert len({rung for rung, _ in pages.values()}) > 3
    assert {f: rung for f, (rung, _) in pages.items()} == {f: stands.get(f, "") for f in firms}
    both = [(f, rung) for f, (_, judged) in pages.items() for rung in judged if (f, rung) in said]
    assert len(both) > 30
    assert [pages[f][1][rung] for f, rung in both] == [said[f, rung] for f, rung in both]


def test_what_is_not_in_force_judges_nobody_and_the_next_version_judges_both(demo, person):
    firm = Enterprise.objects.filter(listed=True, closed=None).order_by("uscc").first().pk
    _rung, before = on_page(firm)
    published(
        "tech-sme",
        person("steward"),
        person("steward2"),
        lambda text: text.replace("[rule]", "# The same, published again\n[rule]").replace(
            'title = { en = "', 'title = { en = "Again: ', 1
        ),
    )
    _rung, after = on_page(firm)
    near = {n.rung.status: n.version.number for n in near_misses(JUNE) if n.version}

    assert set(before) == {"tech-sme", "high-tech-enterprise", "gazelle"}  # the book of the demonstration, no preset
    assert (before["tech-sme"][2], after["tech-sme"][2], near["tech-sme"]) == (1, 2, 2)
    assert {k: v for k, v in after.items() if k != "tech-sme"} == {k: v for k, v in before.items() if k != "tech-sme"}
