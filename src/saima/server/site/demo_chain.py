"""The demonstration's industry chain: one that is invented, with its file beside this module."""

from datetime import date, datetime
from importlib.resources import files
from typing import Final

from saima.server.kit import clock
from saima.server.places.models import Place
from saima.server.registers.actions.chains import Work, chain_join, chain_keep, chain_task
from saima.server.registers.queries.items import items_at
from saima.server.site.demo_items import INVENTED

# The one firm that makes motors and drives both: without it the chain falls apart.
DRIVES: Final = "919999MA000000270B"
# node, kind, who, since
MEMBERS: Final = (  # firms of the invented register by their codes, platforms by name
    ("magnets", "firm", "919999MA000000276X", "2025-03-10"),
    ("windings", "firm", "919999MA000000225M", "2025-03-10"),
    ("windings", "firm", "919999MA000000002Y", "2025-06-20"),
    ("sensor-research", "platform", "Paper Wing Sensing Institute 纸翼传感研究院", "2025-03-10"),
    ("sensors", "firm", "919999MA000000017F", "2025-03-10"),
    ("sensors", "firm", "919999MA000000040W", "2025-09-01"),
    ("motors", "firm", DRIVES, "2025-03-10"),
    ("pilot", "platform", "Glass Whale Incubator 玻璃鲸孵化器", "2025-03-10"),
    ("drives", "firm", DRIVES, "2025-11-12"),
    ("machines", "firm", "919999MA000000286Y", "2025-03-10"),
    ("machines", "firm", "919999MA000000222C", "2026-02-18"),
)
TASKS: Final = (
    ("controllers", "Bring in two makers of controllers 引进控制器企业2家", "Science Bureau 科技局", "2026-09-30", ""),
    ("drives", "Second maker of drive units 培育第二家动力总成企业", "whistle", "2026-05-20", ""),
    ("service", "Upkeep contract with a software firm 与软件企业签运维合同", "crane", "2026-12-15", ""),
)


def demo_chain() -> None:
    there = set(Place.objects.values_list("key", flat=True))
    text = (files("saima.server.site") / "demo_chain.toml").read_text("utf-8")
    with clock.at(datetime.fromisoformat("2025-03-10T10:00:00+08:00")):
        chain = chain_keep(text=text, by=None, reason=INVENTED)
    platforms = {i.name: i.code for i in items_at("platform")}
    for node, kind, who, since in MEMBERS:
        with clock.at(datetime.fromisoformat(f"{since}T14:00:00+08:00")):
            said = platforms[who] if kind == "platform" else who
            chain_join(chain=chain, node=node, kind=kind, said=said, since=date.fromisoformat(since), by=None)
    with clock.at(datetime.fromisoformat("2026-03-20T10:00:00+08:00")):
        for node, what, owner, due, project in TASKS:
            if owner in there:
                work = Work(node, what, owner, date.fromisoformat(due), project)
                chain_task(chain=chain, work=work, by=None, reason=INVENTED)
