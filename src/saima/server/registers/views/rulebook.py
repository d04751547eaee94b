"""Pages of the rule book: what is in force, one rule with its history, a draft and its publication."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from saima.engine.errors import Problem, QuestionRefused, Refused
from saima.files.rules import write_rule
from saima.server.accounts.rules import held_by, may, person_of, require
from saima.server.kit import clock
from saima.server.kit.asked import whole
from saima.server.kit.context import lang
from saima.server.kit.downloads import serve
from saima.server.kit.solo import is_solo
from saima.server.kit.uploads import Kind, received
from saima.server.registers.actions.rule_edits import number_lift, param_set
from saima.server.registers.actions.rulebook import (
    draft_begin,
    draft_discard,
    draft_return,
    draft_save,
    rule_begin,
    rule_begin_text,
    rule_publish,
)
from saima.server.registers.models import BookRule, RuleDraft, RuleVersion
from saima.server.registers.queries.rule_numbers import standing_numbers
from saima.server.registers.queries.rule_offers import offer_of, publishers_of
from saima.server.registers.queries.rule_shown import (
    cases_tried,
    date_table,
    difference,
    holes,
    parts_said,
    said,
)
from saima.server.registers.queries.rule_typed import rows_typed, typed_from
from saima.server.registers.queries.rulebook import (
    book,
    counts_from,
    draft_of,
    drafted,
    first_change,
    grades_of,
    hand_names,
    newest_save,
    newest_version,
    presets_left,
    rule_of,
    rule_row,
    saves_of,
    version_at,
    versions_of,
)
from saima.server.registers.rules import RULES
from saima.words import say


def day_in(text: str, otherwise: date | None) -> date | None:
    """A day as a browser sends it; ``otherwise`` when left empty.

    Raises
    ------
    QuestionRefused
        ``rulebook.no_day``.
    """
    if not text.strip():
        return otherwise
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise QuestionRefused(Problem("rulebook.no_day", {"text": text.strip()[:40]})) from None


def allowed(request: HttpRequest, action: str) -> bool:
    return may(RULES[action], held_by(request.user))


def _rule(request: HttpRequest, key: str, action: str = "rulebook.see") -> BookRule:
    require(RULES, action, request.user)
    found = rule_row(key)
    if found is None:
        raise Http404
    return found


def draft_found(request: HttpRequest, key: str, action: str = "rulebook.edit") -> RuleDraft:
    found = draft_of(_rule(request, key, action))
    if found is None:
        raise Http404
    return found


@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    require(RULES, "rulebook.see", request.user)
    today = clock.today()
    rows, may_publish = book(today), allowed(request, "rulebook.publish")
    context = {
        "rows": [
            (one, holes(one.rule, lang()) if one.rule else [], may_publish and one.waits_for(request.user.pk or 0))
            for one in rows
        ],
        "in_force": sum(1 for one in rows if one.version),
        "drafts": sum(1 for one in rows if one.draft),
        "today": today,
        "may_edit": allowed(request, "rulebook.edit"),
    }
    return render(request, "registers/rules/list.html", context)


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Take a rule into the book: one that comes with Saima, or a file."""
    require(RULES, "rulebook.edit", request.user)
    context: dict[str, Any] = {"presets": presets_left(), "text": "", "sentences": ()}
    if request.method == "POST":
        try:
            draft = _begun(request, context)
        except Refused as refused:
            context["sentences"] = refused.sentences(lang())
            return render(request, "registers/rules/new.html", context, status=getattr(refused, "status", 422))
        messages.success(request, say("rulebook.begun", lang()))
        return redirect("rule-draft", key=draft.rule.key)
    return render(request, "registers/rules/new.html", context)


def _begun(request: HttpRequest, context: dict[str, Any]) -> RuleDraft:
    by = person_of(request)
    if preset := request.POST.get("preset", ""):
        return rule_begin(preset=preset, by=by)
    text = request.POST.get("text", "")
    if not text.strip():
        sent = received(request, allowed={Kind.TXT})
        text = sent.content.decode("utf-8-sig", errors="replace")
    context["text"] = text
    return rule_begin_text(text=text, source=request.POST.get("source", ""), by=by)


