"""Talents: counted by code, named under seal; looks are told, one person is taken out and erased, keys exchanged."""

import json
import shutil
from datetime import date, datetime

import pytest
from django.conf import settings

from saima.engine.errors import QuestionRefused
from saima.server.accounts.models import Person
from saima.server.accounts.rules import NotAllowed
from saima.server.kit import clock
from saima.server.kit.models import Audit
from saima.server.places.queries import place_of
from saima.server.registers.actions.sealing import keys_drop_old, keys_rotate
from saima.server.registers.actions.talents import (
    Campaign,
    personal_export,
    personal_show,
    programme_keep,
    talent_add,
    talent_erase,
    talent_event,
)
from saima.server.registers.models import Talent, TalentProgramme, TalentSecret
from saima.server.registers.queries.sealing import key_path, ring, sealed_by_key
from saima.server.registers.queries.talents import programmes_counted, talents_at
from saima.server.site.demo_talents import PEOPLE

POSTGRES = settings.DATABASES["default"]["ENGINE"].endswith("postgresql")
NAME = "Unwritten Name 未写之名"


@pytest.fixture
def own_key(monkeypatch, tmp_path, db):
    """A ring of this test's own, holding the keys of the demonstration."""
    shutil.copyfile(key_path(), tmp_path / "personal.key")
    (tmp_path / "personal.key").chmod(0o600)
    monkeypatch.setattr(settings, "PERSONAL_KEY", tmp_path / "personal.key")
    return tmp_path / "personal.key"


@pytest.fixture
def somebody(own_key, person):
    return talent_add(
        programme=TalentProgramme.objects.get(key="kite"),
        arrived=date(2026, 5, 4),
        personal={"name": NAME, "id_number": "X-771", "contact": "unwritten@example.org"},
        employer="Paper Wing 纸翼",
        place="crane",
        by=person("talent"),
    )


def refused(code, does, *args, **given):
    with pytest.raises(QuestionRefused) as found:
        does(*args, **given)
    return [p.code for p in found.value.problems] == [code]


@pytest.mark.skipif(POSTGRES, reason="the file is SQLite's; of either database test_keys_command.py reads the backup")
def test_the_database_file_holds_no_name_and_no_key(make_desk):
    desk = make_desk()
    content = (desk.home / "saima.sqlite3").read_bytes()

    words = [p.encode() for _, name, *_ in PEOPLE for p in (name, *name.split(" "))]
    assert [w for w in words if w in content and w != b"Fictional"] == []
    assert b"DEMO-ID-" not in content
    assert b"demo-1@example.org" not in content
    assert content.count(b"s1." + ring().names[0].encode()) == len(PEOPLE)
    assert ring().keys[0][1].hex().encode() not in content


def test_every_look_is_told_to_the_trail_and_on_the_page(somebody, signed_in):
    client = signed_in("talent")
    page = f"/registers/talents/t/{somebody.code}/"
    before = client.get(page).content.decode()
    without = client.post(f"{page}do/", {"do": "show", "purpose": " "})
    shown = client.post(f"{page}do/", {"do": "show", "purpose": "housing form 安居申请"})
    after = client.get(page).content.decode()

    looks = Audit.objects.filter(object_type="talent", object_key=somebody.code, action="talent.seen")
    assert NAME not in before
    assert (without.status_code, NAME in shown.content.decode(), NAME in after) == (422, True, False)
    assert shown["Cache-Control"] == "private, no-store"
    assert [json.loads(a.detail)["purpose"] for a in looks] == ["housing form 安居申请"]
    assert "housing form" in after
    assert not Audit.objects.filter(detail__contains=NAME.split(" ", maxsplit=1)[0]).exists()


ROLES = [  # who, sees the list, sees what names, erases
    ("steward", True, True, True),
    ("talent", True, True, False),
    ("science", True, False, False),
    ("leader", True, False, False),
    ("auditor", True, False, False),
    ("crane", True, False, False),
    ("whale", False, False, False),
    ("verifier", False, False, False),
    ("admin", False, False, False),
    ("", False, False, False),
]


@pytest.mark.parametrize(("who", "lists", "names", "erases"), ROLES)
def test_the_role_table(somebody, signed_in, who, lists, names, erases):
    client = signed_in(who)
    page = f"/registers/talents/t/{somebody.code}/"

    assert (client.get(page).status_code == 200) == lists
    got = client.post(f"{page}do/", {"do": "show", "purpose": "p"})
    assert (got.status_code == 200, NAME in got.content.decode()) == (names, names)
    taken = client.post(f"{page}do/", {"do": "export", "purpose": "p"})
    assert (taken.status_code == 200) == names
    client.post(f"{page}do/", {"do": "erase", "purpose": "asked for"})
    assert (TalentSecret.objects.get(talent=somebody).sealed == "") == erases
    assert NAME not in client.get("/registers/talents.csv").content.decode()


