"""Chains on the desk: files by version, members in two clocks, gaps and candidates from the register, a picture."""

from datetime import date, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from saima.engine.errors import QuestionRefused, Refused
from saima.files.chains import parse_chain
from saima.server.accounts.rules import NotAllowed
from saima.server.kit import clock
from saima.server.registers.actions.chains import Work, chain_join, chain_keep, chain_task
from saima.server.registers.models import Chain, Enterprise
from saima.server.registers.queries.chains import candidates_for, chain_at
from saima.server.registers.queries.seeing import enterprises_visible_to
from saima.server.registers.views.chains import START
from saima.server.site.demo_chain import DRIVES

pytestmark = pytest.mark.django_db
KEY = "quiet-machines"


@pytest.fixture
def chain(db):
    return Chain.objects.get(key=KEY)


def refused(code, does, *args, **given):
    with pytest.raises(Refused) as found:
        does(*args, **given)
    return code in [p.code for p in found.value.problems]


def test_the_demonstrations_chain_shows_every_kind_of_gap_and_a_cut(chain):
    found = chain_at(KEY)

    kinds = {n: g.kind.value for n, g in found.gaps.items()}
    assert kinds == {
        "magnet-research": "extend",
        "magnets": "strengthen",
        "motors": "strengthen",
        "controllers": "mend",
        "drives": "strengthen",
        "service": "extend",
        "sound-tiles": "build",
    }
    assert found.weak["drives"].torn == ("pilot", "machines")
    assert set(found.torn_by(DRIVES)) >= {"motors", "drives", "machines"}
    assert next((t.node, t.late) for t in found.tasks) == ("drives", 13)


def test_members_in_two_clocks_and_by_the_code_of_the_register(chain, person):
    by = person("science")  # the lead department
    Enterprise.objects.create(uscc="91330300DEMO000012", name="Hush Controls 静控", industry="C3823")
    joined = {"chain": chain, "node": "controllers", "kind": "firm", "by": by}
    key = chain_join(said="Hush Controls 静控", since=date(2026, 5, 20), **joined)
    again = refused("chain.is_there", chain_join, said="Hush Controls 静控", since=date(2026, 5, 20), **joined)
    with clock.at(datetime.fromisoformat("2026-06-02T11:00:00+08:00")):
        chain_join(said=key, since=date(2026, 6, 1), gone=True, **joined)

    def here(on, known="2026-06-02T12:00:00+08:00"):
        found = chain_at(KEY, on=date.fromisoformat(on), known=datetime.fromisoformat(known))
        return [s.name for s in found.members["controllers"]], found.gaps["controllers"].kind.value

    assert (key, again) == ("91330300DEMO000012", True)
    assert here("2026-05-19") == ([], "mend")
    assert here("2026-05-31") == (["Hush Controls 静控"], "strengthen")
    assert here("2026-06-01") == ([], "mend")
    assert here("2026-06-01", "2026-06-02T10:00:00+08:00") == (["Hush Controls 静控"], "strengthen")
    assert refused("chain.not_yet", chain_join, said="x", since=date(2026, 7, 1), **joined)
    assert refused("chain.no_node", chain_join, said="x", since=date(2026, 5, 1), **joined | {"node": "nowhere"})


def test_candidates_come_from_the_register_by_industry_as_far_as_one_sees_firms(chain, person):
    for n, (name, industry, size) in enumerate(
        [("Small 小", "C3823", "small"), ("Large 大", "C3823", "large"), ("Other 他", "C2013", "large")]
    ):
        Enterprise.objects.create(uscc=f"9133030{n}DEMO000012", name=name, industry=industry, size_class=size)
    found = chain_at(KEY)

    def listed(who, node="controllers"):
        return candidates_for(found, found.file.chain.node[node], enterprises_visible_to(person(who)))

    assert [(c.firm.key[7], c.by) for c in listed("leader")][:2] == [("1", "C3823"), ("0", "C3823")]
    assert {c.firm.place for c in listed("whale", "machines")} == {"whale"}
    assert DRIVES not in {c.firm.key for c in listed("leader", "motors")}
    assert listed("talent") == []  # an office that sees no firms