@require_safe
def rule(request: HttpRequest, key: str) -> HttpResponse:
    """One rule on a day: what it asks, its parameters by date, its cases, where it comes from, how it came about."""
    row = _rule(request, key)
    today = clock.today()
    on = day_in(request.GET.get("on", ""), today) or today
    known = day_in(request.GET.get("known", ""), None)
    version = version_at(key, on, clock.end_of(known) if known else None)
    newest = newest_version(row)
    draft = draft_of(row)
    if newest is None and draft is not None and allowed(request, "rulebook.edit"):
        return redirect("rule-draft", key=key)
    shown = version or (None if request.GET.get("on") or known else newest)
    context: dict[str, Any] = {
        "row": row,
        "on": on,
        "known": known,
        "today": today,
        "version": version,
        "shown": shown,
        "newest": newest,
        "draft": newest_save(draft) if draft else None,
        "history": _history(row),
        "may_edit": allowed(request, "rulebook.edit"),
        "may_whatif": allowed(request, "rulebook.whatif"),
    }
    if shown is not None:
        context |= _shown(shown.text, on)
    return render(request, "registers/rules/rule.html", context)


def _shown(text: str, on: date) -> dict[str, Any]:
    found = drafted(text)
    rule = found.rule
    if rule is None:
        return {}
    spoken = lang()
    return {
        "rule": rule,
        "parts": parts_said(rule, spoken, on),
        "dates": date_table(rule, spoken, on),
        "cases": cases_tried(found, spoken),
        "holes": holes(rule, spoken),
        "grades": grades_of(rule),
    }


def _history(row: BookRule) -> list[tuple[RuleVersion, Any]]:
    """Versions, the newest first, each with what it changed in the one before."""
    versions = versions_of(row)
    before = [*versions[1:], None]
    return [
        (v, None if b is None else difference(rule_of(b.text), b.text, rule_of(v.text), v.text, lang(), v.since))
        for v, b in zip(versions, before, strict=True)
    ]


