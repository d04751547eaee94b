"""The same request twice, as from two clicks or a browser that asks again, has the effect of one."""

import pytest

from saima.server.accounts.models import Assignment
from saima.server.bulletins.models import Draft
from saima.server.kit.models import Audit
from saima.server.race.models import CellMessage, Cut, Reading, Report, Verdict


def _counts():
    return [model.objects.count() for model in (Assignment, CellMessage, Verdict, Reading, Cut, Draft, Audit)]


@pytest.mark.parametrize(
    "do",
    [
        {"do": "role", "role": "leader", "since": "2026-07-01", "until": "2026-08-01"},
        {"do": "leave", "since": "2026-07-01", "until": "2026-08-01"},
        {"do": "end"},
        {"do": "close"},
        {"do": "details", "name": "Another", "email": "", "phone": "", "lang": "zh"},
    ],
    ids=lambda do: do["do"],
)
def test_a_second_click_changes_nothing_about_a_person(signed_in, person, do):
    client, who = signed_in("steward"), person("talent")
    filled = {"deputy": person("science").pk, "assignment": who.assignments.get().pk, **do}

    before = _counts()
    client.post(f"/people/{who.pk}/change/", filled)
    once = _counts()
    client.post(f"/people/{who.pk}/change/", filled)

    assert once != before
    assert _counts() == once


def test_a_role_that_is_over_keeps_the_day_on_which_it_ended(signed_in, person):
    who = person("talent")
    role = who.assignments.get()
    Assignment.objects.filter(pk=role.pk).update(until="2026-03-01")

    signed_in("steward").post(f"/people/{who.pk}/change/", {"do": "end", "assignment": role.pk})

    role.refresh_from_db()
    assert str(role.until) == "2026-03-01"


def test_a_second_click_changes_nothing_of_a_report(demo, signed_in, person):
    steward, verifier = signed_in("steward"), signed_in("verifier")
    sent = Report.objects.filter(season=demo, state="submitted", period="2026-05").exclude(place__kind="office").get()
    asked, taken, refused = sent.cells.filter(kind="value")[:3]
    newest = {
        cell: Reading.objects.filter(
            season=demo, contestant=cell.contestant, indicator=cell.indicator, period="2026-05"
        )
        .order_by("-revision")[0]
        .pk
        for cell in (asked, taken, refused)
    }
    clicks = [
        (steward, f"/report/{sent.pk}/assign/", {"to": person("crane").pk}),
        (verifier, f"/verify/{sent.pk}/cell/{asked.pk}/", {"do": "question", "reading": newest[asked], "text": "Why?"}),
        (verifier, f"/verify/{sent.pk}/cell/{asked.pk}/", {"do": "answer", "text": "Because."}),
        (verifier, f"/verify/{sent.pk}/cell/{taken.pk}/", {"do": "accept", "reading": newest[taken]}),
        (
            verifier,
            f"/verify/{sent.pk}/cell/{refused.pk}/",
            {"do": "reject", "reading": newest[refused], "text": "No."},
        ),
        (steward, "/s/demo-city/cuts/2026-05/freeze/", {}),
        (steward, "/s/demo-city/drafts/make/", {"number": "9", "dated": "2026-06-02", "reason": "r"}),
    ]

    changed = {}
    for client, path, data in clicks:
        sent_with = {"cut": Cut.objects.order_by("-id").values_list("pk", flat=True).first() or 0, **data}
        before = _counts()
        client.post(path, sent_with)
        once = _counts()
        client.post(path, sent_with)
        changed[f"{path} {data.get('do', '')}"] = (once != before, _counts() != once)

    assert changed == dict.fromkeys(changed, (True, False))
