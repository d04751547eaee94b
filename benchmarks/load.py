"""People at work: how long pages and the saving of one cell take while a hundred and more use one server.

python benchmarks/load.py sqlite|postgresql [people] [seconds of thought] [seconds in all]

Everybody is signed in, keeps a connection and a cell of their own, and thinks between requests (half to one and a half
times the seconds given). Reporters read and type, verifiers look at what waits, leaders look at standings. Nobody reads
a table of thirty zones in 5 seconds; TPC-W, a benchmark of pages, lets its people think for 7 on average. The bar is
held at 5; at 25 seconds a hundred people are a desk on the last day of a month.

This program makes the requests on the same machine: its CPU seconds stand beside the server's, and what others took
of the cores meanwhile. Milliseconds of CPU grow too while others use the same cores.
"""

import asyncio
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from installations import CLOCK, SAIMA, filled, installation

RUNS = ((100, 5.0, 40.0), (100, 25.0, 40.0), (250, 5.0, 40.0), (250, 25.0, 40.0))
BAR_PEOPLE, BAR_MS = 100, 150
SETTLED = 3.0  # seconds until the process for tasks has started too
TOKEN = "a" * 32  # any text is a token as long as the cookie and the header agree
WEIGHTS = {
    "reporter": {"home": 2, "leaderboard": 1, "contestant": 1, "report": 2, "autosave": 6},
    "verifier": {"home": 2, "verify queue": 3, "leaderboard": 1, "contestant": 1},
    "leader": {"home": 2, "leaderboard": 3, "contestant": 2},
}
KINDS = ("home", "leaderboard", "contestant", "report", "verify queue", "autosave")


@dataclass
class Told:
    """What was seen so far: milliseconds by kind of request, and what went wrong."""

    took: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    wrong: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    example: str = ""


class Visitor:
    """One person with a connection of their own."""

    def __init__(self, who: dict[str, Any], season: str, port: int, seed: int) -> None:
        self.who, self.season, self.port = who, season, port
        self.random = random.Random(seed)
        self.typed = seed
        who.setdefault("version", 1)  # of the cell; the next run goes on from it
        self.streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def work(self, told: Told, think: float, until: float) -> None:
        kinds, weights = zip(*WEIGHTS[self.who["role"]].items(), strict=True)
        await asyncio.sleep(self.random.uniform(0, think))
        while time.monotonic() < until:
            kind = self.random.choices(kinds, weights)[0]
            started = time.perf_counter()
            try:
                status, text = await self.ask(kind)
            except (OSError, asyncio.IncompleteReadError, TimeoutError) as fault:
                status, text, self.streams = 0, repr(fault), None
            told.took[kind].append((time.perf_counter() - started) * 1000)
            if status != 200:
                told.wrong[kind] += 1
                told.example = told.example or f"{kind}: {status} {text[:300]}"
            await asyncio.sleep(self.random.uniform(think / 2, think * 1.5))
        self.close()

    def close(self) -> None:
        if self.streams:
            self.streams[1].close()
            self.streams = None

    async def ask(self, kind: str) -> tuple[int, str]:
        who, season = self.who, self.season
        if kind == "autosave":
            cell, self.typed = who["cell"], self.typed + 1
            body = f"t{cell}={self.typed}&k{cell}=value&v{cell}={who['version']}"
            status, text = await self.send("POST", f"/report/{who['report']}/cell/{cell}/", body)
            if shown := re.search(rf'name="v{cell}" value="(\d+)"', text):  # after a conflict too
                who["version"] = int(shown[1])
            return status, text
        path = {
            "home": "/",
            "leaderboard": f"/s/{season}/",
            "contestant": f"/s/{season}/c/{who['place']}/",
            "report": f"/report/{who['report']}/",
            "verify queue": "/verify/",
        }[kind]
        return await self.send("GET", path)

    async def send(self, method: str, path: str, body: str = "") -> tuple[int, str]:
        if self.streams and self.streams[0].at_eof():  # closed by the server after a long thought
            self.close()
        if self.streams is None:
            self.streams = await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 22)
        reader, writer = self.streams
        host = f"127.0.0.1:{self.port}"
        form = "Content-Type: application/x-www-form-urlencoded\r\nHX-Request: true\r\n" if body else ""
        writer.write(
            f"{method} {path} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\n"
            f"Cookie: sessionid={self.who['session']}; csrftoken={TOKEN}; saima_lang=zh-hans\r\n"
            f"X-CSRFToken: {TOKEN}\r\n{form}Content-Length: {len(body)}\r\n\r\n{body}".encode()
        )
        async with asyncio.timeout(60):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
            if size := re.search(r"\r\ncontent-length: *(\d+)", head):
                content = await reader.readexactly(int(size[1]))
            else:
                content = b""
                while count := int((await reader.readuntil(b"\r\n")).strip(), 16):
                    content += await reader.readexactly(count)
                    await reader.readexactly(2)
                await reader.readexactly(2)
        if "\r\nconnection: close" in head:
            writer.close()
            self.streams = None
        return int(head.split(" ", 2)[1]), content.decode("utf-8", "replace")