def test_a_planned_platform_stands_nowhere_yet(chain, person):
    given = {"chain": chain, "node": "magnet-research", "kind": "platform", "since": date(2026, 5, 1), "by": None}
    assert refused("chain.no_platform", chain_join, said="PT-999", **given)
    chain_join(said="PT-004", **given)  # planned

    assert chain_at(KEY).members["magnet-research"] == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("nodes = [", "chain.no_toml"),
        (START.replace('to = ["part"]', 'to = ["nowhere"]'), "chain.link_unknown"),
        (START.replace('title = { en = "Part"', 'colour = 1\ntitle = { en = "Part"'), "files.unknown_key"),
        (START + '\nto = ["material"]\n', "chain.circle"),
        (START + "\nwanted = 5000\n", "files.out_of_range"),
        (START.replace('lead = ""', 'lead = "nobody"'), "chain.no_place"),
        ("saima = 3", "files.key_missing"),
    ],
)
def test_a_file_that_cannot_be_a_chain_is_refused_and_changes_nothing(text, code):
    assert refused(code, chain_keep, text=text, by=None)
    assert Chain.objects.count() == 1


def test_who_keeps_a_chain(chain, person):
    text = chain_at(KEY).text
    for who in ("crane", "talent", "leader"):
        with pytest.raises(NotAllowed):
            chain_keep(text=text.replace("wanted = 1", "wanted = 2"), by=person(who))
    with pytest.raises(QuestionRefused):
        chain_keep(text=text, by=person("science"), only="another")
    chain_keep(text=text, by=person("science"))
    same = chain_at(KEY).version
    chain_keep(text=text.replace("wanted = 1", "wanted = 2"), by=person("science"), reason="two each")

    assert (same, chain_at(KEY).version) == (1, 2)
    assert parse_chain(chain_at(KEY).text).chain.node["pilot"].wanted == 2


def test_the_picture_leads_to_a_node_its_firms_and_a_ticket(chain, signed_in):
    client = signed_in("science", "zh")
    page = client.get(f"/registers/chains/c/{KEY}/?node=drives").content.decode()
    listed = client.get("/registers/chains/").content.decode()

    assert page.count('class="chain-node') == 12
    assert 'href="?node=controllers#node"' in page
    assert "灯砚传动（虚构）有限公司" in page
    assert "断链风险" in page
    assert "/s/demo-city/tickets/open/?title=" in page
    assert "静音装备产业链（虚构）" in listed
    assert client.get(f"/registers/chains/c/{KEY}.toml").content.decode() == chain_at(KEY).text


def test_the_bureau_makes_a_chain_from_a_file_and_fills_it(signed_in):
    client = signed_in("steward")
    sent = SimpleUploadedFile("c.toml", START.encode())
    made = client.post("/registers/chains/new/", {"file": sent})
    written = client.post("/registers/chains/new/", {"text": START.replace("my-chain", "other")})
    do = f"{made['Location']}do/"
    joined = {"do": "join", "node": "part", "kind": "firm", "member": "A 甲", "since": "2026-05-01"}
    first = client.post(do, joined)
    second = client.post(do, joined)
    task = {"do": "task", "node": "material", "what": "Find one", "owner": "crane", "due": "2026-05-31"}
    client.post(do, task)
    late = client.get(f"{made['Location']}?node=material").content.decode()
    client.post(do, task | {"number": "1", "done": "2026-06-01"})

    here = chain_at("my-chain")
    assert (made.status_code, written.status_code, first.status_code, second.status_code) == (302, 302, 302, 422)
    assert here.gaps["material"].side == "after"
    assert "2 days late" in late
    assert here.tasks[0].done == date(2026, 6, 1)


def test_a_task_needs_words_an_owner_and_a_number_that_is_there(chain):
    work = Work("motors", " ", "crane", date(2026, 7, 1))

    assert refused("chain.needs_work", chain_task, chain=chain, work=work, by=None)
    other = Work("motors", "w", "nobody", date(2026, 7, 1))
    assert refused("items.no_place", chain_task, chain=chain, work=other, by=None)
    there = Work("motors", "w", "crane", date(2026, 7, 1))
    assert refused("chain.no_task", chain_task, chain=chain, work=there, by=None, number=99)
