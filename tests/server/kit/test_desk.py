"""The installation that other tests start, kill and start again is a whole one."""

import pytest

COUNTS = """
from saima.server.kit.models import Audit
from saima.server.race.models import Reading, Season
print(*Season.objects.order_by("key").values_list("key", flat=True), Reading.objects.count() > 15_000)
print(Audit.objects.count() > 10)
"""


def test_a_desk_holds_the_demonstration(desk):
    assert desk.python(COUNTS).split() == ["demo-city", "ruian-2021", "sdg-2018", "True", "True"]


def test_a_desk_answers_and_again_after_it_was_killed(desk):
    first = desk.visitor("crane")
    assert first.cookie("sessionid")
    port = desk.port

    desk.kill9()
    with pytest.raises(OSError):
        first.get("/accounts/login/")

    desk.restart()

    assert desk.port == port
    assert first.get("/accounts/password/change/").url.endswith("/password/change/"), "the session outlives the server"


def test_desks_do_not_see_each_other(make_desk):
    one, other = make_desk(), make_desk()
    add = "from saima.server.kit.models import Installation; Installation.objects.update(solo=True)"

    one.python(add)

    seen = "from saima.server.kit.models import Installation; print(Installation.objects.get().solo)"
    assert (one.python(seen).strip(), other.python(seen).strip()) == ("True", "False")


def test_a_start_without_pages_draws_in_no_back_office_and_no_table_library(desk):
    desk.forks = False
    code = "import sys; print(*(m for m in ('unfold.admin', 'polars', 'saima.press') if m in sys.modules), '.')"

    assert desk.python(code).split() == ["."]
