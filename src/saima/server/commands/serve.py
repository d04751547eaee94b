"""``saima serve``: the server of an installation, its tasks and its scheduler, in one command."""

import ipaddress
import os
import secrets
from collections.abc import Mapping
from typing import Final

from saima.cli.answers import whole_number
from saima.cli.grammar import Given
from saima.cli.output import Output
from saima.engine.errors import Problem, QuestionRefused
from saima.server.commands import database, parts
from saima.server.commands.home import alone, home_asked, made, open_home

PORT: Final = 8000
LOCAL: Final = "127.0.0.1"
FIRST: Final = "admin"


def run(given: Given, out: Output) -> int:
    host = given.maybe("host") or LOCAL
    port = asked_port(given)
    workers = whole_number(given.text("workers"), "--workers", least=1, most=64)
    refuse_open_door(host, os.environ)
    home = made(home_asked(given))
    with alone(home):
        open_home(home)
        database.bring_up(home, out)
        refuse_demo_abroad(host)
        password = begin()
        if password:
            out.say("serve.first_account", username=FIRST, password=password)
        out.flush()
        plan = parts.Plan(host, parts.free_port(host, port, PORT), workers, not given.has("no_worker"))
        return serve(plan, out)


def serve(plan: parts.Plan, out: Output) -> int:
    def ready() -> None:
        out.say("serve.address", address=plan.address)
        out.flush()

    database.close()
    code = parts.serve(plan, ready=ready)
    out.say("serve.ended")
    return code


def asked_port(given: Given) -> int | None:
    typed = given.maybe("port")
    return None if typed is None else whole_number(typed, "--port", least=0, most=65_535)


def is_local(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def refuse_open_door(host: str, environment: Mapping[str, str]) -> None:
    """Others reach the server only when it was said by which names, and that what they send is encrypted.

    Raises
    ------
    QuestionRefused
        ``serve.needs_https``, ``serve.needs_hosts``, ``serve.needs_no_debug``.
    """
    if is_local(host):
        return
    hosts = [h.strip() for h in environment.get("SAIMA_HOSTS", "").split(",") if h.strip()]
    problems = []
    if environment.get("SAIMA_HTTPS") != "1":
        problems.append(Problem("serve.needs_https", {"host": host}))
    if not hosts or "*" in hosts:
        problems.append(Problem("serve.needs_hosts", {"host": host}))
    if environment.get("SAIMA_DEBUG") == "1":
        problems.append(Problem("serve.needs_no_debug", {"host": host}))
    if problems:
        raise QuestionRefused(problems)


def refuse_demo_abroad(host: str) -> None:
    """A demonstration's passwords are printed in every copy of Saima."""
    from saima.server.kit.models import Installation

    if not is_local(host) and Installation.objects.filter(demo=True).exists():
        raise QuestionRefused(Problem("serve.demo_abroad", {"host": host}))


def begin() -> str:
    """Make the installation's own row, and at the very first start somebody who may add people: their password."""
    from django.db import transaction

    from saima.server.accounts.actions import person_add, role_give
    from saima.server.accounts.enums import Role
    from saima.server.accounts.models import Person
    from saima.server.kit.models import Installation

    with transaction.atomic():
        Installation.objects.get_or_create(id=1)
        if Person.objects.exists():
            return ""
        password = "-".join(secrets.token_hex(3) for _ in range(3))
        person = person_add(
            username=FIRST,
            name="系统管理员",
            password=password,
            by=None,
            is_staff=True,
            must_change_password=True,
        )
        role_give(person=person, role=Role.ADMIN, by=None, place_id=None)
        return password
