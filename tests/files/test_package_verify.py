"""A package verifies as it was made, and no longer when any file of it was touched."""

import json
from pathlib import Path

import pytest
import small_race

from saima.engine.errors import Refused
from saima.engine.model.evaluation_json import to_json
from saima.files.packages import make_key, sign, verify_package, write_package
from saima.files.packages.comparing import Difference, differences


def _codes(path: Path, key: str | Path | None = None) -> list[str]:
    return [step.code for step in verify_package(path, key).steps]


def _faults(path: Path, key: str | Path | None = None) -> list[tuple[str, object]]:
    return [(s.code, s.params.get("file")) for s in verify_package(path, key).steps if not s.ok]


def _written(files: dict[str, bytes], path: Path) -> Path:
    write_package(files, path)
    return path


@pytest.mark.parametrize("name", ["whole", "whole.saima.zip"])
def test_package_verifies_as_it_was_made(tmp_path, name):
    path = _written(small_race.package(), tmp_path / name)

    found = verify_package(path)

    assert found.ok
    assert [s.code for s in found.steps] == [
        "verify.files",
        "verify.unsigned",
        "verify.digests",
        "verify.chain",
        "verify.recomputed_drawn",
        "verify.meaning",
    ]
    assert found.sentences("zh")[0] == "9个文件齐全且未改动。"
    assert found.sentences("en")[-1].endswith("It does not show that the inputs are true.")


def test_package_with_one_byte_changed_in_any_file_fails_and_names_it(tmp_path):
    files = small_race.package()
    make_key(tmp_path / "key.pem")
    files["manifest.sig"] = sign(files["manifest.json"], tmp_path / "key.pem")
    named = {}

    for n, (name, content) in enumerate(sorted(files.items())):
        middle = len(content) // 2
        touched = content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
        faults = _faults(_written({**files, name: touched}, tmp_path / f"p{n}.zip"))
        named[name] = [f for _, f in faults if f == name]

    assert named == {name: named[name] for name in files}
    assert all(named.values())


@pytest.mark.parametrize("name", ["manifest.json", "manifest.sig"])
def test_white_space_added_to_manifest_or_signature_is_a_change(tmp_path, name):
    files = small_race.package()
    make_key(tmp_path / "key.pem")
    files["manifest.sig"] = sign(files["manifest.json"], tmp_path / "key.pem")
    files[name] += b"\n"

    assert [file for _, file in _faults(_written(files, tmp_path / "p"))] == [name]


def test_package_names_missing_and_extra_files(tmp_path):
    files = small_race.package()
    files["notes.txt"] = b"mine"
    del files["bulletin.en.html"]

    faults = _faults(_written(files, tmp_path / "p"))

    assert faults == [("verify.file_missing", "bulletin.en.html"), ("verify.file_extra", "notes.txt")]


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ('"rank":1,', '"rank":2,', "rank"),
        ('"status":"present"', '"status":"late"', "status"),
        ('"seed": 7', '"seed": 8', "seed"),
        ('"period": "2026-02"', '"period": "2026-01"', "period"),
        ('"engine_version": "', '"engine_version": "9', "engine_version"),
    ],
)
def test_package_forged_consistently_fails_at_recomputation(tmp_path, old, new, where):
    files = small_race.package()
    text = files["evaluation.json"].decode()
    assert old in text
    files["evaluation.json"] = text.replace(old, new, 1).encode()

    steps = verify_package(_written(small_race.resealed(files), tmp_path / "p")).steps

    assert [s.code for s in steps if not s.ok] == ["verify.differs"]
    assert next(str(s.params["where"]) for s in steps if not s.ok).endswith(where)


def test_package_with_a_forged_score_in_the_ninth_digit_fails(tmp_path):
    files = small_race.package()
    content = json.loads(files["evaluation.json"])
    content["standings"][0]["score"] += 1e-6
    files["evaluation.json"] = json.dumps(content).encode()

    faults = _faults(_written(small_race.resealed(files), tmp_path / "p"))

    assert faults == [("verify.differs", "evaluation.json")]


def test_package_with_a_forged_reading_fails_at_digests_and_results(tmp_path):
    files = small_race.package()
    name = "season/readings.csv"
    assert b",22," in files[name]
    files[name] = files[name].replace(b",22,", b",23,", 1)

    codes = [code for code, _ in _faults(_written(small_race.resealed(files), tmp_path / "p"))]

    assert "verify.data_digest" in codes
    assert "verify.differs" in codes


def test_package_with_another_past_breaks_the_chain(tmp_path):
    files = small_race.package()
    name = "season/published/2026-01.csv"
    files[name] = files[name].replace(b",rank,1\n", b",rank,2\n", 1)

    codes = [code for code, _ in _faults(_written(small_race.resealed(files), tmp_path / "p"))]

    assert codes[:2] == ["verify.history_digest", "verify.chain_broken"]


def test_package_with_a_forged_record_fails(tmp_path):
    files = small_race.package()
    files["record/2026-02.csv"] = files["record/2026-02.csv"].replace(b",red\n", b",green\n", 1)

    faults = _faults(_written(small_race.resealed(files), tmp_path / "p"))

    assert faults == [("verify.differs", "record/2026-02.csv")]


