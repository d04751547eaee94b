"""A request that cannot be answered is answered in the person's language, as a page or as a part."""

import pytest
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.test import Client, RequestFactory
from django.urls import path as path_of
from django.utils.translation import override

from saima.server.kit.context import set_request_id
from saima.server.site import errors
from saima.server.site.urls import urlpatterns as own

HTMX = {"HX-Request": "true"}


def broken(request):
    raise ZeroDivisionError


def too_large(request):
    raise RequestDataTooBig


def odd(request):
    raise SuspiciousOperation


urlpatterns = [
    *own,
    path_of("test/broken/", broken),
    path_of("test/large/", too_large),
    path_of("test/odd/", odd),
]
handler400, handler403 = "saima.server.site.errors.bad_request", "saima.server.site.errors.forbidden"
handler404, handler500 = "saima.server.site.errors.not_found", "saima.server.site.errors.server_error"


@pytest.fixture
def client(signed_in, settings):
    settings.ROOT_URLCONF = __name__

    def make(who="steward", lang="en"):
        made = signed_in(who, lang)
        made.raise_request_exception = False
        return made

    return make


@pytest.mark.parametrize(
    ("path", "status", "en", "zh"),
    [
        ("/nothing/", 404, "There is no such page", "页面不存在"),
        ("/test/odd/", 400, "The request could not be read", "请求无法识别"),
        ("/test/large/", 413, "A file may have at most 50 MB.", "单个文件不得超过50MB"),
        ("/test/broken/", 500, "The server made a mistake", "服务器出错"),
    ],
)
def test_pages_of_errors(client, path, status, en, zh):
    said = {lang: client(lang=lang).get(path) for lang in ("en", "zh")}

    assert {lang: page.status_code for lang, page in said.items()} == {"en": status, "zh": status}
    assert en in said["en"].content.decode()
    assert zh in said["zh"].content.decode()
    assert all('href="/"' in page.content.decode() for page in said.values())


@pytest.mark.parametrize(("path", "status"), [("/nothing/", 404), ("/test/large/", 413)])
def test_parts_of_errors_are_parts(client, path, status):
    answer = client().get(path, headers=HTMX)

    assert answer.status_code == status
    assert answer.content.decode().startswith('<div class="notice notice-refused" role="alert" data-refused>')


def test_a_fault_tells_the_number_that_stands_in_the_log(client):
    answer = client().get("/test/broken/")

    assert answer["X-Request-ID"] in answer.content.decode()


def test_a_fault_is_shown_without_the_database_and_in_the_theme(db, django_assert_num_queries):
    request = RequestFactory().get("/")
    request.COOKIES["saima_theme"] = "dark"
    set_request_id("")

    with django_assert_num_queries(0), override("en"):
        page = errors.server_error(request).content.decode()

    assert 'data-theme="dark"' in page


def test_a_part_that_fails_is_plain_text(client):
    answer = client().get("/test/broken/", headers=HTMX)

    assert (answer.status_code, answer["Content-Type"]) == (500, "text/plain; charset=utf-8")


def test_a_form_without_its_token_says_how_to_go_on(db):
    client = Client(enforce_csrf_checks=True)
    client.cookies["saima_lang"] = "en"

    answer = client.post("/language/", {"language": "en"})

    assert answer.status_code == 403
    assert "This form was open too long" in answer.content.decode()
    assert "Reload the page" in answer.content.decode()


def test_what_a_role_does_not_allow_is_refused_by_name_of_the_rule(client):
    page = client("crane").get("/people/")
    part = client("crane").get("/people/", headers=HTMX)

    assert (page.status_code, part.status_code) == (403, 403)
    assert "You may not do this" in page.content.decode()
    assert "data-refused" in part.content.decode()
    assert "<html" not in part.content.decode()


def test_nobody_is_led_to_the_sign_in_page_and_back(client):
    answer = client("").get("/people/?role=steward")

    assert (answer.status_code, answer.url) == (302, "/accounts/login/?next=/people/%3Frole%3Dsteward")
