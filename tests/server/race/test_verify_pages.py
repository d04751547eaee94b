"""The queue and the review in a browser without scripts: what they show, to whom, and in how many queries."""

from datetime import timedelta

import pytest
from verifying import fresh, sent

from saima.server.kit.models import Blob
from saima.server.race.models import Evidence, EvidenceWithdrawn, Reading, Report, ReportCell
from saima.server.race.queries.verify import review
from saima.server.race.queries.verify_queue import Filters, Tally, forget, queue

PART = {"HX-Request": "true"}  # without the frame, whose queries are not this page's
REVIEW_QUERIES = 23
QUEUE_QUERIES = 27


def cell_id(report, indicator):
    return ReportCell.objects.get(report=report, indicator=indicator).pk


def page(client, report, **query):
    return client.get(f"/verify/{report.pk}/", query).content.decode()


@pytest.fixture
def only(db):
    """Only the reports a test makes."""
    Report.objects.update(state="open")


def test_the_queue_says_of_each_report_what_there_is_to_do(person, only, signed_in):
    report, _ = sent("whistle", {"smes": "130", "patents": "3", "labs": "2"}, due=-timedelta(days=1, hours=2))

    (row,) = queue(person("verifier"), Filters()).rows

    assert (row.place.en, row.report, row.late_by) == ("Fog Whistle Park", report, timedelta(days=1, hours=2))
    assert row.tally == Tally(cells=3, decided=0, questions=0, warnings=2, changes=0, evidence_asked=1, evidence_here=0)
    assert row.at_once is False
    text = signed_in("verifier").get("/verify/").content.decode()
    assert "late by 1 d 2 h" in text
    assert f'value="{report.pk}:{report.row_version}" aria-label="Choose Fog Whistle Park, 2026-06" disabled' in text


def test_filters_choose_by_state_owner_period_and_warnings(person, only):
    sent("whistle", {"patents": "3"})
    plain, _ = sent("crane", {"smes": "300"})
    Report.objects.filter(pk=plain.pk).update(verifier=person("verifier2"))
    verifier = person("verifier")

    def found(**chosen):
        return {r.report.place.key for r in queue(verifier, Filters(**chosen)).rows}

    assert found() == {"whistle", "crane"}
    assert found(mine=True) == {"whistle"}
    assert found(warned="yes") == {"whistle"}
    assert found(warned="no") == {"crane"}
    assert found(period="2026-05") == set()
    assert found(state="verified") == set()
    assert found(season="demo-city", state="every") == {"whistle", "crane"}


def test_a_report_is_taken_up_and_given_back(only, signed_in, person):
    report, _ = sent("whistle", {"smes": "130"})
    client = signed_in("verifier")

    client.post(f"/verify/{report.pk}/report/", {"do": "take"})
    taken = fresh(report).verifier
    client.post(f"/verify/{report.pk}/report/", {"do": "leave"})

    assert (taken, fresh(report).verifier) == (person("verifier"), None)


@pytest.mark.parametrize("count", [1, 3])
def test_the_queue_asks_the_same_number_of_questions_for_one_report_and_for_three(
    only, signed_in, count, django_assert_num_queries
):
    for place in ("whistle", "crane", "whale")[:count]:
        sent(place, {"smes": "300", "doctors": "150"})
    client = signed_in("verifier")

    with django_assert_num_queries(QUEUE_QUERIES):
        client.get("/verify/", headers=PART)


def test_counts_that_are_remembered_follow_every_decision_question_and_file(only, signed_in, person):
    report, readings = sent("whistle", {"smes": "130", "doctors": "60", "labs": "2"})
    verifier, cells = signed_in("verifier"), {c.indicator: c.pk for c in report.cells.all()}

    def counted():
        (row,) = queue(person("verifier"), Filters(state="every")).rows
        forget()
        (anew,) = queue(person("verifier"), Filters(state="every")).rows
        assert row.tally == anew.tally
        return row.tally.decided, row.tally.questions, row.tally.warnings, row.tally.evidence_here

    told = [counted()]
    verifier.post(f"/verify/{report.pk}/cell/{cells['smes']}/", {"do": "accept", "reading": readings["smes"].pk})
    told.append(counted())
    verifier.post(
        f"/verify/{report.pk}/cell/{cells['doctors']}/",
        {"do": "question", "reading": readings["doctors"].pk, "text": "Who counted?"},
    )
    told.append(counted())
    blob = Blob.objects.create(sha256="ab" * 32, size=3, media_type="application/pdf")
    file = Evidence.objects.create(report=report, contestant="whistle", indicator="labs", blob=blob, name="a.pdf")
    told.append(counted())
    EvidenceWithdrawn.objects.create(evidence=file, reason="another one")
    told.append(counted())

    assert told == [(0, 0, 1, 0), (1, 0, 1, 0), (1, 1, 1, 0), (1, 1, 0, 1), (1, 1, 1, 0)]


