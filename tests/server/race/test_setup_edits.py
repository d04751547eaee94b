"""Saving on the set-up pages: who may, what a conflict shows, pasting, tables down and up, and their query counts."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from saima.server.race.models import SeasonDraft
from saima.server.race.queries.documents import newest
from saima.server.race.queries.setup import setup_of
from saima.server.race.queries.setup_plain import plain_of, problems_of
from saima.server.race.queries.setup_shown import found_problems

ROW = reverse("season-row", args=["demo-city", "indicators"]) + "?k=teams"
EDITS = {
    "season-undo": (["demo-city"], {}),
    "season-redo": (["demo-city"], {}),
    "season-return": (["demo-city", 1], {}),
    "season-discard": (["demo-city"], {}),
    "season-propose": (["demo-city"], {}),
    "season-publish": (["demo-city"], {}),
    "season-due-days": (["demo-city"], {}),
    "season-paste": (["demo-city"], {}),
    "season-grid": (["demo-city", "targets"], {}),
    "season-values": (["demo-city", "name"], {}),
    "season-row": (["demo-city", "indicators"], {}),
    "season-table-upload": (["demo-city", "indicators"], {}),
    "season-figures": (["demo-city"], {}),
    "season-import": ([], {}),
}
LOOKS = {
    "season-changes": ["demo-city"],
    "season-saves": ["demo-city"],
    "season-figures": ["demo-city"],
    "season-row": ["demo-city", "indicators"],
    "season-import": [],
    "season-import-example": ["demo-city"],
}


@pytest.mark.parametrize("who", ["verifier", "leader", "auditor", "admin", "crane", "talent"])
@pytest.mark.parametrize("name", EDITS)
def test_only_a_steward_writes(signed_in, demo, who, name):
    args, data = EDITS[name]

    answer = signed_in(who).post(reverse(name, args=args), data)

    assert answer.status_code == (404 if who == "admin" and args else 403)
    assert not SeasonDraft.objects.exists()


@pytest.mark.parametrize("name", LOOKS)
def test_drafts_are_shown_to_stewards_only(signed_in, demo, name):
    assert signed_in("crane").get(reverse(name, args=LOOKS[name])).status_code == 403
    assert signed_in("steward").get(reverse(name, args=LOOKS[name])).status_code in (200, 422)


def test_nobody_in_particular_is_sent_to_sign_in(signed_in, demo):
    answer = signed_in().get(reverse("season-setup", args=["demo-city"]))

    assert answer.status_code in (302, 404)


@pytest.mark.parametrize("who", ["crane", "auditor", "leader"])
def test_others_read_what_is_published_and_not_the_draft(signed_in, demo, who):
    signed_in("steward").post(ROW, {"seen": "v1", "title_en": "Secret draft title"})

    answer = signed_in(who).get(reverse("season-section", args=["demo-city", "what"]))

    text = answer.content.decode()
    assert answer.status_code == 200
    assert "High-level teams introduced" in text
    assert "Secret draft title" not in text
    assert "Save in the draft" not in text


def test_exports_are_for_stewards_and_auditors(signed_in, demo):
    page = reverse("season-export", args=["demo-city", "zip"])

    assert {who: signed_in(who).get(page).status_code for who in ("steward", "auditor", "crane", "leader")} == {
        "steward": 200,
        "auditor": 200,
        "crane": 403,
        "leader": 403,
    }


def test_a_row_is_changed_and_the_list_shows_it(signed_in, demo):
    page = signed_in("steward").post(ROW, {"seen": "v1", "title_en": "Top teams"}, follow=True)

    assert "Top teams" in page.content.decode()
    assert setup_of(demo).plain.row("indicators", ("teams",))["measure"] == "count"


def test_a_conflict_shows_both_and_either_can_be_taken(signed_in, demo):
    signed_in("steward").post(ROW, {"seen": "v1", "weight": "39"})
    second = signed_in("steward2")

    page = second.post(ROW, {"seen": "v1", "weight": "41", "title_en": "Teams"})
    text = page.content.decode()
    assert page.status_code == 409
    assert ">39<" in text
    assert ">41<" in text
    kept = dict(page.context["kept"])
    assert kept == {"weight": "41", "title_en": "Teams"}
    second.post(page.context["action"], kept | {"seen": page.context["seen"]})

    row = setup_of(demo).plain.row("indicators", ("teams",))
    assert (row["weight"], row["title_en"]) == ("41", "Teams")


def test_problems_are_listed_with_the_page_that_mends_them(signed_in, demo):
    signed_in("steward").post(ROW, {"seen": "v1", "weight": "many"})

    setup = setup_of(demo)
    found = found_problems("demo-city", setup.plain, problems_of(setup.files), "en")

    assert [(p.section, p.table, p.key, p.field) for p in found] == [("what", "indicators", ("teams",), "weight")]
    page = signed_in("steward").get(found[0].href).content.decode()
    assert "many" in page
    assert found[0].sentence.replace("'", "&#x27;") in page


@pytest.mark.parametrize(
    ("edit", "section", "table"),
    [
        ({"url": ["season-values", "rules"], "tie_breakers": "indicator:nobody"}, "rules", "values"),
        ({"url": ["season-values", "time"], "window_first": "2026-13"}, "calendar", "values"),
    ],
)
def test_a_problem_of_a_single_choice_leads_to_its_section(signed_in, demo, edit, section, table):
    name, group = edit.pop("url")
    group = {"rules": "scoring", "time": "time"}[group]
    signed_in("steward").post(reverse(name, args=["demo-city", group]), edit | {"seen": "v1"})

    setup = setup_of(demo)
    found = found_problems("demo-city", setup.plain, problems_of(setup.files), "en")

    assert {(p.section, p.table) for p in found} == {(section, table)}


def test_weights_are_saved_together_and_their_sums_shown(signed_in, demo):
    browser = signed_in("steward")
    grid = reverse("season-grid", args=["demo-city", "weights"])

    page = browser.post(grid, {"seen": "v1", "w|indicators|teams": "30", "w|indicators|doctors": "35"}, follow=True)

    assert "sum 90 of 100" in page.content.decode()
    by = {w.code: (w.total, w.joins) for w in page.context["tree"]}
    assert (by["talent"], by["overall"], by["firms"]) == (("90", False), ("100", True), ("100", True))


def test_an_emptied_share_takes_its_point_off_the_curve(signed_in, demo):
    grid = reverse("season-grid", args=["demo-city", "what"])

    signed_in("steward").post(grid, {"seen": "v1", "c|spring|2026-02": "", "c|spring|2026-03": "0.4"})

    rows = setup_of(demo).plain.keyed("curves")
    assert ("spring", "2026-02") not in rows
    assert rows["spring", "2026-03"]["share"] == "0.4"


BLOCK = "\t纸鹤园\tGlass Whale Park\n引进高层次人才团队\t1,024\t\ndoctors\t250\t260\n"


@pytest.mark.parametrize("turned", [False, True])
def test_a_block_from_a_spreadsheet_becomes_targets_in_either_direction(signed_in, demo, turned):
    cells = [line.split("\t") for line in BLOCK.rstrip("\n").split("\n")]
    block = "\n".join("\t".join(line) for line in (zip(*cells, strict=True) if turned else cells))

    signed_in("steward").post(reverse("season-paste", args=["demo-city"]), {"seen": "v1", "block": block})

    rows = setup_of(demo).plain.keyed("targets")
    assert [rows[k]["target"] for k in (("crane", "teams"), ("crane", "doctors"), ("whale", "doctors"))] == [
        "1024",
        "250",
        "260",
    ]
    assert rows["whale", "teams"]["target"] == "24"
    assert rows["crane", "teams"]["owner"] == "Talent Office 人才办"


@pytest.mark.parametrize(
    ("block", "said"),
    [
        ("\tcrane\nteams\tlots\n", "Row 2, column 2: &#x27;lots&#x27; is no number."),
        ("\tcrane\tmoon\nteams\t1\t2\n", "Row 1, column 3: the season has no &#x27;moon&#x27;."),
        ("teams", "no block of targets"),
    ],
)
def test_a_block_that_cannot_be_read_is_refused_by_row_and_column(signed_in, demo, block, said):
    page = signed_in("steward").post(reverse("season-paste", args=["demo-city"]), {"seen": "v1", "block": block})

    assert page.status_code == 422
    assert said in page.content.decode()
    assert not SeasonDraft.objects.exists()


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("table", ["indicators", "targets", "scores", "alternatives"])
def test_a_table_taken_down_and_handed_in_again_changes_nothing(signed_in, demo, table, form):
    browser = signed_in("steward")
    down = browser.get(reverse("season-table", args=["demo-city", table, form]))

    up = {"file": SimpleUploadedFile(f"{table}.{form}", down.content)}
    page = browser.post(reverse("season-table-upload", args=["demo-city", table]), up, follow=True)

    found = page.context["found"]
    assert (found.added, found.changed, found.gone) == ((), (), ())
    assert found.same == len(setup_of(demo).plain.rows(table))


def test_a_changed_table_is_looked_at_first_and_then_taken(signed_in, demo):
    browser = signed_in("steward")
    csv = "code,title_en,title_zh,at_least\ngood,Good,良好,85\nnew,New,新,50\n".encode()

    page = browser.post(
        reverse("season-table-upload", args=["demo-city", "tiers"]),
        {"file": SimpleUploadedFile("tiers.csv", csv)},
        follow=True,
    )
    found = page.context["found"]
    assert (len(found.added), len(found.changed), len(found.gone), found.same) == (1, 1, 3, 0)
    assert not SeasonDraft.objects.exists()
    browser.post(page.request["PATH_INFO"], {"seen": "v1"})

    rows = {r["code"]: r["at_least"] for r in setup_of(demo).plain.rows("tiers")}
    assert rows == {"excellent": "90", "good": "85", "fair": "65", "behind": "0", "new": "50"}


def test_rows_the_file_lacks_go_only_when_asked(signed_in, demo):
    browser = signed_in("steward")
    csv = b"code,title_en,at_least\nexcellent,Excellent,90\n"
    page = browser.post(
        reverse("season-table-upload", args=["demo-city", "tiers"]),
        {"file": SimpleUploadedFile("tiers.csv", csv)},
        follow=True,
    )

    browser.post(page.request["PATH_INFO"], {"seen": "v1", "remove": "yes"})

    assert [r["code"] for r in setup_of(demo).plain.rows("tiers")] == ["excellent"]


@pytest.mark.parametrize(
    ("csv", "said"),
    [
        ("code,titel_en\na,b\n", "titel_en"),
        ("title_en\nb\n", "code"),
        ("code,title_en\na,b\na,c\n", "already stands in line 2"),
        ("code,title_en\n,b\n", "tiers.csv:2:code"),
    ],
)
def test_a_table_that_does_not_fit_is_refused_by_line_and_column(signed_in, demo, csv, said):
    up = {"file": SimpleUploadedFile("tiers.csv", csv.encode())}

    page = signed_in("steward").post(reverse("season-table-upload", args=["demo-city", "tiers"]), up, follow=True)

    assert page.status_code == 422
    assert said in page.content.decode()


def test_the_way_from_proposal_to_version_over_the_pages(signed_in, demo):
    first, second = signed_in("steward"), signed_in("steward2")
    first.post(reverse("season-row", args=["demo-city", "tiers"]) + "?k=good", {"seen": "v1", "at_least": "81"})
    page = first.get(reverse("season-changes", args=["demo-city"]))
    seen = page.context["setup"].seen
    assert [row["label"] for row in page.context["groups"][0]["rows"]] == ["From a score of"]
    assert page.context["moves"] == 0

    first.post(reverse("season-propose", args=["demo-city"]), {"seen": seen, "reason": "A higher bar"})
    assert first.post(reverse("season-publish", args=["demo-city"]), {"seen": seen}).status_code == 422
    page = second.post(reverse("season-publish", args=["demo-city"]), {"seen": seen}, follow=True)

    assert newest(demo).number == 2
    assert "A higher bar" in page.content.decode()
    page = signed_in("auditor").get(reverse("season-version", args=["demo-city", 2]))
    assert [(r["old"], r["new"]) for r in page.context["groups"][0]["rows"]] == [("80", "81")]
    down = signed_in("auditor").get(reverse("season-version-file", args=["demo-city", 1, "zip"]))
    assert down.status_code == 200


def test_unused_modules_stay_hidden_until_added(signed_in, demo):
    browser = signed_in("steward")
    page = browser.get(reverse("season-setup", args=["ruian-2021"]))

    assert "projects" not in [name for name, _, _ in page.context["sections"]]
    assert page.context["no_projects"] is True


@pytest.mark.parametrize("more", [0, 2])
def test_pages_ask_a_fixed_number_of_questions(signed_in, demo, django_assert_num_queries, more):
    browser = signed_in("steward")
    for n in range(more + 1):
        seen = setup_of(demo).seen
        browser.post(
            reverse("season-row", args=["demo-city", "tiers"]), {"seen": seen, "code": f"t{n}", "title_en": "T"}
        )

    for name in ("season-setup", "season-saves", "season-versions"):
        with django_assert_num_queries(9):
            browser.get(reverse(name, args=["demo-city"]))
    with django_assert_num_queries(8):
        browser.get(reverse("season-section", args=["demo-city", "rules"]))
    with django_assert_num_queries(7):
        browser.get(reverse("season-section", args=["sdg-2018", "who"]))


def test_a_draft_holds_the_canonical_files(signed_in, demo):
    signed_in("steward").post(ROW, {"seen": "v1", "weight": " 40.0 "})

    draft = SeasonDraft.objects.filter(season=demo).first()
    assert draft is None or plain_of(json.loads(draft.files)).row("indicators", ("teams",))["weight"] == "40"
