"""Makes what an office without internet needs to install Saima: wheels for Linux and Windows, scripts, sums.

    python tools/bundle.py [--out dist] [--python 3.11] [--only linux|windows] [--try]

Needs the network once, through pip, and the project's exact versions (constraints.txt). ``--try`` installs the Linux
half into a fresh environment without an index and runs the demonstration's loading.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from email.parser import HeaderParser
from hashlib import sha256
from pathlib import Path
from typing import Final

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename

from saima import __version__

ROOT: Final = Path(__file__).resolve().parents[1]
WANTED: Final = "saima[postgres]"
PLATFORMS: Final = {
    "linux": ("manylinux2014_x86_64", *(f"manylinux_2_{n}_x86_64" for n in (28, 27, 26, 24, 17, 12, 5))),
    "windows": ("win_amd64",),
}
# What a requirement may ask of the machine it is installed on; pip itself would answer for the one it runs on.
MACHINES: Final = {
    "linux": {
        "sys_platform": "linux",
        "platform_system": "Linux",
        "os_name": "posix",
        "platform_machine": "x86_64",
    },
    "windows": {
        "sys_platform": "win32",
        "platform_system": "Windows",
        "os_name": "nt",
        "platform_machine": "AMD64",
    },
}
COPIED: Final = ("docs/server.md", "docs/server.zh.md", "LICENSE", "deploy")

CHECK: Final = '''"""Compares every file of this folder with SHA256SUMS."""

import hashlib
import pathlib
import sys

here = pathlib.Path(__file__).resolve().parent
wrong = []
for line in (here / "SHA256SUMS").read_text("utf-8").splitlines():
    expected, name = line.split("  ", 1)
    file = here / name
    if not file.is_file() or hashlib.sha256(file.read_bytes()).hexdigest() != expected:
        wrong.append(name)
if wrong:
    sys.exit("Damaged or missing, copy the folder again: " + ", ".join(wrong))
'''
SHELL: Final = """#!/bin/sh
# Installs Saima without internet:  ./install.sh [FOLDER]   (FOLDER: /srv/saima/app). Run it again to update.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
target=${{1:-/srv/saima/app}}
python=${{PYTHON:-python{python}}}
command -v "$python" >/dev/null || {{ echo "Saima's wheels here are for Python {python}: install it, or name it with PYTHON=..." >&2; exit 1; }}
"$python" -c 'import sys; sys.exit(sys.version_info[:2] != ({major}, {minor}))' || {{ echo "These wheels are for Python {python}, and $python is another." >&2; exit 1; }}
"$python" "$here/check.py"
test -x "$target/bin/python" || "$python" -m venv "$target" || {{ echo "Python could not make an environment: on Debian and Ubuntu, install python{python}-venv from your disk." >&2; exit 1; }}
"$target/bin/python" -m pip install --quiet --disable-pip-version-check --no-index -f "$here/wheels/linux" --upgrade '{wanted}'
"$target/bin/saima" --version
echo "Start it: $target/bin/saima serve --home DIR    Look around: $target/bin/saima demo"
"""  # noqa: E501 - a script is read line by line
BATCH: Final = """@echo off
rem Installs Saima without internet:  install.cmd [FOLDER]   (FOLDER: C:\\Saima). Run it again to update.
setlocal
set "here=%~dp0"
set "target=%~1"
if "%target%"=="" set "target=C:\\Saima"
py -{python} "%here%check.py" || (echo Python {python} is needed, and an undamaged copy of this folder. & exit /b 1)
if not exist "%target%\\Scripts\\python.exe" py -{python} -m venv "%target%" || exit /b 1
"%target%\\Scripts\\python.exe" -m pip install --quiet --disable-pip-version-check --no-index -f "%here%wheels\\windows" --upgrade "{wanted}" || exit /b 1
"%target%\\Scripts\\saima.exe" --version || exit /b 1
echo Start it: "%target%\\Scripts\\saima.exe" serve --home DIR    Look around: "%target%\\Scripts\\saima.exe" demo
"""  # noqa: E501


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--out", type=Path, default=ROOT / "dist")
    asked.add_argument("--python", default=f"{sys.version_info[0]}.{sys.version_info[1]}")
    asked.add_argument("--only", choices=sorted(PLATFORMS))
    asked.add_argument("--try", dest="attempt", action="store_true")
    given = asked.parse_args()
    folder = given.out / f"saima-{__version__}-offline"
    part = given.out / f".{folder.name}.{os.getpid()}.part"
    shutil.rmtree(part, ignore_errors=True)
    try:
        wheel = built(part / "wheels")
        for name in [given.only] if given.only else sorted(PLATFORMS):
            collect(name, wheel, part / "wheels" / name, given.python)
        wheel.unlink()
        furnish(part, given.python)
        shutil.rmtree(folder, ignore_errors=True)
        part.rename(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    size = sum(f.stat().st_size for f in folder.rglob("*") if f.is_file())
    sys.stdout.write(f"{folder}: {size / 2**20:.0f} MB\n")
    if given.attempt:
        tried(folder)
    return 0


def built(folder: Path) -> Path:
    """This project's own wheel."""
    folder.mkdir(parents=True)
    run(sys.executable, "-m", "build", "--quiet", "--wheel", "--outdir", folder, ROOT)
    return next(folder.glob("saima-*.whl"))


