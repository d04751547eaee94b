"""Pages of industry chains: the list, one chain with its picture and the node that was clicked, its file."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from saima.engine.chain import GapKind, Node, placed
from saima.engine.errors import Problem, QuestionRefused
from saima.server.kit import clock, downloads, drawings
from saima.server.kit.asked import whole
from saima.server.kit.context import lang
from saima.server.kit.uploads import received_all
from saima.server.places.queries import titles_by_key
from saima.server.registers.actions.chains import Work, chain_join, chain_keep, chain_task
from saima.server.registers.models import Chain
from saima.server.registers.queries.chains import ChainAt, candidates_for, chain_at, chains_at, names_of_firms
from saima.server.registers.queries.items import items_at
from saima.server.registers.queries.seeing import enterprises_visible_to
from saima.server.registers.views.within import (
    allowed,
    asked,
    day_needed,
    day_typed,
    days_asked,
    may_ask,
    person,
    place_id,
    typed,
)
from saima.words import Text, say

TONES: Final = {GapKind.BUILD: "red", GapKind.MEND: "red", GapKind.EXTEND: "amber", GapKind.STRENGTHEN: "yellow"}
PHASES: Final = ("research", "incubation", "industry")
START: Final = """saima = "chain/1"
id = "my-chain"
title = { en = "My chain", zh = "我的产业链" }
chief = { zh = "链长" }
lead = ""
carriers = []

[[nodes]]
id = "material"
title = { en = "Material", zh = "材料" }
to = ["part"]
industries = ["C39"]

