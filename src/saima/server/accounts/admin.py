"""The back office: looking at people and roles. Changing happens on the pages, where every change is written down."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.auth.models import Group
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from saima.server.accounts.models import Assignment, Person, Token

# Groups are not used; the others would be changed past the audit trail, or show secrets of the second factor.
for found in (Group, EmailAddress, Authenticator):
    if admin.site.is_registered(found):
        admin.site.unregister(found)


class ReadOnly(ModelAdmin):  # type: ignore[misc]
    """No change past the actions: the audit trail would not know of it."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        del request
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        del request, obj
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        del request, obj
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        del obj
        return bool(request.user.is_active and request.user.is_staff)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)


@admin.register(Person)
class PersonAdmin(ReadOnly):
    list_display = ("username", "name", "is_active", "is_staff", "last_login", "last_seen_at")
    list_filter = ("is_active", "is_staff")
    search_fields = ("username", "name")
    fields = ("username", "name", "email", "phone", "lang", "is_active", "is_staff", "last_login", "last_seen_at")


@admin.register(Assignment)
class AssignmentAdmin(ReadOnly):
    list_display = ("person", "role", "place", "season", "since", "until", "standing_in_for", "given_by")
    list_filter = ("role",)
    search_fields = ("person__username", "person__name")


@admin.register(Token)
class TokenAdmin(ReadOnly):
    list_display = ("hint", "title", "person", "scopes", "expires_at", "revoked_at", "last_used_at")
    fields = ("hint", "title", "person", "scopes", "created_at", "expires_at", "revoked_at", "last_used_at")
