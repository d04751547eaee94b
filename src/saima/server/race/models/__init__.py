"""The tables of the race, by what they are about."""

from saima.server.race.models.cuts import Cut, Evaluated, History
from saima.server.race.models.feeds import CutRows, FeedAnswer
from saima.server.race.models.imports import ImportMap
from saima.server.race.models.readings import Evidence, EvidenceWithdrawn, Reading, SideRow, Verdict
from saima.server.race.models.reports import CellMessage, EntryLink, Report, ReportCell, Submission
from saima.server.race.models.seasons import DraftSave, Season, SeasonDraft, SeasonVersion

__all__ = [
    "CellMessage",
    "Cut",
    "CutRows",
    "DraftSave",
    "EntryLink",
    "Evaluated",
    "Evidence",
    "EvidenceWithdrawn",
    "FeedAnswer",
    "History",
    "ImportMap",
    "Reading",
    "Report",
    "ReportCell",
    "Season",
    "SeasonDraft",
    "SeasonVersion",
    "SideRow",
    "Submission",
    "Verdict",
]
