"""Pages that bring a table of talents in. The upload stays in memory: no temporary file ever holds a name."""

from typing import Any, Final

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from saima.engine.errors import Problem, QuestionRefused
from saima.server.kit import uploads
from saima.server.kit.context import lang
from saima.server.registers.actions.talent_import import table_bring, table_drop, table_look, table_take
from saima.server.registers.models import TalentProgramme, TalentTable
from saima.server.registers.queries.talent_import import MOST, columns
from saima.server.registers.queries.talents import may_personal
from saima.server.registers.views.within import asked, person, typed
from saima.words import say

_SHOWN: Final = 200


@uploads.in_memory
@require_http_methods(["GET", "POST"])
def bringing(request: HttpRequest) -> HttpResponse:
    """GET: what a table needs; POST: the file, which is looked at next."""
    asked(request, "talent.begin")
    found = [p for p in TalentProgramme.objects.order_by("key") if may_personal(request.user, p)]
    if request.method == "POST":
        wanted = next((p for p in found if p.key == typed(request, "programme")), None)
        if wanted is None:
            raise QuestionRefused(Problem("talents.no_programme", {"key": typed(request, "programme")[:60]}))
        if int(request.META.get("CONTENT_LENGTH") or 0) > settings.FILE_UPLOAD_MAX_MEMORY_SIZE:
            most = settings.FILE_UPLOAD_MAX_MEMORY_SIZE // 2**20
            raise QuestionRefused(Problem("talents.table_large", {"most": most}))
        sent = uploads.received(request, allowed=uploads.TABLES)
        made = table_bring(programme=wanted, name=sent.name, content=sent.content, by=person(request))
        return redirect("talent-import-look", uuid=made.uuid)
    return render(
        request, "registers/talents/import.html", {"programmes": found, "columns": columns(), "most": MOST}
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def look(request: HttpRequest, uuid: Any) -> HttpResponse:
    """GET: what every line would do, which the trail is told; POST ``do``: take or drop."""
    asked(request, "talent.begin")
    table = get_object_or_404(TalentTable.objects.select_related("programme"), uuid=uuid)
    if not may_personal(request.user, table.programme):
        raise Http404
    if request.method == "POST":
        if typed(request, "do") == "drop":
            table_drop(table=table, by=person(request))
            return redirect("talents")
        taken = table_take(table=table, partial=typed(request, "partial") == "1", by=person(request))
        messages.success(request, say("talents.table_taken", lang(), count=taken))
        return redirect("talents")
    found = table_look(table=table, by=person(request))
    context = {
        "table": table,
        "counts": (("new", len(found.new)), ("same", len(found.same)), ("wrong", len(found.bad))),
        "bad": [(p, [x.sentence(lang()) for x in p.problems]) for p in found.bad[:_SHOWN]],
        "bad_count": len(found.bad),
        "good": [*found.new, *found.same][:_SHOWN],
        "takes": bool(found.new),
        "unknown": found.unknown,
    }
    answer = render(request, "registers/talents/look.html", context)
    answer["Cache-Control"] = "private, no-store"
    return answer