@pytest.mark.parametrize("count", [1, 3])
def test_a_review_asks_the_same_number_of_questions_for_one_figure_and_for_three(
    only, signed_in, count, django_assert_num_queries
):
    figures = {"smes": "300", "doctors": "150", "patents": "90"}
    report, _ = sent("whistle", dict(list(figures.items())[:count]))
    client = signed_in("verifier")

    with django_assert_num_queries(REVIEW_QUERIES):
        client.get(f"/verify/{report.pk}/", headers=PART)


def test_a_clean_report_is_accepted_and_certified_from_its_page(only, signed_in):
    report, _ = sent("whistle", {"smes": "130", "doctors": "60"})
    client, seen = signed_in("verifier"), {"seen": report.row_version}

    before = page(client, report)
    accepted = client.post(f"/verify/{report.pk}/report/", {"do": "accept_all", **seen}, follow=True).content.decode()
    certified = client.post(f"/verify/{report.pk}/report/", {"do": "certify", **seen}, follow=True).content.decode()

    assert ("Accept all 2 without warning" in before, "Certify" in before) == (True, False)
    assert ("Accepted: 2. Left to look at one by one: 0." in accepted, "Certify" in accepted) == (True, True)
    assert "Fog Whistle Park: the report is verified." in certified
    assert fresh(report).state == "verified"


def test_a_verdict_goes_on_to_the_next_figure_that_waits(only, signed_in):
    report, readings = sent("whistle", {"smes": "130", "doctors": "60"})
    client, first = signed_in("verifier"), cell_id(report, "doctors")

    answer = client.post(
        f"/verify/{report.pk}/cell/{first}/", {"do": "accept", "reading": readings["doctors"].pk, "above": "25"}
    )

    assert answer.url == f"/verify/{report.pk}/?cell={cell_id(report, 'smes')}&above=25"


def test_with_a_script_only_the_review_is_swapped(only, signed_in):
    report, readings = sent("whistle", {"smes": "130"})

    answer = signed_in("verifier").post(
        f"/verify/{report.pk}/cell/{cell_id(report, 'smes')}/",
        {"do": "accept", "reading": readings["smes"].pk},
        headers={"HX-Request": "true"},
    )

    assert answer.content.decode().lstrip().startswith('<div id="review"')


def test_a_conflict_is_a_409_with_both_values(only, signed_in):
    report, readings = sent("whistle", {"smes": "130"})
    address = f"/verify/{report.pk}/cell/{cell_id(report, 'smes')}/"
    said = {"do": "change", "reading": readings["smes"].pk, "value": "131", "text": "counted"}
    signed_in("verifier").post(address, said)

    answer = signed_in("verifier2").post(address, {"do": "accept", "reading": readings["smes"].pk})

    text = answer.content.decode()
    assert (answer.status_code, "130 (reported)" in text, "131 (verified)" in text) == (409, True, True)


def test_question_return_and_answer_by_the_pages(only, signed_in):
    report, readings = sent("whistle", {"smes": "130"})
    client = signed_in("verifier")
    client.post(
        f"/verify/{report.pk}/cell/{cell_id(report, 'smes')}/",
        {"do": "question", "reading": readings["smes"].pk, "text": "Which firms?", "due": "2026-06-05"},
    )

    shown = page(client, report)
    client.post(f"/verify/{report.pk}/report/", {"do": "return", "seen": report.row_version, "due": "2026-06-08"})

    now = fresh(report)
    assert ("Which firms?" in shown, "Return" in shown) == (True, True)
    assert (now.state, now.due_again_at.isoformat()) == ("returned", "2026-06-08T10:00:00+00:00")


