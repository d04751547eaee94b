"""Messages: somebody's own, how they want to be told, the robots, and what was sent."""

import json
from datetime import time

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from saima.engine.errors import Problem, QuestionRefused
from saima.server.accounts.rules import held_by, may, person_of, require
from saima.server.kit.asked import whole
from saima.server.kit.context import lang
from saima.server.kit.models import Outbox
from saima.server.kit.robots import APPRISE, KINDS, apprise_here
from saima.server.race.queries.visible import seasons_visible_to
from saima.server.response.actions.messages import choices_save, deliveries_again, message_read
from saima.server.response.actions.robots import robot_add, robot_try, robot_withdraw
from saima.server.response.models import Message, Robot
from saima.server.response.queries.message_kinds import TOPICS
from saima.server.response.queries.messages import (
    STATES,
    deliveries,
    deliveries_counted,
    messages_of,
    robots_of,
    robots_of_bureau,
    shown_address,
    wanted_by,
)
from saima.server.response.rules import RULES
from saima.words import say

PER_PAGE = 30


@require_http_methods(["GET", "POST"])
def messages_page(request: HttpRequest) -> HttpResponse:
    """A person's own messages; a post marks all of them as read."""
    require(RULES, "message.own", request.user)
    me = person_of(request)
    if request.method == "POST":
        message_read(person=me)
        return redirect("messages")
    unread = request.GET.get("show") == "unread"
    page = Paginator(messages_of(me, unread=unread), PER_PAGE).get_page(request.GET.get("page"))
    held = held_by(me)
    return render(
        request,
        "response/messages.html",
        {
            "page": page,
            "only_unread": unread,
            "sees_deliveries": may(RULES["delivery.see"], held),
            "manages_robots": may(RULES["robot.manage"], held),
        },
    )


@require_POST
def message(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark one as read, and with ``do=open`` go to what it is about."""
    require(RULES, "message.own", request.user)
    me = person_of(request)
    found = get_object_or_404(Message, pk=pk, person=me)
    message_read(person=me, message=found)
    if request.POST.get("do") == "open" and found.about:
        return HttpResponseRedirect(found.about)
    return redirect("messages")


@require_http_methods(["GET", "POST"])
def choices(request: HttpRequest) -> HttpResponse:
    require(RULES, "message.own", request.user)
    me = person_of(request)
    if request.method == "POST":
        choices_save(
            person=me,
            lang="en" if request.POST.get("lang") == "en" else "zh",
            mail=request.POST.get("mail") == "1",
            daily=request.POST.get("daily") == "1",
            daily_hour=whole(request.POST.get("daily_hour"), 8),
            quiet_from=_time(request, "quiet_from"),
            quiet_until=_time(request, "quiet_until"),
            topics={name: request.POST.get(f"topic_{name}", "") for name in TOPICS},
        )
        messages.success(request, say("message.saved", lang()))
        return redirect("message-choices")
    wanted = wanted_by([me])[me.pk]
    return render(
        request,
        "response/message_choices.html",
        {
            "wanted": wanted,
            "topics": [
                (name, topic.must, wanted.topics.get(name, "all"), ("all", "here") if topic.must else REACHES)
                for name, topic in TOPICS.items()
            ],
            "hours": range(24),
            "mail_server": bool(settings.EMAIL_HOST),
            "robots": [(r, shown_address(r), ()) for r in robots_of(me)],
            "kinds": [k for k in KINDS if k != APPRISE],
        },
    )


REACHES = ("all", "here", "off")


def _time(request: HttpRequest, name: str) -> time | None:
    text = request.POST.get(name, "").strip()
    if not text:
        return None
    try:
        return time.fromisoformat(text).replace(tzinfo=None, second=0, microsecond=0)
    except ValueError:
        raise QuestionRefused(Problem("message.no_time", {"text": text[:40]})) from None


@require_http_methods(["GET", "POST"])
def deliveries_page(request: HttpRequest) -> HttpResponse:
    """What left and how it went; a post tries one again, or all that failed."""
    if request.method == "POST":
        require(RULES, "delivery.retry", request.user)
        rows = deliveries(state=Outbox.State.FAILED)
        if request.POST.get("do") != "all":
            rows = rows.filter(pk=whole(request.POST.get("delivery")))
        count = deliveries_again(rows=list(rows), by=person_of(request))
        messages.success(request, say("delivery.again_done", lang(), count=count))
        return redirect("deliveries")
    require(RULES, "delivery.see", request.user)
    state = request.GET.get("state", "")
    state = state if state in STATES else ""
    page = Paginator(deliveries(state=state), PER_PAGE).get_page(request.GET.get("page"))
    counted = deliveries_counted()
    return render(
        request,
        "response/message_deliveries.html",
        {
            "page": page,
            "state": state,
            "counted": list(counted.items()),
            "failed": counted["failed"],
            "may_retry": may(RULES["delivery.retry"], held_by(request.user)),
        },
    )


@require_http_methods(["GET", "POST"])
def robots(request: HttpRequest) -> HttpResponse:
    """The bureau's robots; a post adds one, with ``own=1`` to the person's own."""
    own = request.method == "POST" and request.POST.get("own") == "1"
    require(RULES, "message.own" if own else "robot.manage", request.user)
    if request.method == "POST":
        key = request.POST.get("season", "")
        made = robot_add(
            title=request.POST.get("title", ""),
            kind=request.POST.get("kind", ""),
            url=request.POST.get("url", ""),
            secret=request.POST.get("secret", ""),
            lang="en" if request.POST.get("lang") == "en" else "zh",
            topics=request.POST.getlist("topic"),
            season=get_object_or_404(seasons_visible_to(request.user), key=key) if key and not own else None,
            own=own,
            by=person_of(request),
        )
        messages.success(request, say("robot.added", lang(), title=made.title))
        return redirect("message-choices" if own else "robots")
    return render(
        request,
        "response/message_robots.html",
        {
            "robots": [(r, shown_address(r), json.loads(r.topics)) for r in robots_of_bureau()],
            "kinds": [k for k in KINDS if k != APPRISE or apprise_here()],
            "apprise": apprise_here(),
            "topics": [name for name, topic in TOPICS.items() if topic.group],
            "seasons": seasons_visible_to(request.user).filter(closed=False),
        },
    )


@require_POST
def robot(request: HttpRequest, pk: int) -> HttpResponse:
    """Try a robot, or withdraw it: one's own, or the bureau's by who may."""
    me = person_of(request)
    found = get_object_or_404(Robot, pk=pk, withdrawn_at=None, person_id__in=[me.pk]) if _own(request) else None
    if found is None:
        require(RULES, "robot.manage", me)
        found = get_object_or_404(Robot, pk=pk, withdrawn_at=None, person=None)
    match request.POST.get("do"):
        case "try":
            said = robot_try(robot=found, by=me)
            messages.success(request, say("robot.spoke", lang(), title=found.title, said=said))
        case "withdraw":
            robot_withdraw(robot=found, by=me)
            messages.success(request, say("robot.withdrawn", lang(), title=found.title))
        case _:
            raise QuestionRefused(Problem("robot.do_what"))
    return redirect("message-choices" if found.person_id else "robots")


def _own(request: HttpRequest) -> bool:
    return request.POST.get("own") == "1"
