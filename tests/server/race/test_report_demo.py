"""The demonstration opens May in every state its figures imply, and adds none."""

from saima.server.race.models import CellMessage, Reading, Report, Submission
from saima.server.race.queries.reports import reports_listed


def test_may_stands_in_every_state_its_figures_imply(demo, person):
    listed = reports_listed(person("steward"), demo, period="2026-05")

    assert {r.report.place.key: (r.report.state, r.filled, r.total) for r in listed} == {
        "crane": ("verified", 7, 7),
        "whale": ("submitted", 7, 7),
        "lantern": ("open", 3, 7),
        "ferry": ("returned", 7, 7),
        "whistle": ("returned", 5, 6),
        "Talent Office 人才办": ("open", 4, 5),
        "Science Bureau 科技局": ("open", 4, 5),
        "Statistics Office 统计办": ("open", 15, 25),
        "Finance Office 金融办": ("verified", 5, 5),
        "Service Centre 服务中心": ("submitted", 5, 5),
    }


def test_no_reading_of_the_folder_is_doubled(demo):
    assert not Reading.objects.filter(season=demo, submission__isnull=False).exists()


def test_rejected_figures_carry_the_verifiers_question(demo):
    found = CellMessage.objects.filter(report__season=demo).values_list("contestant", "indicator", "kind", "text")

    assert sorted(found) == [
        ("ferry", "teams", "question", "Two contracts are not signed yet; please attach them."),
        ("whistle", "smes", "question", "The list contains twelve firms of another park."),
    ]


def test_every_report_that_left_its_place_has_a_receipt(demo):
    sent = Report.objects.filter(season=demo).exclude(state="open")

    assert set(Submission.objects.values_list("report_id", flat=True)) == set(sent.values_list("id", flat=True))
