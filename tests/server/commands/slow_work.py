"""A task that takes its time and writes down when it begins and ends."""

import time
from pathlib import Path

from django_tasks import task


@task()
def slowly(diary: str, seconds: float) -> None:
    with Path(diary).open("a") as file:
        file.write("begun\n")
    time.sleep(seconds)
    with Path(diary).open("a") as file:
        file.write("done\n")
