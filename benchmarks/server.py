"""How soon a server answers: from typing the command to the first page, at the first start and at later ones.

python benchmarks/server.py
"""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

START = "import sys; from saima.cli import main; sys.exit(main())"
REPEATS = 3


def first_page(*arguments: str) -> float:
    """Seconds until the sign-in page has been read; the server is ended again."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("SAIMA_", "DATABASE_URL", "DJANGO_"))}
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-c", START, *arguments, "--port", "0"],
        env=kept | {"PYTHONUNBUFFERED": "1", "SAIMA_LOG": "error"},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        address = next(found[0] for line in process.stdout or () if (found := re.search(r"http://\S+", line)))
        with urllib.request.urlopen(f"{address}accounts/login/") as page:
            page.read()
        return time.perf_counter() - started
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)


def main() -> int:
    print(f"{'From the command to the first page':<48}{'first start':>14}{'later':>10}")
    with tempfile.TemporaryDirectory(prefix="saima-bench-") as folder:
        for name, title in (
            ("serve", "saima serve: an empty installation"),
            ("demo", "saima demo: three seasons, fourteen people"),
        ):
            home = str(Path(folder) / name)
            cold = first_page(name, "--home", home)
            warm = min(first_page(name, "--home", home) for _ in range(REPEATS))
            print(f"{title:<48}{cold:>12.1f} s{warm:>8.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