def test_package_whose_season_cannot_be_read_says_where(tmp_path):
    files = small_race.package()
    files["season/readings.csv"] = files["season/readings.csv"].replace(b",22,", b",many,", 1)

    found = verify_package(_written(files, tmp_path / "p"))

    assert [s.code for s in found.steps if not s.ok] == ["verify.file_changed", "verify.refused"]
    assert any("readings.csv" in said and "many" in said for said in found.sentences("zh"))


def test_signature_is_accepted_with_the_right_key_only(tmp_path):
    files = small_race.package()
    public = make_key(tmp_path / "bureau.pem")
    other = make_key(tmp_path / "other.pem")
    files["manifest.sig"] = sign(files["manifest.json"], tmp_path / "bureau.pem")
    path = _written(files, tmp_path / "p.zip")

    assert _codes(path)[1] == "verify.signed"
    assert _codes(path, public)[1] == "verify.signed_as_expected"
    assert _codes(path, tmp_path / "bureau.pem.pub")[1] == "verify.signed_as_expected"
    assert _faults(path, other) == [("verify.signed_by_other", None)]
    assert _faults(path, tmp_path / "other.pem.pub") == [("verify.signed_by_other", None)]


def test_signature_of_another_manifest_is_refused(tmp_path):
    files = small_race.package()
    make_key(tmp_path / "key.pem")
    files["manifest.sig"] = sign(files["manifest.json"] + b" ", tmp_path / "key.pem")

    assert _faults(_written(files, tmp_path / "p")) == [("verify.signature_wrong", "manifest.sig")]


def test_unsigned_package_fails_when_a_key_is_asked_for(tmp_path):
    public = make_key(tmp_path / "key.pem")
    path = _written(small_race.package(), tmp_path / "p")

    assert _faults(path, public) == [("verify.unsigned_expected", "manifest.sig")]


def test_key_is_private_and_never_written_over(tmp_path):
    make_key(tmp_path / "key.pem")

    assert (tmp_path / "key.pem").stat().st_mode & 0o077 == 0
    with pytest.raises(Refused):
        make_key(tmp_path / "key.pem")


@pytest.mark.parametrize("content", [b"", b"no key", b"-----BEGIN PRIVATE KEY-----\nAA\n-----END PRIVATE KEY-----\n"])
def test_what_is_no_key_is_refused(tmp_path, content):
    (tmp_path / "key.pem").write_bytes(content)

    with pytest.raises(Refused):
        sign(b"{}", tmp_path / "key.pem")
    with pytest.raises(Refused):
        verify_package(tmp_path, tmp_path / "key.pem")
    with pytest.raises(Refused):
        verify_package(tmp_path, tmp_path / "absent.pem")


@pytest.mark.parametrize("manifest", [b"", b"[]", b"{}", b'{"files": {}}', b"\xff", b"[" * 100_000])
def test_rubbish_for_a_manifest_is_told_and_not_raised(tmp_path, manifest):
    path = _written({"manifest.json": manifest}, tmp_path / "p")

    assert _codes(path) == ["verify.manifest_changed"]


def test_folder_without_manifest_is_no_package(tmp_path):
    with pytest.raises(Refused) as refused:
        verify_package(tmp_path)

    assert [p.code for p in refused.value.problems] == ["package.none"]


def test_the_folder_one_stands_in_is_called_by_its_name(tmp_path, monkeypatch):
    folder = tmp_path / "april"
    folder.mkdir()
    monkeypatch.chdir(folder)

    with pytest.raises(Refused) as refused:
        verify_package(Path())

    assert refused.value.problems[0].params["package"] == "april"


def test_package_that_lost_its_manifest_is_not_verified(tmp_path):
    (tmp_path / "evaluation.json").write_bytes(b"{}")

    assert _codes(tmp_path) == ["verify.no_manifest"]


def test_older_evaluations_may_say_less_but_not_more():
    new = to_json(small_race.evaluated(small_race.bundle()))
    old = {key: value for key, value in new.items() if key not in {"nodes", "base"}}
    other = {**new, "invented": 1}

    assert list(differences(old, new, same_engine=False)) == []
    assert list(differences(other, new, same_engine=False)) == [Difference("invented", "1", "")]


def test_drawn_statistics_may_differ_by_their_error_and_no_more():
    new = json.loads(json.dumps(to_json(small_race.evaluated(small_race.bundle()))))
    assert new["uncertainty"][0]["error"] > 0
    near, far = json.loads(json.dumps(new)), json.loads(json.dumps(new))
    near["uncertainty"][0]["p_rank"][0][0] += 2 * new["uncertainty"][0]["error"]
    far["uncertainty"][0]["p_rank"][0][0] += 6 * new["uncertainty"][0]["error"]
    far["standings"][0]["rank_high"] += 2

    assert list(differences(near, new, same_engine=True)) == []
    assert [d.where for d in differences(far, new, same_engine=True)] == [
        "standings[0].rank_high",
        "uncertainty[0].p_rank[0][0]",
    ]