def test_several_reports_at_once_only_without_warnings_and_each_refusal_is_said(only, signed_in):
    clean, _ = sent("crane", {"smes": "300"})
    warned, _ = sent("whistle", {"patents": "3"})
    chosen = {"do": "accept", "report": [f"{r.pk}:{r.row_version}" for r in (clean, warned)]}

    text = signed_in("verifier").post("/verify/several/", chosen, follow=True).content.decode()

    assert (fresh(clean).state, fresh(warned).state) == ("verified", "submitted")
    assert "Paper Crane Park: the report is verified." in text
    assert "Fog Whistle Park: not done." in text


def test_the_sample_is_a_fifth_and_stays_the_same(only):
    names = (
        "teams",
        "doctors",
        "graduates",
        "smes",
        "gazelles",
        "labs",
        "patents",
        "fund",
        "tickets",
        "energy",
        "loans",
    )
    report, _ = sent("whistle", dict.fromkeys(names, "1"))

    first = [s.id for s in review(report).sheet.rows if s.drawn]
    again = [s.id for s in review(fresh(report)).sheet.rows if s.drawn]

    assert (len(first), again) == (3, first)


def test_a_figure_that_moved_more_than_the_threshold_is_marked(only):
    report, _ = sent("whistle", {"patents": "130", "scale_firms": "95"})  # 80 and 87 in May

    def jumped(above):
        return {s.indicator.code for s in review(report, above=above).sheet.rows if s.jumped}

    assert (jumped(100), jumped(50), jumped(10)) == (set(), {"patents"}, {"patents"})


def test_evidence_is_shown_beside_the_figure_it_belongs_to(only, signed_in):
    report, _ = sent("whistle", {"labs": "2", "smes": "130"})
    blob = Blob.objects.create(sha256="a" * 64, size=10, media_type="application/pdf")
    file = Evidence.objects.create(report=report, contestant="whistle", indicator="labs", blob=blob, name="list.pdf")
    client = signed_in("verifier")

    assert f'<iframe src="/evidence/{file.pk}/"' in page(client, report, cell=cell_id(report, "labs"))
    assert "iframe" not in page(client, report, cell=cell_id(report, "smes"))


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("verifier", 200),
        ("steward", 200),
        ("auditor", 200),
        ("whistle", 403),
        ("crane", 403),
        ("leader", 403),
        ("", 302),
    ],
)
def test_who_may_see_a_review(only, signed_in, who, status):
    report, _ = sent("whistle", {"smes": "130"})

    assert signed_in(who).get(f"/verify/{report.pk}/").status_code == status


@pytest.mark.parametrize("who", ["steward", "auditor", "whistle"])
def test_others_read_and_decide_nothing(only, signed_in, who):
    report, readings = sent("whistle", {"smes": "130"})
    client = signed_in(who)

    answers = [
        client.post(f"/verify/{report.pk}/report/", {"do": "accept_all", "seen": report.row_version}).status_code,
        client.post(f"/verify/{report.pk}/report/", {"do": "certify", "seen": report.row_version}).status_code,
        client.post(
            f"/verify/{report.pk}/cell/{cell_id(report, 'smes')}/", {"do": "accept", "reading": readings["smes"].pk}
        ).status_code,
    ]

    assert answers == [403, 403, 403]
    assert Reading.objects.filter(season=report.season, period="2026-06").count() == 1


def test_the_one_who_entered_it_is_told_so_and_finds_no_buttons(only, signed_in, person):
    report, _ = sent("whistle", {"smes": "130"}, typed=person("verifier"))

    own, other = page(signed_in("verifier"), report), page(signed_in("verifier2"), report)

    assert ("You entered or sent figures" in own, 'value="accept_all"' in own) == (True, False)
    assert ("You entered or sent figures" in other, 'value="accept_all"' in other) == (False, True)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_pages_carry_no_inline_script_or_style(only, signed_in, lang):
    report, _ = sent("whistle", {"smes": "130", "patents": "3"})
    client = signed_in("verifier", lang)

    for text in (client.get("/verify/").content.decode(), page(client, report)):
        assert (" style=" in text, "<style" in text, " onclick" in text) == (False, False, False)