@require_safe
def version(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """One version as it was published."""
    row = _rule(request, key)
    found = next((v for v in versions_of(row) if v.number == number), None)
    if found is None:
        raise Http404
    context = {"row": row, "version": found, **_shown(found.text, found.since)}
    return render(request, "registers/rules/version.html", context)


@require_safe
def file(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """The text of a version, as `saima rules` reads it; 0 is the draft."""
    row = _rule(request, key, "rulebook.see" if number else "rulebook.edit")
    text = next((v.text for v in versions_of(row) if v.number == number), None)
    if number == 0 and (draft := draft_of(row)) is not None:
        text = newest_save(draft).text
    if text is None:
        raise Http404
    return serve(text.encode(), name=f"{key}.toml", media_type="text/plain")


# Drafts


@require_POST
def begin(request: HttpRequest, key: str) -> HttpResponse:
    draft_begin(rule=_rule(request, key, "rulebook.edit"), by=person_of(request))
    return redirect("rule-draft", key=key)


@require_safe
def draft(request: HttpRequest, key: str) -> HttpResponse:
    return render(request, "registers/rules/draft.html", _draft_page(request, draft_found(request, key)))


def _draft_page(request: HttpRequest, found: RuleDraft, typed: str | None = None) -> dict[str, Any]:
    save = newest_save(found)
    state = drafted(save.text)
    before = newest_version(found.rule)
    today = clock.today()
    changed, day = None, today
    if before is not None:
        old = rule_of(before.text)
        day = first_change(old, state.rule, today) if state.rule else today
        changed = difference(old, before.text, state.rule, _canonical(save.text), lang(), day)
    lines = save.text.splitlines()
    return {
        "row": found.rule,
        "draft": save,
        "text": save.text if typed is None else typed,
        "problems": [(p, said(p, lang()), "".join(lines[max(p.line - 1, 0) : p.line]).strip()) for p in state.problems],
        "failing": [n for n, case in enumerate(state.failing, 1) if case],
        "sound": state.sound,
        "before": before,
        "changed": changed,
        "changed_day": day,
        "since": counts_from(rule_of(before.text) if before else None, state.rule, today) if state.rule else today,
        "numbers": standing_numbers(state.rule) if state.rule else [],
        "saves": saves_of(found),
        "hands": [p.name for p in hand_names(found)],
        "offer": offer_of(save),
        "others": [p.name for p in publishers_of(found)],
        "own": request.user.pk in {p.pk for p in hand_names(found)},
        "solo": is_solo(),
        "may_whatif": allowed(request, "rulebook.whatif"),
        "today": today,
        **_shown(save.text, today),
    }  # fmt: skip


def _canonical(text: str) -> str:
    """A text in the layout of files, where it is a rule: so that differences are those of what it says."""
    found = drafted(text).rule
    return text if found is None else write_rule(found)


@require_POST
def text(request: HttpRequest, key: str) -> HttpResponse:
    """The whole text as somebody wrote it; what does not hold in it is said on the page of the draft."""
    found = draft_found(request, key)
    typed = request.POST.get("text", "")
    try:
        draft_save(
            draft=found,
            text=typed,
            seen=whole(request.POST.get("seen")),
            reason=request.POST.get("reason", ""),
            source=request.POST.get("source", ""),
            by=person_of(request),
        )
    except Refused as refused:
        context = _draft_page(request, found, typed) | {"sentences": refused.sentences(lang())}
        return render(request, "registers/rules/draft.html", context, status=getattr(refused, "status", 422))
    messages.success(request, say("rulebook.saved", lang()))
    return redirect("rule-draft", key=key)


@require_http_methods(["GET", "POST"])
def param(request: HttpRequest, key: str, param: str) -> HttpResponse:
    """A parameter's value from a day on."""
    found = draft_found(request, key)
    save = newest_save(found)
    rule = drafted(save.text).rule
    if rule is None or param not in rule.params:
        raise Http404
    today = clock.today()
    context: dict[str, Any] = {
        "row": found.rule,
        "rule": rule,
        "draft": save,
        "param": rule.params[param],
        "today": today,
    }
    if request.method == "POST":
        try:
            param_set(
                draft=found,
                param=param,
                start=day_in(request.POST.get("start", ""), None),
                typed=typed_from(request.POST),
                source=request.POST.get("source", ""),
                reason=request.POST.get("reason", ""),
                seen=whole(request.POST.get("seen")),
                by=person_of(request),
            )
        except Refused as refused:
            context |= {"sentences": refused.sentences(lang()), "typed": request.POST}
            context["form"] = rows_typed(rule.params[param], lang(), today, typed_from(request.POST).rows)
            return render(request, "registers/rules/param.html", context, status=getattr(refused, "status", 422))
        messages.success(request, say("rulebook.saved", lang()))
        return redirect("rule-draft", key=key)
    context["form"] = rows_typed(rule.params[param], lang(), today)
    context["dates"] = date_table(rule, lang(), today)
    return render(request, "registers/rules/param.html", context)


@require_POST
def lift(request: HttpRequest, key: str) -> HttpResponse:
    """A number of a condition becomes a parameter."""
    found = draft_found(request, key)
    at = request.POST.get("at", "")
    rule = drafted(newest_save(found).text).rule
    name = next((n.name for n in standing_numbers(rule) if n.at == at), "") if rule else ""
    number_lift(
        draft=found,
        at=at,
        name=name,
        seen=whole(request.POST.get("seen")),
        reason=say("rulebook.lifted", lang()),
        by=person_of(request),
    )
    return redirect("rule-param", key=key, param=name)


@require_POST
def back(request: HttpRequest, key: str) -> HttpResponse:
    """An earlier state is the newest again."""
    draft_return(
        draft=draft_found(request, key),
        number=whole(request.POST.get("number")),
        seen=whole(request.POST.get("seen")),
        by=person_of(request),
    )
    messages.success(request, say("rulebook.saved", lang()))
    return redirect("rule-draft", key=key)


@require_POST
def discard(request: HttpRequest, key: str) -> HttpResponse:
    draft_discard(draft=draft_found(request, key), by=person_of(request))
    messages.success(request, say("rulebook.discarded", lang()))
    return redirect("rules")


@require_http_methods(["GET", "POST"])
def publish(request: HttpRequest, key: str) -> HttpResponse:
    """Read what is to be published, then confirm it."""
    row = _rule(request, key, "rulebook.publish")
    found = draft_of(row)
    if found is None:
        if request.method == "POST" and newest_version(row) is not None:
            return redirect("rule", key=key)  # a second click
        raise Http404
    context = _draft_page(request, found)
    if request.method == "POST":
        try:
            since = day_in(request.POST.get("since", ""), None)
            if since is None:
                raise QuestionRefused(Problem("rulebook.no_day", {"text": "-"}))
            made = rule_publish(
                draft=found,
                seen=request.POST.get("seen", ""),
                since=since,
                until=day_in(request.POST.get("until", ""), None),
                reason=request.POST.get("reason", ""),
                by=person_of(request),
            )
        except Refused as refused:
            context |= {"sentences": refused.sentences(lang()), "typed": request.POST}
            return render(request, "registers/rules/publish.html", context, status=getattr(refused, "status", 422))
        messages.success(request, say("rulebook.published", lang(), number=made.number))
        return redirect("rule", key=key)
    return render(request, "registers/rules/publish.html", context)
