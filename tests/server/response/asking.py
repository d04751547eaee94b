"""Tickets for tests: of a park to an office, brought to any state by the people whose steps these are."""

from datetime import date

from saima.server.places.models import Place
from saima.server.response.actions.tickets import Ask, Given, ticket_open, ticket_step

SCIENCE = "Science Bureau 科技局"
TALENT = "Talent Office 人才办"
EVERYBODY = ["steward", "verifier", "leader", "auditor", "admin", "crane", "whale", "talent", "science"]
DUE = date(2026, 6, 20)
WAYS = {
    "open": (),
    "accepted": ("accept",),
    "done": ("accept", "do"),
    "closed": ("accept", "do", "close"),
    "refused": ("refuse",),
    "withdrawn": ("withdraw",),
}
ACTORS = {"accept": "science", "do": "science", "refuse": "science", "close": "crane", "withdraw": "crane"}


def place(key):
    return Place.objects.get(key=key)


def ask_one(demo, by, *, owner=SCIENCE, asked_by="crane", due=DUE, title="Land for the pilot line", **more):
    ask = Ask(
        title=title,
        what="A signed lease of 2,000 square metres.",
        owner=place(owner),
        due=due,
        asked_by=place(asked_by) if asked_by else None,
        **more,
    )
    return ticket_open(season=demo, ask=ask, by=by)


def brought_to(demo, person, state, **more):
    ticket = ask_one(demo, person("crane"), **more)
    for name in WAYS[state]:
        given = Given(words="The lease is signed, no. 12.", rating=4)
        ticket = ticket_step(ticket=ticket, name=name, seen=ticket.row_version, by=person(ACTORS[name]), given=given)
    return ticket