def test_one_person_is_taken_out_whole_and_erased_and_the_counts_keep(somebody, person):
    by = person("steward")
    before = programmes_counted(talents_at(), clock.today())
    taken = json.loads(personal_export(talent=somebody, purpose="asked for", by=by))

    assert refused("talents.names_somebody", talent_erase, talent=somebody, purpose=f"{NAME} asked", by=by)
    talent_erase(talent=somebody, purpose="asked for", by=by)

    secret = TalentSecret.objects.get(talent=somebody)
    after = programmes_counted(talents_at(), clock.today())
    assert taken["personal"] == {"name": NAME, "id_number": "X-771", "contact": "unwritten@example.org"}
    assert [e["what"] for e in taken["events"]] == ["arrived", "employer", "place"]
    assert (secret.sealed, secret.key) == ("", "")
    assert [(c.came, c.this_year, c.here) for c in after] == [(c.came, c.this_year, c.here) for c in before]
    assert refused("talents.is_erased", personal_show, talent=somebody, purpose="p", by=by)


def test_words_that_stay_for_ever_name_nobody(somebody, person):
    by = person("steward")
    given = {"talent": somebody, "what": "employer", "on": date(2026, 5, 20), "by": by}

    assert refused("talents.names_somebody", talent_event, value=f"Firm of {NAME}", **given)
    assert refused("talents.names_somebody", talent_event, value="Firm", reason="call unwritten@example.org", **given)
    assert refused("talents.before_arrival", talent_event, **given | {"on": date(2026, 5, 1)}, value="Firm")


def test_who_was_here_on_a_day_as_it_was_known(somebody):
    with clock.at(datetime.fromisoformat("2026-06-02T10:00:00+08:00")):
        talent_event(talent=somebody, what="left", on=date(2026, 5, 25), by=None)
        talent_event(talent=somebody, what="place", on=date(2026, 5, 20), value="whale", by=None)

    def said(on, known, places=None):
        found = talents_at(
            on=date.fromisoformat(on), known=datetime.fromisoformat(known), codes=[somebody.code], place_ids=places
        )
        return [(t.here, t.place) for t in found]

    now, before = "2026-06-02T12:00:00+08:00", "2026-06-02T09:30:00+08:00"
    assert said("2026-05-01", now) == []
    assert said("2026-05-31", before) == [(True, "crane")]
    assert said("2026-05-22", now) == [(True, "whale")]
    assert said("2026-05-31", now) == [(False, "whale")]
    assert said("2026-05-31", now, [place_of("crane").pk]) == []


def test_keys_are_exchanged_and_old_ones_dropped_and_a_lost_key_is_said(own_key, somebody, person):
    old = ring().names[0]
    count = keys_rotate(by=None)
    new = ring().names[0]

    assert (count, sealed_by_key()) == (len(PEOPLE) + 1, {new: count})
    assert ring().names == (new, old)
    assert keys_drop_old(by=None) == (old,)
    assert personal_show(talent=somebody, purpose="p", by=person("steward"))["name"] == NAME
    assert own_key.stat().st_mode & 0o777 == 0o600
    own_key.unlink()
    given = {"talent": somebody, "purpose": "p", "by": person("steward")}
    assert refused("sealing.no_key", personal_show, **given)
    kite = TalentProgramme.objects.get(key="kite")
    add = {"programme": kite, "arrived": date(2026, 5, 4), "personal": {"name": "Other"}, "by": None}
    assert refused("sealing.no_key", talent_add, **add)  # no second key in the place of one that is lost
    talent_erase(**given)  # what nobody can read can still be erased


def test_a_seal_moved_to_another_row_does_not_open(somebody, person):
    other = Talent.objects.exclude(pk=somebody.pk).first()
    TalentSecret.objects.filter(talent=other).update(sealed=TalentSecret.objects.get(talent=somebody).sealed)

    assert refused("sealing.broken", personal_show, talent=other, purpose="p", by=person("steward"))


def test_a_programme_is_a_name_until_somebody_fills_it_in(own_key, person, signed_in):
    page = signed_in("leader").get("/registers/talents/").content.decode()
    bare = TalentProgramme.objects.get(key="510")
    with pytest.raises(NotAllowed):
        programme_keep(key="510", campaign=Campaign("510", "Ours"), by=person("science"))
    signed_in("steward").post(
        "/registers/talents/programmes/", {"key": "510", "title": "510", "about": "Filled in", "goal": "5"}
    )
    bare.refresh_from_db()

    assert "A name only" in page
    assert (bare.about, bare.goal) == ("Filled in", 5)


def test_the_pages_enter_and_show_somebody(own_key, signed_in):
    client = signed_in("talent", "zh")
    form = {"programme": "seed", "arrived": "2026-05-11", "name": NAME, "place": "whale", "once": "t1"}
    made = client.post("/registers/talents/new/", form)
    again = client.post("/registers/talents/new/", form)
    csv = client.get("/registers/talents.csv").content.decode()

    assert made["Location"] == again["Location"]
    assert "玻璃鲸园" in client.get(made["Location"]).content.decode()
    assert made["Location"].split("/")[-2] in csv
    assert Person.objects.filter(name=NAME).count() == 0
