"""Addresses: the rule book."""

from django.urls import URLPattern, path

from saima.server.registers.views import rule_offer, rule_whatif, rulebook

_HERE = "registers/rules/<str:key>/"

urlpatterns: list[URLPattern] = [
    path("registers/rules/", rulebook.rules, name="rules"),
    path("registers/rules/new/", rulebook.new, name="rule-new"),
    path(_HERE, rulebook.rule, name="rule"),
    path(_HERE + "v<int:number>/", rulebook.version, name="rule-version"),
    path(_HERE + "v<int:number>/file/", rulebook.file, name="rule-file"),
    path(_HERE + "begin/", rulebook.begin, name="rule-begin"),
    path(_HERE + "draft/", rulebook.draft, name="rule-draft"),
    path(_HERE + "draft/text/", rulebook.text, name="rule-text"),
    path(_HERE + "draft/number/", rulebook.lift, name="rule-lift"),
    path(_HERE + "draft/back/", rulebook.back, name="rule-back"),
    path(_HERE + "draft/discard/", rulebook.discard, name="rule-discard"),
    path(_HERE + "draft/send/", rule_offer.send, name="rule-send"),
    path(_HERE + "draft/publish/", rulebook.publish, name="rule-publish"),
    path(_HERE + "draft/whatif/", rule_whatif.page, name="rule-whatif"),
    path(_HERE + "draft/whatif/file/", rule_whatif.file, name="rule-whatif-file"),
    path(_HERE + "draft/param/<str:param>/", rulebook.param, name="rule-param"),
]
