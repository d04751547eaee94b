"""The demonstration's rule book: rules that come with Saima, published, an award that is made up and its next draft.

What is made up says so in its title and source.
"""

from datetime import date, datetime
from importlib.resources import files
from typing import Final

from saima.server.accounts.models import Person
from saima.server.kit import clock
from saima.server.registers.actions.ladder import goal_set
from saima.server.registers.actions.rule_edits import param_set
from saima.server.registers.actions.rulebook import draft_begin, rule_begin, rule_begin_text, rule_publish
from saima.server.registers.models import RuleDraft
from saima.server.registers.queries.ladder import board_of
from saima.server.registers.queries.rule_typed import Typed
from saima.server.registers.queries.rulebook import newest_save

PRESETS: Final = ("tech-sme", "high-tech-enterprise", "gazelle-gbt-41464")
AWARD: Final = "demo-rd-award"


def _at(day: str, hour: int = 10) -> datetime:
    return datetime.fromisoformat(f"{day}T{hour:02d}:00:00+08:00")


def demo_rules() -> None:
    """Fill the rule book: written by one of the bureau, published by the other."""
    people = {p.username: p for p in Person.objects.filter(username__in=("steward", "steward2"))}
    text = files(__name__).joinpath(f"{AWARD}.toml").read_text("utf-8")
    drafts = []
    with clock.at(_at("2026-01-12")):
        drafts += [rule_begin(preset=key, by=people["steward"]) for key in PRESETS]
        drafts.append(rule_begin_text(text=text, source="演示文件1号 Demonstration paper 1", by=people["steward"]))
    with clock.at(_at("2026-01-13")):
        for draft in drafts:
            _publish(draft, people["steward2"])
    with clock.at(_at("2026-01-20")):
        goal_set(
            rung="high-tech-enterprise",
            base_year=2024,
            base=board_of(date(2026, 1, 20)).held_on("high-tech-enterprise", date(2024, 12, 31)) or 40,
            times="2",
            years=5,
            source="演示倍增计划（虚构） Doubling plan of the demonstration (fictional)",
            by=people["steward"],
        )
    with clock.at(_at("2026-05-28", 15)):
        _next_award(drafts[-1], people["steward"])


def _publish(draft: RuleDraft, by: Person) -> None:
    rule_publish(
        draft=draft,
        seen=newest_save(draft).digest,
        since=date(2026, 1, 1),
        reason="For the demonstration. 供演示。",
        by=by,
    )


def _next_award(before: RuleDraft, by: Person) -> None:
    """A second paper lowers the share small firms need and lifts the cap, from July on. Nobody has published it yet."""
    draft = draft_begin(rule=before.rule, by=by)
    changes = {
        "floor": [("upto", "5000万", "4 %"), ("upto", "2亿", "3.5 %"), ("", "", "3 %")],
        "cap": [("", "", "150万")],
    }
    for param, rows in changes.items():
        param_set(
            draft=draft,
            param=param,
            start=date(2026, 7, 1),
            typed=Typed(rows),
            source="演示文件2号 Demonstration paper 2",
            reason="Small firms asked for a lower share. 小企业建议降低比例。",
            seen=newest_save(draft).number,
            by=by,
        )
