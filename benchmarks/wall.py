"""A wall left running: how soon its first scene is drawn, how large its JSON is, and how its memory grows.

python benchmarks/wall.py [seconds of soak]      600 unless told; one scene a second, as many as in a working day

Needs chromium (SAIMA_CHROMIUM or on the path) and playwright. Memory is the page's JavaScript heap after a forced
collection, so that what is left is what is held.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

from installations import SAIMA, installation, open_here

CLOCK = "2026-06-02T09:00:00+08:00"  # where the demonstration stands
SOAK, EVERY, LOOKS = 600.0, 1, 10
SETTLED = 60.0  # seconds after which the first look is taken: code is compiled, caches are full
BAR_GROWTH, BAR_COLD = 0.20, 2.0
STARTS = 3
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
FLAGS += ["--disable-background-networking", "--disable-component-update", "--enable-precise-memory-info"]
MB = 1024 * 1024


def _fill() -> str:
    """The demonstration with its story told; the address of a wall."""
    open_here()
    from django.core.management import call_command

    from saima.server.race.models import Season
    from saima.server.site.actions import wall_make
    from saima.server.site.demo import demo_load, demo_publish
    from saima.server.site.walls import signed

    demo_load()
    demo_publish()
    call_command("db_worker", batch=True, interval=0)  # the story: bulletins, cards, plans
    season = Season.objects.get(key="demo-city")
    return f"/wall/{signed(wall_make(season=season, title='Benchmark', networks='', by=None))}/"


def heap(session: Any) -> float:
    """Megabytes of JavaScript that are held."""
    session.send("HeapProfiler.collectGarbage")
    session.send("HeapProfiler.collectGarbage")
    told = session.send("Performance.getMetrics")["metrics"]
    return float(next(m["value"] for m in told if m["name"] == "JSHeapUsedSize")) / MB


def nodes(session: Any) -> int:
    told = session.send("Performance.getMetrics")["metrics"]
    return int(next(m["value"] for m in told if m["name"] == "Nodes"))


def cold_start(browser: Any, address: str) -> float:
    """Seconds from asking for the page to its first scene drawn, in a browser that has seen nothing of it."""
    context = browser.new_context(viewport={"width": 1920, "height": 1080})
    page = context.new_page()
    started = time.perf_counter()
    page.goto(address, wait_until="commit")
    page.locator("#stage .lanes li").first.wait_for(state="visible")
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    seconds = time.perf_counter() - started
    context.close()
    return seconds


def soak(browser: Any, address: str, seconds: float) -> list[tuple[float, float, int]]:
    """(seconds since the first look, megabytes, nodes) at even intervals, while scenes turn."""
    context = browser.new_context(viewport={"width": 1920, "height": 1080})
    page = context.new_page()
    page.goto(f"{address}&every={EVERY}")
    page.locator("#where", has_text="/").wait_for()
    session = context.new_cdp_session(page)
    session.send("Performance.enable")
    page.wait_for_timeout(min(SETTLED, seconds / 4) * 1000)
    begun, found = time.perf_counter(), []
    for look in range(LOOKS + 1):
        left = begun + seconds * look / LOOKS - time.perf_counter()
        if left > 0:
            page.wait_for_timeout(left * 1000)
        found.append((time.perf_counter() - begun, heap(session), nodes(session)))
    context.close()
    return found


def measured(port: int, path: str, seconds: float) -> bool:
    """Print what was seen; True when a bar was missed."""
    from playwright.sync_api import sync_playwright

    chromium = os.environ.get("SAIMA_CHROMIUM") or shutil.which("chromium")
    address = f"http://127.0.0.1:{port}{path}?lang=en"
    for _ in range(2):  # evaluations are read once per process
        with urllib.request.urlopen(address.replace("/?", "/data.json?")) as answer:
            content = answer.read()
    scenes = len(json.loads(content)["scenes"])
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=FLAGS)
        starts = [cold_start(browser, address) for _ in range(STARTS)]
        looks = soak(browser, address, seconds)
        browser.close()
    first, last = looks[0][1], looks[-1][1]
    growth = last / first - 1
    print(f"{'Cold start, navigation to first scene drawn':<56}{min(starts):>10.2f} s{'bar 2 s':>14}")
    print(f"{'JSON of the wall, ' + str(scenes) + ' scenes':<56}{len(content) / 1024:>10.0f} kB")
    for at, megabytes, count in looks:
        print(f"{'  after ' + format(at, '.0f') + ' s':<56}{megabytes:>10.2f} MB{count:>10} nodes")
    print(f"{'Heap growth over ' + format(seconds, '.0f') + ' scenes':<56}{growth * 100:>10.1f} %{'bar 20 %':>13}")
    return growth > BAR_GROWTH or min(starts) > BAR_COLD


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["--fill"]:
        print(_fill())
        return 0
    seconds = float(arguments[0]) if arguments else SOAK
    print(
        f"A wall at 1920 x 1080, one scene a second; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores",
        flush=True,
    )
    with installation("sqlite") as (env, _):
        env |= {"SAIMA_CLOCK": CLOCK}
        filled = subprocess.run(
            [sys.executable, __file__, "--fill"], env=env, stdout=subprocess.PIPE, text=True, check=True
        )
        path = filled.stdout.split()[-1]
        server = subprocess.Popen(
            [*SAIMA, "serve", "--home", env["SAIMA_HOME"], "--port", "0"], env=env, stdout=subprocess.PIPE, text=True
        )
        try:
            port = next(int(m[1]) for line in server.stdout or () if (m := re.search(r"http://\S+:(\d+)/", line)))
            missed = measured(port, path, seconds)
        finally:
            server.send_signal(signal.SIGTERM)
            server.communicate(timeout=60)
    return int(missed)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    sys.exit(main(sys.argv[1:]))
