"""What every test stands on: quick hypothesis runs, no language from the outside, and a browser where there is one."""

import os
import shutil
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("saima", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("saima")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Generator[None]:
    """What takes long begins first; tests in a browser stay together with the server and the browser of their file."""
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.xdist_group(item.path.stem))
    yield
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


@pytest.fixture(autouse=True)
def _no_language_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SAIMA_LANG", raising=False)


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Where chromium is: SAIMA_CHROMIUM, or the one on the path."""
    found = os.environ.get("SAIMA_CHROMIUM") or shutil.which("chromium")
    if not found or not Path(found).exists():
        pytest.skip("needs chromium: apt-get install chromium, or set SAIMA_CHROMIUM to one")
    return found
