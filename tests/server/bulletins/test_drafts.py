"""Draft bulletins: asked for by page, made once whatever happens, shown in a sandbox, and verified by their package."""

import json
from datetime import date

import pytest
from frozen import frozen

from saima.engine.errors import QuestionRefused
from saima.engine.model.periods import Period
from saima.files.packages import verify_package
from saima.server.bulletins.actions.drafts import draft_make, draft_render
from saima.server.bulletins.models import Artefact, Draft
from saima.server.bulletins.queries import media_type, next_number
from saima.server.kit import blobs
from saima.server.kit.models import Audit
from saima.server.race.actions.cuts import cut_freeze
from saima.server.race.models import Reading

MAY = Period.parse("2026-05")
DAY = date(2026, 6, 8)


@pytest.fixture
def immediate(settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}


@pytest.fixture
def cut(demo):
    return frozen(demo, "2026-05")


@pytest.fixture(scope="module")
def files():
    """Files of the first draft that was made, so that most tests need not make one again."""
    return {}


@pytest.fixture
def ready(cut, files):
    draft = draft_make(cut=cut, number=5, dated=DAY, by=None)
    if not files:
        draft = draft_render(draft_id=draft.pk)
        files.update({a.path: blobs.get(a.blob_id) for a in Artefact.objects.filter(draft=draft)})
        return draft
    Artefact.objects.bulk_create(
        Artefact(draft=draft, path=path, blob=blobs.put(content, media_type(path))) for path, content in files.items()
    )
    Draft.objects.filter(pk=draft.pk).update(state="ready")
    return Draft.objects.get(pk=draft.pk)


def test_asked_for_by_page_and_made_by_the_task(cut, signed_in, immediate):
    form = {"cut": cut.pk, "number": "5", "dated": "2026-06-08"}

    page = signed_in("steward").post("/s/demo-city/drafts/make/", form, follow=True).content.decode()

    draft = Draft.objects.get()
    assert (draft.state, draft.made, draft.whole) == ("ready", 17, 17)
    assert "Bulletin 5, May 2026" in page
    assert "Draft, not released." in page
    assert page.count(" download>") == 1 + Artefact.objects.filter(draft=draft).count()
    assert Audit.objects.get(action="draft.made").object_key == "demo-city 2026-05 5"


def test_there_is_every_form_in_both_languages(ready):
    paths = set(Artefact.objects.filter(draft=ready).values_list("path", flat=True))

    forms = {"bulletin.{}.html", "bulletin.{}.pdf", "summary.{}.pdf", "bulletin.{}.docx", "bulletin.{}.xlsx",
             "headline.{}.txt", "chat.{}.txt"}  # fmt: skip
    assert {f.format(lang) for f in forms for lang in ("en", "zh")} <= paths
    assert {"manifest.json", "evaluation.json", "record/2026-05.csv", "season/season.toml"} <= paths


def test_the_package_is_verified_by_anybody(ready, signed_in, tmp_path):
    answer = signed_in("leader").get(f"/s/demo-city/drafts/{ready.pk}/package.zip")
    path = tmp_path / "may.saima.zip"
    path.write_bytes(answer.content)

    found = verify_package(path)

    assert found.ok
    assert "DRAFT-demo-city-2026-05-saima.zip" in answer["Content-Disposition"]


def test_made_twice_it_is_made_once(ready):
    before = list(Artefact.objects.values_list("pk", "path", "blob_id"))

    again = draft_render(draft_id=ready.pk)

    assert again.state == "ready"
    assert list(Artefact.objects.values_list("pk", "path", "blob_id")) == before


def test_a_making_that_was_killed_is_made_whole_the_next_time(cut):
    draft = draft_make(cut=cut, number=5, dated=DAY, by=None)
    Draft.objects.filter(pk=draft.pk).update(state="making", made=7, whole=17)

    done = draft_render(draft_id=draft.pk)

    assert (done.state, done.made, Artefact.objects.filter(draft=done).count() > 20) == ("ready", 17, True)


def test_the_same_question_again_gives_the_draft_that_is_there(cut):
    first = draft_make(cut=cut, number=5, dated=DAY, by=None)

    assert draft_make(cut=cut, number=5, dated=DAY, by=None).pk == first.pk
    assert Audit.objects.filter(action="draft.made").count() == 1


def test_numbers_go_on_from_what_was_published_and_drafted(demo, cut):
    assert next_number(demo, 2026) == 5
    draft_make(cut=cut, number=7, dated=DAY, by=None)
    assert (next_number(demo, 2026), next_number(demo, 2027)) == (8, 1)


@pytest.mark.parametrize(
    ("number", "dated", "code"),
    [(0, DAY, "draft.number"), (100_000, DAY, "draft.number"), (5, date(2026, 5, 30), "draft.too_early")],
)
def test_numbers_and_dates_that_cannot_be_are_refused(cut, number, dated, code):
    with pytest.raises(QuestionRefused) as refused:
        draft_make(cut=cut, number=number, dated=dated, by=None)

    assert [p.code for p in refused.value.problems] == [code]
    assert Draft.objects.count() == 0