def cpu_of(roots: list[int]) -> float:
    """CPU seconds of these processes and all below them so far; 0 where the system does not tell."""
    rows: dict[int, tuple[int, float]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parts = stat.read_text().rpartition(")")[2].split()
        except OSError:  # it ended while we looked
            continue
        rows[int(stat.parent.name)] = (int(parts[1]), sum(map(int, parts[11:15])) / os.sysconf("SC_CLK_TCK"))
    wanted = {r for r in roots if r in rows}
    while more := {pid for pid, (parent, _) in rows.items() if parent in wanted} - wanted:
        wanted |= more
    return sum(rows[pid][1] for pid in wanted)


def busy() -> float:
    """CPU seconds this machine has worked so far, whoever for; 0 where the system does not tell."""
    try:
        user, nice, system, _idle, _wait, *rest = map(int, Path("/proc/stat").read_text().split("\n")[0].split()[1:])
    except (OSError, ValueError):
        return 0.0
    return (user + nice + system + sum(rest[:3])) / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Used:
    """CPU seconds of one run, and how many cores others kept busy on average."""

    server: float
    ours: float
    others: float


def at(share: float, values: list[float]) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def one_run(
    told: dict[str, Any], port: int, people: int, think: float, seconds: float, roots: list[int]
) -> tuple[Told, Used]:
    """What that many people saw, and what it took."""
    visitors = [Visitor(who, told["season"], port, n) for n, who in enumerate(told["visitors"][:people])]
    found = Told()

    async def first_look() -> None:
        """Reads seasons and evaluations into the process; nothing is measured of pages that are not shown."""
        for role, kinds in WEIGHTS.items():
            for one in [v for v in visitors if v.who["role"] == role][:1]:
                for kind in kinds:
                    status, text = await one.ask(kind)
                    if status != 200:
                        sys.exit(f"{kind} of a {role} answered {status}, so nothing was measured: {text[:300]}")
                one.close()

    async def all_of_them() -> None:
        until = time.monotonic() + seconds
        await asyncio.gather(*(v.work(found, think, until) for v in visitors))

    asyncio.run(first_look())
    time.sleep(SETTLED)
    theirs, ours, all_, since = cpu_of(roots), time.process_time(), busy(), time.monotonic()
    asyncio.run(all_of_them())
    theirs, ours = cpu_of(roots) - theirs, time.process_time() - ours
    others = max(0.0, busy() - all_ - theirs - ours) / (time.monotonic() - since)
    return found, Used(theirs, ours, others)


def main(arguments: list[str]) -> int:
    """Print a table for each run; 1 when something went wrong, or pages missed the bar."""
    database = arguments[0]
    given = [float(a) for a in arguments[1:]]
    runs = [(int(given[0]), given[1], given[2])] if given else RUNS
    bad = False
    with installation(database) as (env, postgres):
        told: dict[str, Any] = filled(env, max(people for people, _, _ in runs))
        for people, think, seconds in runs:
            server = subprocess.Popen(
                [*SAIMA, "serve", "--home", env["SAIMA_HOME"], "--port", "0"],
                env=env | {"SAIMA_CLOCK": CLOCK},
                stdout=subprocess.PIPE,
                text=True,
            )
            try:
                port = next(int(m[1]) for line in server.stdout or () if (m := re.search(r"http://\S+:(\d+)/", line)))
                roots = [server.pid, *([postgres] if postgres else [])]
                found, used = one_run(told, port, people, think, seconds, roots)
            finally:
                server.send_signal(signal.SIGTERM)
                server.communicate(timeout=60)
            bad |= _print(database, people, think, seconds, found, used)
    return int(bad)


def _print(database: str, people: int, think: float, seconds: float, found: Told, used: Used) -> bool:
    asked = sum(map(len, found.took.values()))
    print(
        f"\n{people} people on {database}, {think:g} s of thought, {seconds:g} s: {asked} requests; "
        f"CPU seconds: server {used.server:.1f} ({used.server / asked * 1000:.0f} ms a request), "
        f"this program {used.ours:.1f}; others kept {used.others:.1f} of {os.cpu_count()} cores busy, "
        f"load {os.getloadavg()[0]:.1f}"
    )
    print(f"{'':<16}{'requests':>10}{'p50 ms':>10}{'p95 ms':>10}{'most ms':>10}{'errors':>10}{'bar p95':>12}")
    pages = [t for kind, took in found.took.items() if kind != "autosave" for t in took]
    missed = False
    for kind, took in [*((k, found.took[k]) for k in KINDS), ("all pages", pages)]:
        if not took:
            continue
        p95, bar = at(0.95, took), ""
        if kind == "all pages" and people == BAR_PEOPLE:
            missed = p95 > BAR_MS
            bar = f"{BAR_MS}{' missed' if missed else ''}"
        wrong = sum(found.wrong.values()) if kind == "all pages" else found.wrong.get(kind, 0)
        print(f"{kind:<16}{len(took):>10}{at(0.5, took):>10.0f}{p95:>10.0f}{max(took):>10.0f}{wrong:>10}{bar:>12}")
    if found.example:
        print(f"the first error: {found.example}")
    sys.stdout.flush()
    return missed or bool(found.wrong)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
