"""What tests of what follows need: April frozen, May released, mail addresses, a mail server, a group chat."""

from datetime import date

import pytest
from frozen import frozen
from talking import group_chat, post_office

from saima.server.accounts.models import Person
from saima.server.bulletins.actions.drafts import draft_make
from saima.server.bulletins.models import Bulletin, BulletinVersion
from saima.server.kit import clock
from saima.server.kit.models import Outbox


@pytest.fixture
def april(demo):
    return frozen(demo)


@pytest.fixture
def addresses(db):
    """Everybody of the demonstration has a mail address."""
    for one in Person.objects.all():
        Person.objects.filter(pk=one.pk).update(email=f"{one.username}@example.org")


@pytest.fixture
def smtp(settings):
    """A mail server that runs, and a desk that knows it."""
    with post_office() as (port, post):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        yield post


@pytest.fixture
def chat():
    """A group chat's service: .url and what it was sent."""
    with group_chat() as (url, hook):
        hook.url = url
        yield hook


@pytest.fixture
def at_once():
    """at_once(): what waits for another try is due now."""
    return lambda: Outbox.objects.filter(state="waiting").update(next_try_at=clock.real())


@pytest.fixture
def released(demo, person):
    """May's bulletin, no. 5, released; its files are not made, for nobody reads them here."""
    cut = frozen(demo, "2026-05")
    draft = draft_make(cut=cut, number=5, dated=date(2026, 6, 8), by=person("steward"))
    bulletin = Bulletin.objects.create(season=demo, period="2026-05", number=5, year=2026)
    return BulletinVersion.objects.create(
        bulletin=bulletin,
        number=1,
        evaluated=draft.evaluated,
        draft=draft,
        dated=draft.dated,
        manifest_digest="0" * 64,
        chain_digest="1" * 64,
        released_by=person("steward2"),
    )