def test_a_published_period_keeps_its_number_and_a_change_needs_a_reason(demo):
    april = Period.parse("2026-04")
    cell = {"contestant": "crane", "indicator": "doctors", "period": "2026-04"}
    Reading.objects.create(season=demo, **cell, revision=90, value="84", state="verified", origin="reported")
    changed = cut_freeze(season=demo, period=april, by=None)

    with pytest.raises(QuestionRefused) as refused:
        draft_make(cut=changed, number=4, dated=DAY, by=None)
    erratum = draft_make(cut=changed, number=4, dated=DAY, reason="A contract was counted twice.", by=None)

    assert [p.code for p in refused.value.problems] == ["draft.published"]
    assert (erratum.version, erratum.reason) == (2, "A contract was counted twice.")


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"number": "five", "dated": "2026-06-08"}, "“five” is no whole number."),
        ({"number": "5", "dated": "8 June"}, "“8 June” is no date."),
    ],
)
def test_what_is_no_number_or_date_is_refused_with_a_sentence(cut, signed_in, form, sentence):
    answer = signed_in("steward").post("/s/demo-city/drafts/make/", {"cut": cut.pk, **form})

    assert answer.status_code == 422
    assert sentence in answer.content.decode()


def test_without_a_worker_the_page_says_so_and_makes_it_here(cut, signed_in):
    steward = signed_in("steward")
    steward.post("/s/demo-city/drafts/make/", {"cut": cut.pk, "number": "5", "dated": "2026-06-08"})
    draft = Draft.objects.get()

    waiting = steward.get(f"/s/demo-city/drafts/{draft.pk}/").content.decode()
    part = steward.get(f"/s/demo-city/drafts/{draft.pk}/progress/").content.decode()
    made = steward.post(f"/s/demo-city/drafts/{draft.pk}/again/", {"here": "1"}, follow=True).content.decode()

    assert "The worker may not be running" in waiting
    assert f'data-poll="/s/demo-city/drafts/{draft.pk}/progress/?seen=0&amp;still=1"' in part
    assert "<iframe" in made


def test_the_watched_part_ends_when_the_draft_is_ready(ready, signed_in):
    part = signed_in("leader").get(f"/s/demo-city/drafts/{ready.pk}/progress/").content.decode()

    assert "data-poll" not in part
    assert f'data-then="/s/demo-city/drafts/{ready.pk}/"' in part


def test_what_the_engine_refuses_is_said_on_the_draft(cut, signed_in):
    draft = draft_make(cut=cut, number=5, dated=DAY, by=None)
    said = {"en": ["The weights add up to 0.95."], "zh": ["权重合计0.95。"]}
    Draft.objects.filter(pk=draft.pk).update(state="failed", fault=json.dumps(said))

    english = signed_in("steward").get(f"/s/demo-city/drafts/{draft.pk}/").content.decode()
    chinese = signed_in("steward", lang="zh").get(f"/s/demo-city/drafts/{draft.pk}/").content.decode()

    assert "The weights add up to 0.95." in english
    assert "权重合计0.95。" in chinese


def test_the_preview_runs_nothing_and_is_marked(ready, signed_in):
    answer = signed_in("leader").get(f"/s/demo-city/drafts/{ready.pk}/preview/en/")

    policy = answer["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "script-src" not in policy
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'")
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert "DRAFT, not released:" in answer.content.decode()


def test_files_are_saved_under_a_name_that_says_draft(ready, signed_in):
    leader = signed_in("leader", lang="zh")

    word = leader.get(f"/s/demo-city/drafts/{ready.pk}/file/bulletin.zh.docx")
    page = leader.get(f"/s/demo-city/drafts/{ready.pk}/file/bulletin.zh.html")

    assert word["Content-Disposition"].startswith("attachment")
    assert "%E8%8D%89%E7%A8%BF-demo-city-2026-05-bulletin.zh.docx" in word["Content-Disposition"]
    assert page["Content-Type"] == "application/octet-stream"
    assert leader.get(f"/s/demo-city/drafts/{ready.pk}/file/no-such-file").status_code == 404


@pytest.mark.parametrize("who", ["crane", "talent", "verifier"])
def test_drafts_are_for_the_bureau_leaders_and_auditors(ready, signed_in, who):
    client, base = signed_in(who), "/s/demo-city/drafts/"

    addresses = ["", f"{ready.pk}/", f"{ready.pk}/progress/", f"{ready.pk}/package.zip", f"{ready.pk}/preview/en/",
                 f"{ready.pk}/file/bulletin.en.pdf"]  # fmt: skip
    assert {client.get(base + a).status_code for a in addresses} == {403}
    assert client.post(f"{base}make/", {}).status_code == 403
    assert signed_in("leader").post(f"{base}{ready.pk}/again/").status_code == 403


def test_a_draft_of_another_season_is_not_found_under_this_one(ready, signed_in):
    assert signed_in("leader").get(f"/s/ruian-2021/drafts/{ready.pk}/").status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_the_same_queries_whatever_it_shows(cut, signed_in, django_assert_num_queries, rows):
    for n in range(rows):
        draft_make(cut=cut, number=5 + n, dated=DAY, by=None)
    leader = signed_in("leader")
    leader.get("/s/demo-city/drafts/")

    with django_assert_num_queries(10):
        page = leader.get("/s/demo-city/drafts/").content.decode()

    assert page.count("pill pill-grey") == rows
