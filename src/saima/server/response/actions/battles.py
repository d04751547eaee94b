"""Writes actions and battles: drawn up, steps added and taken, progress told, months given their light."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db import transaction
from django.db.models import Max

from saima.engine.errors import Problem, QuestionRefused
from saima.engine.model.periods import Period
from saima.engine.race.campaigns import month_light
from saima.server.accounts.models import Person
from saima.server.accounts.rules import NotAllowed, held_by, require
from saima.server.kit import audit, clock, locks
from saima.server.kit.solo import is_solo
from saima.server.places.models import Place
from saima.server.race.models import Season
from saima.server.response.actions.tickets import Files
from saima.server.response.models import Campaign, CampaignLight, CampaignStep, Progress, ProgressFile
from saima.server.response.models.actions import TURNS
from saima.server.response.queries.battles import engine_steps, may_turn
from saima.server.response.rules import RULES

TITLE_MOST: Final = 200
WORDS_MOST: Final = 4000


@dataclass(frozen=True, slots=True)
class Drawn:
    """A campaign as somebody draws it up. ``supervising`` None: the bureau."""

    kind: str
    title: str
    goal: str
    lead: Place
    responsible: Place
    supervising: Place | None
    starts: date
    ends: date


@dataclass(frozen=True, slots=True)
class Told:
    """What comes with a turn."""

    words: str = ""
    files: Files = ()
    done_on: date | None = None
    due: date | None = None


_NOTHING: Final = Told()


@transaction.atomic
def campaign_draw_up(*, season: Season, drawn: Drawn, by: Person | None) -> Campaign:
    """A new action or battle.

    Raises
    ------
    QuestionRefused
        ``campaign.no_title``, ``campaign.no_goal``, ``campaign.days``, ``campaign.supervises_itself``,
        ``campaign.title_twice``.
    """
    _check(season, drawn, None)
    made = Campaign.objects.create(season=season, by=by, at=clock.now(), **_fields(drawn))
    _told(made, None, "draw_up", by, _NOTHING)
    return made


@transaction.atomic
def campaign_change(*, campaign: Campaign, drawn: Drawn, seen: int, by: Person) -> Campaign:
    """Other words, units or days; as ``campaign_draw_up``, and ``campaign.moved_on``."""
    current = locks.locked(Campaign.objects.select_related("season")).get(pk=campaign.pk)
    _seen(current.row_version, seen)
    _check(current.season, drawn, current)
    before = {name: getattr(current, name) for name in _fields(drawn)}
    changed = {n: v for n, v in _fields(drawn).items() if before[n] != v}
    if not changed:
        return current
    for name, value in changed.items():
        setattr(current, name, value)
    current.row_version += 1
    current.save()
    _told(current, None, "change", by, _NOTHING, before={n: str(before[n]) for n in changed})
    return current


def _fields(drawn: Drawn) -> dict[str, object]:
    return {
        "kind": drawn.kind,
        "title": " ".join(drawn.title.split())[:TITLE_MOST],
        "goal": drawn.goal.strip()[:WORDS_MOST],
        "lead": drawn.lead,
        "responsible": drawn.responsible,
        "supervising": drawn.supervising,
        "starts": drawn.starts,
        "ends": drawn.ends,
    }


def _check(season: Season, drawn: Drawn, own: Campaign | None) -> None:
    title = " ".join(drawn.title.split())[:TITLE_MOST]
    if not title or drawn.kind not in Campaign.Kind.values:
        raise QuestionRefused(Problem("campaign.no_title"))
    if not drawn.goal.strip():
        raise QuestionRefused(Problem("campaign.no_goal"))
    if drawn.ends <= drawn.starts:
        days = {"starts": drawn.starts.isoformat(), "ends": drawn.ends.isoformat()}
        raise QuestionRefused(Problem("campaign.days", days))
    if drawn.supervising is not None and drawn.supervising.pk == drawn.responsible.pk:
        raise QuestionRefused(Problem("campaign.supervises_itself"))
    same = Campaign.objects.filter(season=season, title=title)
    if (same.exclude(pk=own.pk) if own else same).exists():
        raise QuestionRefused(Problem("campaign.title_twice", {"title": title}))


@transaction.atomic
def campaign_step_add(
    *, campaign: Campaign, title: str, due: date, unit: Place | None = None, milestone: bool = True, by: Person | None
) -> CampaignStep:
    """Another step; ``unit`` None: the responsible unit. The same title and day again give the step that is there.

    Raises
    ------
    QuestionRefused
        ``campaign.ended``, ``campaign.no_step_title``, ``campaign.due_outside``.
    """
    current = locks.locked(Campaign.objects.select_related("season")).get(pk=campaign.pk)
    _running(current)
    plain = " ".join(title.split())[:TITLE_MOST]
    if not plain:
        raise QuestionRefused(Problem("campaign.no_step_title"))
    _inside(current, due)
    same = current.steps.filter(title=plain, due=due).exclude(state=CampaignStep.State.DROPPED).first()
    if same is not None:
        return same
    last = current.steps.aggregate(last=Max("number"))["last"] or 0
    kind = CampaignStep.Kind.MILESTONE if milestone else CampaignStep.Kind.TASK
    step = CampaignStep.objects.create(
        campaign=current, number=last + 1, kind=kind, title=plain, unit=unit or current.responsible, due=due
    )
    _told(current, step, "add", by, Told(due=due))
    return step


def _inside(campaign: Campaign, due: date) -> None:
    if not campaign.starts <= due <= campaign.ends:
        days = {"due": due.isoformat(), "starts": campaign.starts.isoformat(), "ends": campaign.ends.isoformat()}
        raise QuestionRefused(Problem("campaign.due_outside", days))


def _running(campaign: Campaign) -> None:
    if campaign.state != Campaign.State.RUNNING:
        raise QuestionRefused(Problem("campaign.ended", {"title": campaign.title}))


def _seen(here: int, seen: int) -> None:
    if here != seen:
        raise QuestionRefused(Problem("campaign.moved_on"))


@transaction.atomic
def campaign_step_turn(*, step: CampaignStep, name: str, seen: int, by: Person, told: Told = _NOTHING) -> CampaignStep:
    """Begin a step, report it done, confirm it, send it back, move its day, drop it, or add a note.

    Raises
    ------
    NotAllowed
        It is somebody else's turn.
    QuestionRefused
        ``campaign.ended``, ``campaign.moved_on``, ``campaign.not_now``, ``campaign.second_person``,
        ``campaign.behalf_words``, ``campaign.turn_words``, ``campaign.needs_proof``, ``campaign.needs_done_on``,
        ``campaign.due_outside``.
    """
    current = locks.locked(CampaignStep.objects.select_related("campaign__season")).get(pk=step.pk)
    campaign = current.campaign
    if name not in TURNS:
        raise QuestionRefused(Problem("campaign.not_now", {"step_state": current.state}))
    opened = may_turn(held_by(by, season=campaign.season.key), name, current, campaign)
    if opened is None:
        raise NotAllowed(Problem("accounts.not_allowed"))
    words = told.words.strip()[:WORDS_MOST]
    if current.row_version != seen:
        last = current.progress.order_by("-id").first()
        if last is not None and (last.kind, last.by_id, last.words) == (name, by.pk, words):
            return current  # a second click
        raise QuestionRefused(Problem("campaign.moved_on"))
    _running(campaign)
    turn = opened.turn
    if CampaignStep.State(current.state) not in turn.of:
        raise QuestionRefused(Problem("campaign.not_now", {"step_state": current.state}))
    if opened.on_behalf and not words:
        raise QuestionRefused(Problem("campaign.behalf_words"))
    if turn.words and not words:
        raise QuestionRefused(Problem("campaign.turn_words"))
    kept = Told(words, told.files)
    if name == "report":
        kept = Told(words, told.files, done_on=_done_on(campaign, told))
        current.done_on = kept.done_on
    elif name == "confirm":
        reported = current.progress.filter(kind="report").order_by("-id").first()
        if reported is not None and reported.by_id == by.pk and not is_solo():
            raise QuestionRefused(Problem("campaign.second_person"))
    elif name == "send_back":
        current.done_on = None
    elif name == "move_due":
        if told.due is None:
            raise QuestionRefused(Problem("campaign.needs_due"))
        _inside(campaign, told.due)
        kept = Told(words, told.files, due=told.due)
        current.due = told.due
    if turn.to is not None:
        current.state = turn.to
    current.row_version += 1
    current.save()
    _told(campaign, current, name, by, kept, on_behalf=opened.on_behalf)
    return current


def _done_on(campaign: Campaign, told: Told) -> date:
    today = clock.today(campaign.season.time_zone)
    if told.done_on is None or told.done_on > today or told.done_on < campaign.starts:
        said = told.done_on.isoformat() if told.done_on else "-"
        starts = campaign.starts.isoformat()
        raise QuestionRefused(
            Problem("campaign.needs_done_on", {"day": said, "starts": starts, "today": today.isoformat()})
        )
    if not told.files and len(told.words.strip()) < 10:
        raise QuestionRefused(Problem("campaign.needs_proof"))
    return told.done_on


@transaction.atomic
def campaign_say(*, campaign: Campaign, words: str, files: Files = (), by: Person) -> Progress:
    """A word on the whole campaign, by one of its units or the bureau.

    Raises
    ------
    NotAllowed
        Who says it is of none of its units.
    QuestionRefused
        ``campaign.turn_words``.
    """
    held = held_by(by, season=campaign.season.key)
    units = {campaign.lead_id, campaign.responsible_id, campaign.supervising_id or 0}
    place = next(iter(units & held.places), None)
    require(RULES, "campaign.act", by, place=place, season=campaign.season.key)
    if not words.strip():
        raise QuestionRefused(Problem("campaign.turn_words"))
    return _told(campaign, None, "note", by, Told(words.strip()[:WORDS_MOST], files))


@transaction.atomic
def campaign_end(*, campaign: Campaign, words: str, seen: int, by: Person, again: bool = False) -> Campaign:
    """End a campaign with a word on what came of it; ``again``: let an ended one go on. Twice is once.

    Raises
    ------
    QuestionRefused
        ``campaign.moved_on``, ``campaign.turn_words``.
    """
    current = locks.locked(Campaign.objects.select_related("season")).get(pk=campaign.pk)
    to = Campaign.State.RUNNING if again else Campaign.State.ENDED
    if current.state == to:
        return current
    _seen(current.row_version, seen)
    if not words.strip():
        raise QuestionRefused(Problem("campaign.turn_words"))
    current.state, current.closing_words = to, "" if again else words.strip()[:WORDS_MOST]
    current.row_version += 1
    current.save()
    _told(current, None, "go_on" if again else "end", by, Told(words.strip()[:WORDS_MOST]))
    return current


@transaction.atomic
def campaign_lights_issue(*, season: Season, period: Period, by: Person | None) -> list[CampaignLight]:
    """Give every running campaign the light of a month that has ended; issued once, what is there stays.

    Raises
    ------
    QuestionRefused
        ``campaign.month_runs``: the month has not ended.
    """
    if period.frequency != "month" or period.last_day >= clock.today(season.time_zone):
        raise QuestionRefused(Problem("campaign.month_runs", {"period": str(period)}))
    running = Campaign.objects.filter(season=season, state=Campaign.State.RUNNING, starts__lte=period.last_day)
    there = set(
        CampaignLight.objects.filter(campaign__season=season, period=str(period)).values_list("campaign", flat=True)
    )
    made = []
    for campaign in locks.locked(running.order_by("id")).prefetch_related("steps"):
        if campaign.pk in there or Period.of("month", campaign.ends.year, campaign.ends.month) < period:
            continue
        found = month_light(engine_steps(list(campaign.steps.all())), period.last_day)
        made.append(
            CampaignLight.objects.create(
                campaign=campaign,
                period=str(period),
                colour=found.colour,
                due=found.due,
                done=found.done,
                missing=" ".join(found.missing),
                by=by,
                at=clock.now(),
            )
        )
    if made:
        audit.record(
            by=by,
            action="campaign.lights",
            object_type="season",
            object_key=f"{season.key} {period}",
            lights={light.campaign.title: light.colour for light in made},
        )
    return made


def _told(
    campaign: Campaign,
    step: CampaignStep | None,
    kind: str,
    by: Person | None,
    told: Told,
    *,
    on_behalf: bool = False,
    **more: object,
) -> Progress:
    row = Progress.objects.create(
        campaign=campaign,
        step=step,
        kind=kind,
        words=told.words,
        due=told.due,
        done_on=told.done_on,
        by=by,
        on_behalf=on_behalf,
        at=clock.now(),
    )
    for blob, name in told.files:
        ProgressFile.objects.create(progress=row, blob=blob, name=name[:200])
    audit.record(
        by=by,
        action=f"campaign.{kind}",
        object_type="campaign",
        object_key=f"{campaign.season.key} {campaign.pk}",
        title=campaign.title,
        step=step.title if step else "",
        words=told.words,
        on_behalf=on_behalf,
        **more,
    )
    return row
