"""One command, one table: wall and CPU seconds, peak memory, bars and ratios. Each case runs in a process of its own.

python benchmarks/run.py              every case; peers only where they are installed (the `bench` extra)
python benchmarks/run.py whatif       the cases whose name contains it
"""

import importlib.util
import json
import resource
import subprocess
import sys
import time

from cases import CASES, NEEDS, SCALED

REPEATS = 3


def measured(name: str) -> dict[str, float]:
    """Best of three runs after preparation (one where a run takes over 5 s); memory is the whole process's peak."""
    run = CASES[name].prepare()
    base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    walls, cpus = [], []
    for _ in range(REPEATS):
        wall, cpu = time.perf_counter(), time.process_time()
        run()
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
        if walls[-1] > 5:
            break
    factor = SCALED.get(name, 1.0)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "wall": min(walls) * factor,
        "cpu": min(cpus) * factor,
        "memory_mb": peak / 1024,
        "grown_mb": (peak - base) / 1024,
    }


def _line(title: str, *columns: str) -> str:
    return f"{title:<68}" + "".join(f"{c:>12}" for c in columns)


def main(arguments: list[str]) -> int:
    """Print the table; exit 1 when a bar is missed."""
    if arguments[:1] == ["--case"]:
        print(json.dumps(measured(arguments[1])))
        return 0
    names = [n for n in CASES if all(a in n for a in arguments)]
    found: dict[str, dict[str, float]] = {}
    missed = []
    group = ""
    for name in names:
        case = CASES[name]
        if case.group != group:
            group = case.group
            print(f"\n{_line(group.capitalize(), 'wall s', 'CPU s', 'peak MB', '+ MB', 'bar s')}")
        if name in NEEDS and importlib.util.find_spec(NEEDS[name]) is None:
            print(_line(case.title, "not installed: the `bench` extra brings it"))
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
    print()
    for name in names:
        case = CASES[name]
        if name in found and case.against in found:
            ratio = found[case.against]["cpu"] / found[name]["cpu"]
            bar = f" (bar {case.ratio_bar:g})" if case.ratio_bar else ""
            print(f"{case.against} takes {ratio:.2f} times the CPU seconds of {name}{bar}")
            if case.ratio_bar and ratio < case.ratio_bar:
                missed.append(name)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
