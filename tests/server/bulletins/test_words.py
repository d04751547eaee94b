"""The words of a draft: typed by page, never numbers, kept whole, made into the files, and closed once it is out."""

import pytest
from small_season import drafted, small_season

from saima.press import Words
from saima.server.bulletins.actions.drafts import draft_render, draft_words
from saima.server.bulletins.actions.releases import bulletin_release
from saima.server.bulletins.models import Artefact, Draft, ReleasedFile
from saima.server.kit import blobs
from saima.server.kit.models import Audit
from saima.words import Text


@pytest.fixture
def draft(db, person):
    return drafted(small_season(), "2026-01", by=person("steward"))


def test_words_typed_on_the_page_stand_in_draft_and_release(draft, signed_in, person):
    base = f"/s/small/drafts/{draft.pk}/"
    Draft.objects.filter(pk=draft.pk).update(state="ready")
    page = signed_in("steward2").get(base).content.decode()
    form = {"seen": "1", "opening.en": "One month is over.\r\n\r\nRead on.", "opening.zh": "一月已过。",
            "remarks.en": "Report by the 5th.", "signatory.zh": "赛马办"}  # fmt: skip

    answer = signed_in("steward2").post(base + "words/", form)
    kept = draft_render(draft_id=draft.pk)
    html = blobs.get(Artefact.objects.get(draft=kept, path="bulletin.en.html").blob_id).decode()

    assert 'name="opening.en"' in page
    assert (answer.status_code, kept.state, kept.row_version, kept.hand.username) == (302, "ready", 2, "steward2")
    assert "One month is over." in html
    assert "Report by the 5th." in html
    # Who wrote the words last may not release alone; the one who made the draft may.
    version = bulletin_release(draft=kept, by=person("steward"))
    released = {f.path: blobs.get(f.blob_id) for f in ReleasedFile.objects.filter(version=version)}
    assert b"One month is over." in released["words.json"]
    assert "赛马办" in released["bulletin.zh.html"].decode()
    assert Audit.objects.filter(action="draft.worded").count() == 1
    again = signed_in("steward").post(base + "words/", {**form, "seen": "2", "opening.en": "Another."})
    assert (again.status_code, "is released or being released" in again.content.decode()) == (422, True)


def test_the_last_hand_never_releases_alone(draft, person):
    mine = draft_words(draft=draft, words=Words(opening=Text("x", "")), seen=1, by=person("steward2"))
    Draft.objects.filter(pk=mine.pk).update(state="ready")

    with pytest.raises(Exception, match="A second person releases it"):
        bulletin_release(draft=Draft.objects.get(pk=mine.pk), by=person("steward2"))


def test_two_who_write_at_once_lose_nothing(draft, signed_in):
    address = f"/s/small/drafts/{draft.pk}/words/"

    first = signed_in("steward").post(address, {"seen": "1", "opening.zh": "甲"})
    second = signed_in("steward2").post(address, {"seen": "1", "opening.zh": "乙"})

    assert (first.status_code, second.status_code) == (302, 409)
    assert "甲" in second.content.decode()
    assert "乙" in second.content.decode()
    assert '"opening": ["", "甲"]' in Draft.objects.get().words


def test_words_too_long_are_refused_with_name_and_length(draft, signed_in):
    form = {"seen": "1", "opening.en": "x" * 2001, "copies.zh": "市" * 301}

    answer = signed_in("steward").post(f"/s/small/drafts/{draft.pk}/words/", form)

    said = answer.content.decode()
    assert answer.status_code == 422
    assert "Opening paragraph: 2001 characters are too many, 2000 at most." in said
    assert "Copies: 301 characters are too many, 300 at most." in said
    assert Draft.objects.get().words == ""


def test_files_made_from_words_that_changed_meanwhile_are_not_kept(draft, person, monkeypatch):
    from saima.server.bulletins.actions import drafts

    Draft.objects.filter(pk=draft.pk).update(state="waiting")
    render = drafts.bulletin_files

    def slowly(*args, **given):
        draft_words(draft=draft, words=Words(opening=Text("newer")), seen=1, by=person("steward"))
        return render(*args, **given)

    monkeypatch.setattr(drafts, "bulletin_files", slowly)
    first = draft_render(draft_id=draft.pk)
    monkeypatch.undo()

    assert (first.state, Artefact.objects.count()) == ("waiting", 0)
    assert draft_render(draft_id=draft.pk).state == "ready"
    assert b"newer" in blobs.get(Artefact.objects.get(path="words.json").blob_id)
