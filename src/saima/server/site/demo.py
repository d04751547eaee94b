"""Fills an installation for demonstrations: the example seasons, and people of every role with known passwords."""

from dataclasses import dataclass
from typing import Final

from django.contrib.auth.hashers import make_password

from saima import examples
from saima.engine.model.periods import Period
from saima.files import load_season
from saima.server.accounts.actions import person_add, role_give
from saima.server.accounts.enums import Role
from saima.server.accounts.models import Person
from saima.server.kit.models import Installation
from saima.server.places.models import Place
from saima.server.race.actions.cuts import cut_freeze, cuts_of_published
from saima.server.race.actions.seasons import season_import
from saima.server.race.models import Season
from saima.server.site.demo_chain import demo_chain
from saima.server.site.demo_firms import demo_firms
from saima.server.site.demo_items import demo_items
from saima.server.site.demo_reports import demo_reports
from saima.server.site.demo_rules import demo_rules
from saima.server.site.demo_story import demo_story
from saima.server.site.demo_talents import demo_talents

PASSWORD: Final = "horse-race-2026"  # noqa: S105 - printed at every start of the demonstration, used nowhere else


@dataclass(frozen=True, slots=True)
class DemoPerson:
    username: str
    en: str
    zh: str
    role: Role
    place: str = ""

    @property
    def name(self) -> str:
        """A person has one name; in a demonstration everybody can read it."""
        return f"{self.zh} {self.en}"


PEOPLE: Final = (
    DemoPerson("steward", "Steward One", "专班甲", Role.STEWARD),
    DemoPerson("steward2", "Steward Two", "专班乙", Role.STEWARD),
    DemoPerson("verifier", "Verifier One", "核验员甲", Role.VERIFIER),
    DemoPerson("verifier2", "Verifier Two", "核验员乙", Role.VERIFIER),
    DemoPerson("leader", "Leader", "分管领导", Role.LEADER),
    DemoPerson("auditor", "Auditor", "审计员", Role.AUDITOR),
    DemoPerson("admin", "Administrator", "系统管理员", Role.ADMIN),
    DemoPerson("crane", "Paper Crane reporter", "纸鹤园填报员", Role.REPORTER, "crane"),
    DemoPerson("whale", "Glass Whale reporter", "玻璃鲸园填报员", Role.REPORTER, "whale"),
    DemoPerson("lantern", "Nine Lanterns reporter", "九灯园填报员", Role.REPORTER, "lantern"),
    DemoPerson("ferry", "Moon Ferry reporter", "月渡园填报员", Role.REPORTER, "ferry"),
    DemoPerson("whistle", "Fog Whistle reporter", "雾笛园填报员", Role.REPORTER, "whistle"),
    DemoPerson("talent", "Talent Office contact", "人才办联络员", Role.DATA_OWNER, "Talent Office 人才办"),
    DemoPerson("science", "Science Bureau contact", "科技局联络员", Role.DATA_OWNER, "Science Bureau 科技局"),
)


def demo_load() -> None:
    """Everything a demonstration shows; must run on an empty database under the demo's clock."""
    Installation.objects.update_or_create(id=1, defaults={"demo": True})
    for name in examples.names():
        season_import(bundle=load_season(name), by=None, source=name)
    places = {p.key: p.pk for p in Place.objects.all()}
    hashed = make_password(PASSWORD)  # once: a good hash takes half a second, and all of them share the password
    for someone in PEOPLE:
        person = person_add(
            username=someone.username,
            name=someone.name,
            password=None,
            by=None,
            is_staff=someone.role is Role.ADMIN,
        )
        Person.objects.filter(pk=person.pk).update(password=hashed)
        role_give(person=person, role=someone.role, by=None, place_id=places.get(someone.place))
    demo_firms()
    demo_reports()
    demo_rules()
    demo_items()
    demo_talents()
    demo_chain()


def demo_publish() -> None:
    """What was published is frozen here too, as are the latest figures of the other seasons; the story is begun.

    Apart from loading: it asks the engine for every period, and leaves it to the worker to release the bulletins of the
    season that is made up and to tell what came of them. Real seasons stay unpublished.
    """
    for season in Season.objects.order_by("id"):
        if not cuts_of_published(season=season, by=None):
            periods = sorted(Period.parse(p) for p in set(season.readings.values_list("period", flat=True)))
            cut_freeze(season=season, period=periods[-1], by=None)
    demo_story.enqueue()
