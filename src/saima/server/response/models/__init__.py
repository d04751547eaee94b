"""The tables of what follows, one file per topic."""

from saima.server.response.models.actions import Campaign, CampaignLight, CampaignStep, Progress, ProgressFile
from saima.server.response.models.appeals import Appeal, AppealDraft, AppealEvent, AppealFile
from saima.server.response.models.cards import Card, CardEvent, CardsIssued, ResponseRules
from saima.server.response.models.exchange import ExchangeIndicator, ExchangeMark, ExchangeNote
from saima.server.response.models.lights import Light
from saima.server.response.models.meets import Meet, MeetCriterion, MeetItem, MeetJudge, MeetMark, MeetSheet
from saima.server.response.models.messages import Choices, Delivery, Message, Robot
from saima.server.response.models.plans import Plan, PlanCard, PlanProgress, PlanVersion
from saima.server.response.models.tickets import Ticket, TicketEvent, TicketFile

__all__ = [
    "Appeal",
    "AppealDraft",
    "AppealEvent",
    "AppealFile",
    "Campaign",
    "CampaignLight",
    "CampaignStep",
    "Card",
    "CardEvent",
    "CardsIssued",
    "Choices",
    "Delivery",
    "ExchangeIndicator",
    "ExchangeMark",
    "ExchangeNote",
    "Light",
    "Meet",
    "MeetCriterion",
    "MeetItem",
    "MeetJudge",
    "MeetMark",
    "MeetSheet",
    "Message",
    "Plan",
    "PlanCard",
    "PlanProgress",
    "PlanVersion",
    "Progress",
    "ProgressFile",
    "ResponseRules",
    "Robot",
    "Ticket",
    "TicketEvent",
    "TicketFile",
]
