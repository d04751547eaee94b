"""Signing in, the password and two factors: pages of the house, in both languages."""

import re

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time

from saima.server.site.demo import PASSWORD


def code_of(secret):
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


@pytest.mark.parametrize(
    ("lang", "title", "refused"),
    [
        ("en", "Sign in to Saima", "The username and/or password you specified are not correct."),
        ("zh", "登录赛马平台", "您提供的用户名或密码不正确。"),
    ],
)
def test_a_wrong_password_is_refused_in_words(signed_in, lang, title, refused):
    client = signed_in(lang=lang)

    page = client.post("/accounts/login/", {"login": "crane", "password": "wrong"}).content.decode()

    assert title in page
    assert refused in page
    assert 'value="crane"' in page


def test_signing_in_leads_home_and_signing_out_asks_first(signed_in):
    client = signed_in()

    into = client.post("/accounts/login/", {"login": "crane", "password": PASSWORD})
    asked = client.get("/accounts/logout/")
    out = client.post("/accounts/logout/")

    assert (into.status_code, into.url) == (302, "/")
    assert 'method="post" action="/accounts/logout/"' in asked.content.decode()
    assert out.status_code == 302
    assert "_auth_user_id" not in client.session


def test_a_forgotten_password_leads_to_the_bureau(signed_in):
    page = signed_in().get("/accounts/password/reset/").content.decode()

    assert "The bureau gives you a new one." in page
    assert '<input type="email"' not in page


def test_a_password_is_changed_on_a_page_of_the_house(signed_in):
    client = signed_in("crane")
    page = client.get("/accounts/password/change/").content.decode()

    bad = client.post(
        "/accounts/password/change/", {"oldpassword": PASSWORD, "password1": "short", "password2": "short"}
    )
    good = {"oldpassword": PASSWORD, "password1": "a-new-long-word", "password2": "a-new-long-word"}
    answer = client.post("/accounts/password/change/", good)

    assert 'class="site-nav"' in page
    assert page.count('class="field"') == 3
    assert 'class="field field-bad"' in bad.content.decode()
    assert (answer.status_code, answer.url) == (302, "/")


def test_two_factors_from_turning_on_to_a_recovery_code(signed_in):
    client = signed_in()
    client.post("/accounts/login/", {"login": "crane", "password": PASSWORD})

    before = client.get("/accounts/2fa/").content.decode()
    again = client.get("/accounts/2fa/totp/activate/")
    who = client.get(again.url).content.decode()
    assured = client.post(again.url, {"password": PASSWORD})
    form = client.get(assured.url).content.decode()
    secret = re.search(r'id="authenticator_secret"[^>]*value="([A-Z0-9]+)"', form)[1]
    turned_on = client.post("/accounts/2fa/totp/activate/", {"code": code_of(secret)})
    codes = client.get("/accounts/2fa/recovery-codes/").content.decode()
    after = client.get("/accounts/2fa/").content.decode()

    assert 'href="/accounts/2fa/totp/activate/"' in before
    assert again.url == "/accounts/reauthenticate/?next=%2Faccounts%2F2fa%2Ftotp%2Factivate%2F"
    assert '<div class="card entrance">' in who
    assert 'class="qr"' in form
    assert turned_on.status_code == 302
    assert "Recovery codes left: 10." in codes
    first = re.search(r'<pre id="recovery-codes"[^>]*>(\S+)', codes)[1]
    assert 'href="/accounts/2fa/totp/deactivate/"' in after

    other = signed_in()
    asked = other.post("/accounts/login/", {"login": "crane", "password": PASSWORD})
    second = other.get(asked.url).content.decode()
    inside = other.post(asked.url, {"code": first})

    assert asked.url == "/accounts/2fa/authenticate/"
    assert 'name="code"' in second
    assert (inside.status_code, inside.url) == (302, "/")
