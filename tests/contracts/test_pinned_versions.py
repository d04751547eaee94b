"""The exact versions stand once, and constraints.txt says the same."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PINS: list[str] = PYPROJECT["tool"]["uv"]["constraint-dependencies"]


def name_of(requirement: str) -> str:
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert found, requirement
    return re.sub(r"[-_.]+", "-", found[0]).lower()


def test_constraints_txt_is_what_pyproject_says(tmp_path: Path) -> None:
    for name in ("pyproject.toml", "tools/constraints.py"):
        copy = tmp_path / name
        copy.parent.mkdir(exist_ok=True)
        copy.write_bytes((ROOT / name).read_bytes())

    subprocess.run([sys.executable, tmp_path / "tools/constraints.py"], check=True)

    assert (tmp_path / "constraints.txt").read_text("utf-8") == (ROOT / "constraints.txt").read_text("utf-8")


def test_every_dependency_has_one_exact_version() -> None:
    project = PYPROJECT["project"]
    asked = [*project["dependencies"], *(r for extra in project["optional-dependencies"].values() for r in extra)]

    assert sorted({name_of(r) for r in asked} - {name_of(p) for p in PINS}) == []
    assert [p for p in PINS if not re.fullmatch(r"[a-z0-9-]+==[A-Za-z0-9.!]+", p)] == []
    assert sorted(PINS) == PINS
    assert len({name_of(p) for p in PINS}) == len(PINS)


def test_a_freeze_becomes_the_list_and_the_file(tmp_path: Path) -> None:
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools/constraints.py").write_bytes((ROOT / "tools/constraints.py").read_bytes())
    (tmp_path / "pyproject.toml").write_text('[tool.uv]\nconstraint-dependencies = [\n  "old==1",\n]\n', "utf-8")
    (tmp_path / "freeze.txt").write_text("Zeta_x==2.0\n# note\n-e .\nsaima==0.1.0\nalpha==1.0+local\n", "utf-8")

    subprocess.run([sys.executable, "tools/constraints.py", "--freeze", "freeze.txt"], check=True, cwd=tmp_path)

    assert (tmp_path / "pyproject.toml").read_text("utf-8") == (
        '[tool.uv]\nconstraint-dependencies = [\n  "alpha==1.0",\n  "zeta-x==2.0",\n]\n'
    )
    assert (tmp_path / "constraints.txt").read_text("utf-8").splitlines()[1:] == ["alpha==1.0", "zeta-x==2.0"]
