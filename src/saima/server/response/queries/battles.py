"""Reads actions and battles: how far they are, what is overdue, their months, whose turn a step is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db.models import Prefetch, QuerySet

from saima.engine.model.periods import Period
from saima.engine.race.campaigns import CampaignStep as EngineStep
from saima.engine.race.campaigns import light_now, month_light
from saima.server.accounts.rules import Held, held_by, may
from saima.server.kit import clock
from saima.server.race.models import Season
from saima.server.response.models import Campaign, CampaignLight, CampaignStep, Progress, ProgressFile
from saima.server.response.models.actions import LIVING, TURNS, Turn
from saima.server.response.queries.circle import named
from saima.server.response.rules import RULES
from saima.words import Text

SOON: Final = 14  # days before a due day from which a step is marked


@dataclass(frozen=True, slots=True)
class Month:
    """One issued month: its light then and now."""

    period: Period
    issued: str
    now: str
    due: int
    done: int


@dataclass(frozen=True, slots=True)
class StepRow:
    step: CampaignStep
    campaign: Campaign
    unit: Text
    late: int  # days past its due day while not reported
    left: int

    @property
    def column(self) -> str:
        """Where it stands on the board."""
        return "overdue" if self.late else str(self.step.state)

    @property
    def tone(self) -> str:
        if self.late:
            return "red"
        return {"confirmed": "green", "reported": "amber", "moving": "blue"}.get(str(self.step.state), "grey")


@dataclass(frozen=True, slots=True)
class Row:
    """A campaign with all that lists and pages say of it."""

    campaign: Campaign
    lead: Text
    responsible: Text
    supervising: Text | None  # None: the bureau
    steps: Sequence[StepRow]
    months: Sequence[Month]

    @property
    def counted(self) -> Sequence[StepRow]:
        return [s for s in self.steps if s.step.state != CampaignStep.State.DROPPED]

    @property
    def confirmed(self) -> int:
        return sum(s.step.state == CampaignStep.State.CONFIRMED for s in self.steps)

    @property
    def overdue(self) -> Sequence[StepRow]:
        return [s for s in self.steps if s.late]

    @property
    def next(self) -> StepRow | None:
        """The first step that is still to come."""
        return next((s for s in self.steps if s.step.state in ("planned", "moving") and not s.late), None)

    @property
    def tone(self) -> str:
        if self.campaign.state == Campaign.State.ENDED:
            return "grey"
        return "red" if self.overdue else "green" if self.steps else "grey"


def campaigns_of(season: Season) -> QuerySet[Campaign]:
    """Running ones first, as they end."""
    return Campaign.objects.filter(season=season).order_by("-state", "ends", "id")


def rows_of(campaigns: QuerySet[Campaign], season: Season) -> list[Row]:
    """Four queries however many campaigns and steps."""
    steps = CampaignStep.objects.select_related("unit").order_by("due", "number")
    lights = CampaignLight.objects.order_by("period")
    related = ("lead", "responsible", "supervising", "season")
    found = list(
        campaigns.select_related(*related).prefetch_related(Prefetch("steps", steps), Prefetch("lights", lights))
    )
    places = [p for c in found for p in (c.lead, c.responsible, c.supervising, *(s.unit for s in c.steps.all()))]
    titles = named(places)
    today = clock.today(season.time_zone)
    return [_row(c, titles, today) for c in found]


def row_of(campaign: Campaign) -> Row:
    return rows_of(Campaign.objects.filter(pk=campaign.pk), campaign.season)[0]


def _row(c: Campaign, titles: Mapping[int, Text], today: date) -> Row:
    running = c.state == Campaign.State.RUNNING
    steps = [_step(s, c, titles, today, running=running) for s in c.steps.all()]
    done = {str(s.number) for s in c.steps.all() if s.state == CampaignStep.State.CONFIRMED}
    months = [
        Month(Period.parse(m.period), m.colour, light_now(_colour(m.colour), m.missing.split(), done), m.due, m.done)
        for m in c.lights.all()
    ]
    supervising = titles[c.supervising_id] if c.supervising_id else None
    return Row(c, titles[c.lead_id], titles[c.responsible_id], supervising, steps, months)


def _colour(text: str) -> Any:
    return text


def _step(s: CampaignStep, c: Campaign, titles: Mapping[int, Text], today: date, *, running: bool) -> StepRow:
    moving = running and s.state in (CampaignStep.State.PLANNED, CampaignStep.State.MOVING)
    late = max(0, (today - s.due).days) if moving else 0
    return StepRow(s, c, titles[s.unit_id], late, (s.due - today).days)


def engine_steps(steps: Sequence[CampaignStep]) -> list[EngineStep]:
    """What counts of the steps: dropped ones do not, and only what is confirmed is done."""
    return [
        EngineStep(str(s.number), s.due, s.done_on if s.state == CampaignStep.State.CONFIRMED else None)
        for s in steps
        if s.state != CampaignStep.State.DROPPED
    ]


def so_far(row: Row) -> str:
    """What the month at hand would be issued if it ended today."""
    today = clock.today(row.campaign.season.time_zone)
    return month_light(engine_steps([s.step for s in row.steps]), today).colour


def months_to_issue(season: Season) -> list[Period]:
    """Months that have ended, since the first campaign began, in which a running campaign has no light; ascending."""
    today = clock.today(season.time_zone)
    wanted = set()
    running = Campaign.objects.filter(season=season, state=Campaign.State.RUNNING).prefetch_related("lights")
    for c in running:
        issued = {m.period for m in c.lights.all()}
        month = Period.of("month", c.starts.year, c.starts.month)
        while month.last_day < today and month.last_day <= Period.of("month", c.ends.year, c.ends.month).last_day:
            if str(month) not in issued:
                wanted.add(month)
            month = month.next()
    return sorted(wanted)


@dataclass(frozen=True, slots=True)
class Said:
    progress: Progress
    files: Sequence[ProgressFile]
    tone: str


def said_of(campaign: Campaign) -> list[Said]:
    """The log of a campaign, newest first; two queries."""
    found = campaign.progress.select_related("by", "step").prefetch_related("files").order_by("-id")
    tones = {"confirm": "good", "report": "good", "send_back": "warn", "move_due": "warn", "drop": "warn"}
    return [Said(p, list(p.files.all()), tones.get(p.kind, "")) for p in found]


def files_of(season: Season) -> QuerySet[ProgressFile]:
    return ProgressFile.objects.filter(progress__campaign__season=season).select_related("blob")


@dataclass(frozen=True, slots=True)
class Open:
    """A turn somebody may take now."""

    name: str
    turn: Turn
    on_behalf: bool


def may_turn(held: Held, name: str, step: CampaignStep, campaign: Campaign) -> Open | None:
    """Whether a turn is this person's, leaving the state aside; on whose behalf."""
    turn = TURNS[name]
    bureau = may(RULES["campaign.make"], held)
    units = {step.unit_id, campaign.responsible_id}
    if turn.whose == "bureau" or (turn.whose == "supervisor" and campaign.supervising_id is None):
        return Open(name, turn, on_behalf=False) if bureau else None
    if turn.whose == "supervisor":
        units = {campaign.supervising_id or 0}
    elif turn.whose == "side":
        units |= {campaign.lead_id, campaign.supervising_id or 0}
    own = any(may(RULES["campaign.act"], held, place=p) for p in units & held.places)
    if own:
        return Open(name, turn, on_behalf=False)
    return Open(name, turn, on_behalf=turn.whose != "side") if bureau else None


def turns_open(person: Any, step: CampaignStep, campaign: Campaign) -> list[Open]:
    if campaign.state != Campaign.State.RUNNING or step.state not in LIVING:
        return []
    held = held_by(person, season=campaign.season.key)
    state = CampaignStep.State(step.state)
    return [f for name, turn in TURNS.items() if state in turn.of and (f := may_turn(held, name, step, campaign))]