[[nodes]]
id = "part"
title = { en = "Part", zh = "零部件" }
industries = ["C38"]
"""


@require_safe
def chains(request: HttpRequest) -> HttpResponse:
    """Every chain with its gaps by kind and what hangs on one."""
    asked(request, "chains.see")
    found = chains_at()
    rows = [(c, _gap_counts(c), sum(bool(w.torn) for w in c.weak.values()), _late(c)) for c in found]
    context = {"rows": rows, "may_make": allowed(request, "chain.make"), "places": titles_by_key()}
    return render(request, "registers/chains/list.html", context)


def _gap_counts(chain: ChainAt) -> list[tuple[str, str, int]]:
    kinds = [g.kind for g in chain.gaps.values()]
    return [(k.value, drawings.colour_of(TONES[k]), kinds.count(k)) for k in GapKind if k in kinds]


def _late(chain: ChainAt) -> int:
    return sum(bool(t.late) for t in chain.tasks)


@require_http_methods(["GET", "POST"])
def making(request: HttpRequest) -> HttpResponse:
    """GET: a file to begin with; POST: a chain from a file or from what was written."""
    asked(request, "chain.make")
    if request.method == "POST":
        made = chain_keep(text=_text(request), by=person(request), reason=typed(request, "reason"))
        messages.success(request, say("chain.kept", lang(), chain=made.key))
        return redirect("chain", chain=made.key)
    return render(request, "registers/chains/new.html", {"text": START})


def _text(request: HttpRequest) -> str:
    """The file that was sent, else what stands in the field."""
    sent = received_all(request)
    if sent:
        try:
            return sent[0].content.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise QuestionRefused(Problem("rules.not_utf8")) from None
    return request.POST.get("text", "").replace("\r\n", "\n")


def _chain(key: str, request: HttpRequest) -> ChainAt:
    on, known = days_asked(request)
    found = chain_at(key, on=on, known=known)
    if found is None:
        raise Http404
    return found


@require_safe
def chain(request: HttpRequest, chain: str) -> HttpResponse:
    """One chain: its picture, what is missing, what hangs on one, what is done, and the node that was clicked."""
    asked(request, "chains.see")
    here = _chain(chain, request)
    places = titles_by_key()
    node = here.file.chain.node.get(request.GET.get("node", ""))
    now = not request.GET.get("on") and not request.GET.get("known")
    writes = now and allowed(request, "chain.write", place_id(here.file.lead))
    context = {
        "chain": here,
        "file": here.file,
        "picture": _picture(here, node, request),
        "rows": [_row(here, n) for n in here.file.chain.nodes],
        "node": node,
        "about_node": _about(request, here, node) if node else None,
        "weak": [_weak(here, n) for n in here.file.chain.nodes if n.key in here.weak],
        "tasks": [(t, here.file.chain.node.get(t.node), places.get(t.owner)) for t in here.tasks],
        "lead": places.get(here.file.lead),
        "carriers": [places.get(k, Text(k, k)) for k in here.file.carriers],
        "counts": _gap_counts(here),
        "places": places,
        "writes": writes,
        "on": request.GET.get("on", "") if days_asked(request)[0] else "",
        "known": request.GET.get("known", "") if days_asked(request)[1] else "",
        "today": clock.today().isoformat(),
        "platforms": [i for i in items_at("platform") if i.counts == "exists"] if writes and node else [],
        "total": len(here.file.chain.nodes),
        "may_ask": may_ask(request),
    }
    return render(request, "registers/chains/chain.html", context)


def _picture(here: ChainAt, node: Node | None, request: HttpRequest) -> SafeString:
    kept = "".join(f"&{n}={request.GET[n]}" for n in ("on",) if days_asked(request)[0])
    boxes = []
    for p in placed(here.file.chain):
        one, gap, weak = here.file.chain.node[p.node], here.gaps.get(p.node), here.weak.get(p.node)
        count = len(here.members[p.node])
        tone = TONES[gap.kind] if gap else "green"
        note = say("chain.gap_said", lang(), chain_gap=gap.kind.value, count=count) if gap else _members(count)
        mark = "!" if weak and weak.torn else ""
        href = f"?node={p.node}{kept}#node"
        is_here = node is not None and node.key == p.node
        boxes.append(drawings.Box(p.node, p.column, p.row, one.title.of(lang()), note, tone, mark, href, is_here))
    links = [(k.source, k.target) for k in here.file.chain.links]
    return drawings.chain_svg(boxes, links, say("chain.picture", lang(), chain=here.file.chain.title))


def _members(count: int) -> str:
    return say("chain.members_count", lang(), count=count)


def _row(here: ChainAt, node: Node) -> dict[str, Any]:
    gap, weak = here.gaps.get(node.key), here.weak.get(node.key)
    return {
        "node": node,
        "members": here.members[node.key],
        "gap": gap,
        "tone": drawings.colour_of(TONES[gap.kind]) if gap else "green",
        "weak": weak,
    }


def _about(request: HttpRequest, here: ChainAt, node: Node) -> dict[str, Any]:
    """What the panel of a node shows: who stands there, what their leaving takes, who could fill it."""
    titles = {n.key: n.title for n in here.file.chain.nodes}
    firms = enterprises_visible_to(request.user)
    found = candidates_for(here, node, firms)
    seen = set(firms.filter(uscc__in=[s.key for s in here.members[node.key]]).values_list("uscc", flat=True))
    names = names_of_firms([c.firm.key for c in found])
    return {
        **_row(here, node),
        "before": [here.file.chain.node[k] for k in here.file.chain.before[node.key]],
        "after": [here.file.chain.node[k] for k in here.file.chain.after[node.key]],
        "stands": [(s, s.key in seen, tuple(titles[n] for n in here.torn_by(s.key))) for s in here.members[node.key]],
        "sees_firms": bool(found) or firms.exists(),
        "candidates": [(c, names.get(c.firm.key, c.firm.key)) for c in found],
        "tasks": [t for t in here.tasks if t.node == node.key],
        "ask": _ask(here, node),
    }


def _ask(here: ChainAt, node: Node) -> Mapping[str, str]:
    """What a ticket about this node would say."""
    gap = here.gaps.get(node.key)
    kind = gap.kind.value if gap else "strengthen"
    title = say("chain.ticket_title", lang(), chain=here.file.chain.title, node=node.title, chain_gap=kind)
    address = f"{reverse('chain', args=[here.file.chain.key])}?node={node.key}"
    return {"title": title, "address": address, "about": f"chain:{here.file.chain.key} {node.key}"}


def _weak(here: ChainAt, node: Node) -> dict[str, Any]:
    weak = here.weak[node.key]
    names = {s.key: s.name for s in here.members[node.key]}
    titles = {n.key: n.title for n in here.file.chain.nodes}
    return {"node": node, "sole": names.get(weak.sole, weak.sole), "torn": tuple(titles[n] for n in weak.torn)}


@require_safe
def chain_file(request: HttpRequest, chain: str) -> HttpResponse:
    """The chain as its file, to be changed and brought in again."""
    asked(request, "chains.see")
    here = _chain(chain, request)
    return downloads.serve(here.text.encode(), name=f"{chain}.toml", media_type="text/plain")


@require_POST
def do(request: HttpRequest, chain: str) -> HttpResponse:
    """What somebody does: ``do`` is join, leave, task or file."""
    asked(request, "chain.write")
    row = Chain.objects.filter(key=chain).first()
    if row is None:
        raise Http404
    wanted, node = typed(request, "do"), typed(request, "node")
    by, reason = person(request), typed(request, "reason")
    if wanted in ("join", "leave"):
        chain_join(
            chain=row,
            node=node,
            kind=typed(request, "kind"),
            said=typed(request, "member"),
            since=day_needed(request, "since"),
            gone=wanted == "leave",
            by=by,
            reason=reason,
        )
    elif wanted == "task":
        chain_task(chain=row, work=_work(request, node), number=whole(typed(request, "number")) or None, by=by)
    elif wanted == "file":
        chain_keep(text=_text(request), by=by, reason=reason, only=chain)
    else:
        raise QuestionRefused(Problem("items.no_deed", {"deed": wanted[:40]}))
    messages.success(request, say("chain.kept", lang(), chain=chain))
    back = reverse("chain", args=[chain])
    here = chain_at(chain)
    return redirect(f"{back}?node={node}#node" if here and node in here.file.chain.node else back)


def _work(request: HttpRequest, node: str) -> Work:
    due: date = day_needed(request, "due")
    return Work(
        node,
        typed(request, "what"),
        typed(request, "owner"),
        due,
        typed(request, "project"),
        day_typed(request, "done"),
    )
