"""Files kept by content: once, whole, and unchanged."""

import os
import time
from datetime import timedelta
from hashlib import sha256

import pytest

from saima.server.kit import blobs
from saima.server.kit.models import Blob

PUT = """
import sys
from saima.server.kit import blobs
print("ready", flush=True)
for n in range(int(sys.argv[1])):
    print(blobs.put(str(n).encode() * 200_000, "text/plain").sha256, flush=True)
"""
KEPT = """
from saima.server.kit import blobs
from saima.server.kit.models import Blob
for blob in Blob.objects.filter(media_type="text/plain"):
    assert len(blobs.get(blob.sha256)) == blob.size
    print(blob.sha256)
"""


@pytest.fixture
def folder(db, settings, tmp_path):
    settings.BLOBS = tmp_path
    return tmp_path


def test_the_same_content_is_one_file_and_one_row(folder):
    first, second = blobs.put(b"a scan", "image/png"), blobs.put(b"a scan", "application/pdf")

    assert first == second
    assert (first.sha256, first.size, second.media_type) == (sha256(b"a scan").hexdigest(), 6, "image/png")
    assert [p.read_bytes() for p in folder.rglob("*") if p.is_file()] == [b"a scan"]


def test_a_row_whose_file_is_lost_gets_it_back_with_the_same_content(folder):
    blob = blobs.put(b"a scan", "image/png")
    blobs.path_of(blob.sha256).unlink()
    with pytest.raises(FileNotFoundError):
        blobs.get(blob.sha256)

    blobs.put(b"a scan", "image/png")

    assert blobs.get(blob.sha256) == b"a scan"


def test_bytes_that_changed_are_not_given_out(folder):
    blob = blobs.put(b"a scan", "image/png")
    blobs.path_of(blob.sha256).write_bytes(b"another")

    with pytest.raises(ValueError, match="its bytes have changed"):
        blobs.get(blob.sha256)


def test_halves_of_killed_writers_are_swept_and_nothing_else(folder):
    blob = blobs.put(b"a scan", "image/png")
    old, new = (blobs.path_of(blob.sha256).parent / name for name in (".part-old", ".part-new"))
    for path in (old, new, blobs.path_of(blob.sha256)):
        path.touch()
    long_ago = time.time() - timedelta(days=2).total_seconds()
    for path in (old, blobs.path_of(blob.sha256)):
        os.utime(path, (long_ago, long_ago))

    assert blobs.sweep() == 1
    assert (old.exists(), new.exists(), blobs.get(blob.sha256)) == (False, True, b"a scan")


def test_killed_while_writing_every_file_that_has_a_name_is_whole(desk):
    told = []
    for rest in (3, 7):
        process = desk.popen(PUT, 40)
        told += [process.stdout.readline().strip() for _ in range(rest)][1:]
        process.kill()
        process.communicate()

    kept = desk.python(KEPT).split()

    assert set(told) <= set(kept), "what a writer was told is kept"
    for path in (desk.home / "blobs").glob("*/[0-9a-f]*"):
        assert sha256(path.read_bytes()).hexdigest() == path.name


def test_many_put_the_same_at_once(desk):
    writers = [desk.popen(PUT, 5) for _ in range(3)]
    for writer in writers:
        _out, err = writer.communicate(timeout=180)
        assert writer.returncode == 0, err

    assert len(desk.python(KEPT).split()) == Blob.objects.filter(media_type="text/plain").count() + 5
