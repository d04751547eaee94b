"""What machines that watch the server are told: health, metrics, log lines; and what none of them tells."""

import json
from datetime import timedelta

import pytest
from django.db import DatabaseError
from django_tasks_db.models import DBTaskResult

from saima.server.kit import clock, health, leases, tasks, tick
from saima.server.kit.models import JobRun, Lease


@pytest.fixture
def living(db, settings, tmp_path):
    """An installation whose scheduler and worker have just been seen."""
    settings.BLOBS = tmp_path / "blobs"
    for name in (tick.HEARTBEAT, tasks.ALIVE):
        leases.take(name, "x", seconds=60)


def test_all_is_well(living, client):
    answer = client.get("/healthz")

    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ok",
        "checks": {"database": True, "blobs": True, "tick": True, "worker": True},
    }


@pytest.mark.parametrize(("lease", "name"), [(tick.HEARTBEAT, "tick"), (tasks.ALIVE, "worker")])
def test_a_heart_that_stopped_is_seen(living, client, lease, name):
    Lease.objects.filter(name=lease).update(until=clock.real() - timedelta(seconds=1))

    answer = client.get("/healthz")

    assert answer.status_code == 503
    assert [n for n, well in answer.json()["checks"].items() if not well] == [name]


def test_a_folder_that_cannot_be_written_is_seen(living, client, settings, tmp_path):
    (tmp_path / "file").write_text("")
    settings.BLOBS = tmp_path / "file" / "blobs"

    assert client.get("/healthz").json()["checks"]["blobs"] is False


def test_a_database_that_does_not_answer_is_seen(living, client, monkeypatch):
    class Gone:
        def cursor(self):
            raise DatabaseError("gone")

    monkeypatch.setattr(health, "connection", Gone())

    answer = client.get("/healthz")

    assert answer.status_code == 503
    assert answer.json()["checks"] == {"database": False, "blobs": True, "tick": False, "worker": False}


def test_the_worker_is_asked_for_a_sign_of_life_once_at_a_time(db):
    assert [tasks.ask_for_sign(), tasks.ask_for_sign()] == ["asked", "still waiting"]

    tasks.sign_of_life.func()

    assert health.alive(tasks.ALIVE)


def test_tasks_of_a_worker_that_died_are_put_back(db):
    for _ in range(2):
        tasks.sign_of_life.enqueue()
    old, new = DBTaskResult.objects.order_by("id")
    DBTaskResult.objects.update(status="RUNNING", started_at=clock.real())
    DBTaskResult.objects.filter(pk=old.pk).update(started_at=clock.real() - timedelta(hours=2))

    assert tasks.put_back() == 1
    assert set(DBTaskResult.objects.values_list("pk", "status")) == {(old.pk, "READY"), (new.pk, "RUNNING")}
    assert tasks.put_back(all_of_them=True) == 1


def lines(text, name):
    return [line for line in text.splitlines() if line.startswith(name)]


def test_metrics_count_requests_by_route_and_never_by_path(living, client, signed_in):
    signed_in("crane").get("/accounts/password/change/")
    client.get("/accounts/password/reset/key/secret-of-somebody/")
    client.get("/no/such/page/secret-of-somebody")

    text = client.get("/metrics").content.decode()

    wanted = 'saima_request_seconds_count{method="GET",route="/accounts/password/change/",status="200"}'
    assert lines(text, wanted)
    assert lines(text, 'saima_request_seconds_count{method="GET",route="none",status="404"}')
    assert "secret-of-somebody" not in text
    assert "crane" not in text


def test_metrics_tell_what_waits(living, client):
    JobRun.objects.create(job="mail", slot=clock.real(), started_at=clock.real(), outcome="failed")
    JobRun.objects.create(job="lock", slot=clock.real(), started_at=clock.real(), outcome="done")

    text = client.get("/metrics").content.decode()

    assert lines(text, "saima_outbox_messages") == [
        'saima_outbox_messages{state="waiting"} 0.0',
        'saima_outbox_messages{state="sent"} 0.0',
        'saima_outbox_messages{state="failed"} 0.0',
    ]
    assert set(lines(text, "saima_job_failures_last_day{")) == {
        'saima_job_failures_last_day{job="mail"} 1.0',
        'saima_job_failures_last_day{job="lock"} 0.0',
    }
    assert len(lines(text, "saima_reports{")) == 6