def collect(name: str, wheel: Path, folder: Path, python: str) -> None:
    """Download every wheel one platform needs, and those only that platform asks for."""
    folder.mkdir()
    shutil.copy(wheel, folder)
    wanted = {f"{wheel}{WANTED.removeprefix('saima')}"}
    while wanted:
        download(name, sorted(wanted), folder, python)
        wanted = missing(folder, MACHINES[name] | {"python_version": python, "python_full_version": f"{python}.0"})


def download(name: str, wanted: list[str], folder: Path, python: str) -> None:
    tag = "cp" + python.replace(".", "")
    run(
        *(sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"),
        *("--dest", folder, "--only-binary", ":all:", "--constraint", ROOT / "constraints.txt"),
        *("--python-version", python, "--implementation", "cp", "--abi", tag, "--abi", "abi3", "--abi", "none"),
        *(part for platform in PLATFORMS[name] for part in ("--platform", platform)),
        *wanted,
    )


def missing(folder: Path, machine: dict[str, str]) -> set[str]:
    """What wheels there ask for on that machine, and is not there."""
    there: set[str] = set()
    asked: list[Requirement] = []
    for file in folder.glob("*.whl"):
        there.add(parse_wheel_filename(file.name)[0])
        with zipfile.ZipFile(file) as archive:
            metadata = next(n for n in archive.namelist() if n.endswith(".dist-info/METADATA"))
            told = HeaderParser().parsestr(archive.read(metadata).decode())
        extra = "postgres" if told["Name"] == "saima" else ""
        for text in told.get_all("Requires-Dist") or []:
            requirement = Requirement(text)
            if requirement.marker is None or requirement.marker.evaluate(machine | {"extra": extra}):
                asked.append(requirement)
    return {f"{r.name}{r.specifier}" for r in asked if canonicalize_name(r.name) not in there}


def furnish(folder: Path, python: str) -> None:
    """Scripts, papers, and the sums of everything."""
    major, minor = python.split(".")
    words = {"python": python, "major": major, "minor": minor, "wanted": WANTED}
    (folder / "check.py").write_text(CHECK, "utf-8")
    (folder / "install.sh").write_text(SHELL.format(**words), "utf-8")
    (folder / "install.sh").chmod(0o755)
    (folder / "install.cmd").write_text(BATCH.format(**words), "utf-8", newline="\r\n")
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name)
        else:
            shutil.copy(source, folder / source.name)
    sums = sorted((f.relative_to(folder).as_posix(), f) for f in folder.rglob("*") if f.is_file())
    lines = (f"{sha256(file.read_bytes()).hexdigest()}  {name}\n" for name, file in sums)
    (folder / "SHA256SUMS").write_text("".join(lines), "utf-8")


def tried(folder: Path) -> None:
    """Install the Linux half where no index is reached, and load the demonstration with it."""
    with tempfile.TemporaryDirectory(prefix="saima-bundle-") as there:
        bare = {"PATH": os.environ["PATH"], "HOME": there, "PIP_NO_INDEX": "1", "PYTHON": sys.executable}
        run(folder / "install.sh", f"{there}/saima", env=bare)
        run(f"{there}/saima/bin/saima", "demo", "--home", f"{there}/demo", "--no-serve", env=bare)
    sys.stdout.write("Installed without an index, and the demonstration loads.\n")


def run(*command: object, env: dict[str, str] | None = None) -> None:
    subprocess.run([str(c) for c in command], check=True, env=env)  # noqa: S603 - our own words


if __name__ == "__main__":
    raise SystemExit(main())
