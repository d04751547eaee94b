"""One command, one table: wall and CPU seconds, peak memory, bars and ratios. Each case runs in a process of its own.

python benchmarks/run.py              every case; peers only where they are installed (the `bench` extra)
python benchmarks/run.py whatif       the cases whose name contains it
python benchmarks/run.py projection   how honest projections are: coverage and error, no timing
python benchmarks/run.py rules-agree  bulk, scalar and slow evaluator on 20,000 firms of every preset, five minutes
python benchmarks/run.py server       the server: a million readings, start-up, a hundred and more people at work
python benchmarks/run.py server-load  only the people at work, about six minutes
python benchmarks/run.py wall         a wall screen left running, about twelve minutes; needs chromium
"""

import importlib.util
import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from cases import CASES, NEEDS, SCALED

REPEATS = 3
HERE = Path(__file__).resolve().parent
PROGRAMS = {  # with tables of their own
    "projection": ["projection.py"],
    "rules-agree": ["rules_agree.py"],
    "server-start": ["server.py"],
    "server-load-sqlite": ["load.py", "sqlite"],
    "server-load-postgresql": ["load.py", "postgresql"],
    "wall": ["wall.py"],
}


def measured(name: str) -> dict[str, float | str]:
    """Best of three runs after preparation (one where a run takes over 5 s); memory is the whole process's peak.

    ``said``: what the last run has to say of itself.
    """
    run = CASES[name].prepare()
    base, children = _peaks()
    walls, cpus = [], []
    for _ in range(REPEATS):
        wall, cpu = time.perf_counter(), _cpu()
        said = run()
        walls.append(time.perf_counter() - wall)
        cpus.append(_cpu() - cpu)
        if walls[-1] > 5:
            break
    factor = SCALED.get(name, 1.0)
    peak, started = _peaks()
    if started > children:  # by the run, not by its preparation
        peak = max(peak, started)
    return {
        "wall": min(walls) * factor,
        "cpu": min(cpus) * factor,
        "memory_mb": peak / 1024,
        "grown_mb": (peak - base) / 1024,
        "said": said if isinstance(said, str) else "",
    }


def _peaks() -> tuple[int, int]:
    """Most kilobytes this process held at once, and the largest of those it started that have ended."""
    own, started = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own, started


def _cpu() -> float:
    """CPU seconds of this process and of those it started that have ended."""
    return sum(os.times()[:4])


def _line(title: str, *columns: str) -> str:
    return f"{title:<68}" + "".join(f"{c:>12}" for c in columns)


def main(arguments: list[str]) -> int:
    """Print the table; exit 1 when a bar is missed."""
    if arguments[:1] == ["--case"]:
        print(json.dumps(measured(arguments[1])))
        return 0
    names = [n for n in CASES if all(a in n for a in arguments)]
    found: dict[str, dict[str, Any]] = {}
    missed = []
    group = ""
    for name in names:
        case = CASES[name]
        if case.group != group:
            group = case.group
            print(f"\n{_line(group.capitalize(), 'wall s', 'CPU s', 'peak MB', '+ MB', 'bar s')}")
        if name in NEEDS and importlib.util.find_spec(NEEDS[name]) is None:
            print(_line(case.title, f"not installed: {NEEDS[name]}"))
            continue
        done = subprocess.run([sys.executable, __file__, "--case", name], capture_output=True, text=True, check=False)
        if done.returncode:
            print(_line(case.title, "failed"), done.stderr, sep="\n", file=sys.stderr)
            missed.append(name)
            continue
        found[name] = here = json.loads(done.stdout.splitlines()[-1])
        bar = "" if case.bar is None else f"{case.bar:g}"
        if case.bar is not None and here["wall"] > case.bar:
            bar += " missed"
            missed.append(name)
        if case.memory_bar_mb is not None and here["memory_mb"] > case.memory_bar_mb:
            bar += f" {case.memory_bar_mb:g} MB missed"
            missed.append(name)
        print(
            _line(
                case.title,
                f"{here['wall']:.3f}",
                f"{here['cpu']:.3f}",
                f"{here['memory_mb']:.0f}",
                f"{here['grown_mb']:.0f}",
                bar,
            ),
            flush=True,
        )
        if here["said"]:
            print(f"    {here['said']}", flush=True)
    print()
    for name in names:
        case = CASES[name]
        if name in found and case.against in found:
            ratio = found[case.against]["cpu"] / found[name]["cpu"]
            bar = f" (bar {case.ratio_bar:g})" if case.ratio_bar else ""
            print(f"{case.against} takes {ratio:.2f} times the CPU seconds of {name}{bar}")
            if case.ratio_bar and ratio < case.ratio_bar:
                missed.append(name)
    for name, command in PROGRAMS.items():
        if all(a in name for a in arguments):
            print()
            sys.stdout.flush()
            if subprocess.run([sys.executable, *command], cwd=HERE, check=False).returncode:
                missed.append(name)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