def test_metrics_answer_this_machine_only(living, client):
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", REMOTE_ADDR="10.1.2.3").status_code == 404
    assert client.get("/metrics", HTTP_X_FORWARDED_FOR="127.0.0.1").status_code == 404
    assert client.get("/metrics", REMOTE_ADDR="").status_code == 404


def test_metrics_answer_whoever_brings_the_token(living, client, settings):
    settings.METRICS_TOKEN = "a long token"

    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", HTTP_AUTHORIZATION="Bearer wrong").status_code == 404
    found = client.get("/metrics", REMOTE_ADDR="10.1.2.3", HTTP_AUTHORIZATION="Bearer a long token")
    assert found.status_code == 200


def test_each_line_of_the_log_is_json_with_its_request_and_nobody(desk):
    crane = desk.visitor("crane")
    crane.get("/no/such/link-of-somebody/")
    answer = crane.get("/accounts/password/change/")

    told = [json.loads(line) for line in desk.log.read_text("utf-8").splitlines() if line.startswith("{")]

    requests = [line for line in told if line["event"] == "request"]
    assert {"event", "level", "logger", "timestamp", "request", "method", "route", "status", "ms"} == set(requests[-1])
    assert (requests[-1]["request"], requests[-1]["route"]) == (
        answer.headers["x-request-id"],
        "/accounts/password/change/",
    )
    assert len({line["request"] for line in requests}) == len(requests)
    text = str(told)
    assert [w for w in ("crane", "link-of-somebody", "horse-race", "127.0.0.1", "纸鹤") if w in text] == []


FAULT = """
import sys
from django.http import HttpResponse
from django.urls import path
from saima.server.kit import logs
from saima.server.site import urls
def broken(request, key):
    raise ZeroDivisionError
urls.urlpatterns.insert(0, path("link/<str:key>/", broken))
logs.set_up()
from django.test import Client
Client(raise_request_exception=False).get("/link/secret-of-somebody/")
"""


def test_a_fault_is_told_with_its_traceback_and_without_its_address(desk):
    _out, err = desk.popen(FAULT).communicate(timeout=180)

    told = [json.loads(line) for line in err.splitlines() if line.startswith("{")]

    fault, request = told[-2:]
    assert (fault["event"], fault["level"]) == ("Internal Server Error", "error")
    assert "ZeroDivisionError" in fault["exception"]
    assert (request["route"], request["status"]) == ("/link/<str:key>/", 500)
    assert fault["request"] == request["request"]
    assert "secret-of-somebody" not in err


def test_a_failing_job_is_in_the_log_under_its_id(desk):
    code = (
        "from datetime import timedelta\nfrom saima.server.kit import logs, tick\nlogs.set_up()\n"
        "tick._jobs.clear()\ntick.autodiscover_modules = lambda name: None\n"
        "def fails():\n    raise ValueError('no paper')\n"
        "tick.job('print', every=timedelta(minutes=1))(fails)\ntick.tick()"
    )
    _out, err = desk.popen(code).communicate(timeout=180)

    line = json.loads(err.splitlines()[-1])

    assert (line["event"], line["job"], line["outcome"], line["tries"]) == ("job", "print", "failed", 1)
    assert line["request"].startswith("job:")
    assert "ValueError: no paper" in line["exception"]


def test_counts_of_several_processes_are_put_together(desk, tmp_path, monkeypatch):
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    desk.forks = False  # the library that counts looks at its environment once
    ask = "from django.test import Client\nprint(Client().get('/metrics').content.decode())"

    desk.python(ask)
    text = desk.python(f"{ask}\n{ask}")

    assert 'saima_request_seconds_count{method="GET",route="/metrics",status="200"} 2.0' in text
    assert 'saima_outbox_messages{state="waiting"} 0.0' in text
