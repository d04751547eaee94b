"""Parts of several pages: key figures, what constraints propose, what others published."""

from dataclasses import dataclass

from saima.press.sentences import by_class, date_text, proposal_sentence, score_text, value_text
from saima.server.kit.context import lang
from saima.server.race.queries.standing import Index
from saima.server.race.views.standing.common import Links
from saima.server.race.views.standing.drawing import LaneShown, end_of, lane_shown
from saima.words import measured, number, percent, say

MOST_UNRANKED = 200


@dataclass(frozen=True, slots=True)
class Card:
    label: str
    value: str
    note: str
    tone: str = ""
    url: str = ""


def cards_of(index: Index) -> list[Card]:
    """The same key figures as the head of the bulletin's page, for the whole season."""
    season, cards = index.season, []
    for title, rows in by_class(season, index.standings("overall"))[:2]:
        first = [r for r in rows if r.rank == 1]
        label = say("press.figures.leader_class", lang(), title=title) if title else say("press.figures.leader", lang())
        names = " · ".join(season.contestant[r.contestant].title.of(lang()) for r in first[:2])
        points = say("press.figures.points", lang(), score=score_text(first[0].score, season, lang()))
        cards.append(Card(label, names, points))
    lanes = index.lanes("overall")
    if lanes and index.standings("overall"):
        done = sum(n.done for n in lanes.values()) / len(lanes)
        dues = [n.due for n in lanes.values() if n.due is not None]
        if len(dues) == len(lanes):
            due = sum(dues) / len(dues)
            code = "press.figures.ahead" if done >= due else "press.figures.behind"
            params = {"points": number(abs(round((done - due) * 100, 1)), lang(), 1), "due": percent(due, lang())}
            tone = "good" if done >= due else "bad"
            label = say("press.figures.done", lang())
            cards.append(Card(label, percent(done, lang()), say(code, lang(), **params), tone))
        else:
            cards.append(Card(say("press.figures.done", lang()), percent(done, lang()), ""))
    counted = {c: sum(cell.light == c for cell in index.evaluation.cells) for c in ("green", "yellow", "red")}
    if sum(counted.values()):
        said = say("press.figures.lights_of", lang(), **counted)
        cards.append(Card(say("press.figures.lights", lang()), number(sum(counted.values()), lang()), said))
    data = index.data
    if data.due:
        said = say(
            "press.figures.data_of", lang(), all=number(data.due, lang()), verified=number(data.verified, lang())
        )
        cards.append(Card(say("press.figures.data", lang()), number(data.known, lang()), said))
    if index.evaluation.received and not index.scopes:
        count = number(len(index.evaluation.received), lang())
        cards.append(Card(say("press.figures.received", lang()), count, say("press.figures.received_of", lang())))
    return cards


def proposal_rows(index: Index) -> list[tuple[str, str, str]]:
    return [
        (say(f"press.action.{p.action}", lang()), proposal_sentence(p, index.season, lang()),
         say(p.code, lang(), **p.params))
        for p in index.evaluation.proposals
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReceivedRow:
    """Somebody else's figure, as they published it."""

    contestant: str
    title: str
    note: str
    rank: int | None
    among: str
    value: str
    period: str
    source: str
    url: str
    published: str


def received_rows(index: Index) -> list[ReceivedRow]:
    def name(code: str) -> str:
        known = index.season.contestant.get(code)
        return known.title.of(lang()) if known else code

    return [
        ReceivedRow(
            name(r.contestant), r.title.of(lang()), r.note.of(lang()), r.rank,
            say("press.received.among", lang(), among=r.among) if r.among else "",
            measured(r.value, r.unit, lang()) if r.value else "",
            r.period_text, r.source, r.url if r.url.startswith(("https://", "http://")) else "",
            date_text(r.published, lang()),
        )
        for r in index.evaluation.received
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Unranked:
    """What is known of one contestant and indicator of a season that ranks nobody."""

    contestant: str
    indicator: str
    value: str
    url: str
    lane: LaneShown | None
    most: float


def unranked_rows(index: Index, links: Links) -> list[Unranked]:
    rows = []
    for cell in index.evaluation.cells:
        if cell.value is None:
            continue
        what = index.season.indicator[cell.indicator]
        lanes = index.lanes(f"indicator:{cell.indicator}")
        most = end_of(lanes.values())
        rows.append(
            Unranked(
                index.season.contestant[cell.contestant].title.of(lang()), what.title.of(lang()),
                value_text(cell.value, what, lang()), links.to("why", cell.contestant, cell.indicator),
                lane_shown(lanes.get(cell.contestant), most), most,
            )
        )  # fmt: skip
    return rows[:MOST_UNRANKED]
