from django.contrib import admin

from core.admin import LookingAdmin
from people import models


class LookingInline(admin.TabularInline):
    extra = 0
    can_delete = False

    def has_add_permission(self, request, obj=None) -> bool:
        return False

    def has_change_permission(self, request, obj=None) -> bool:
        return False


class UnitMembershipInline(LookingInline):
    model = models.UnitMembership


class RoleGrantInline(LookingInline):
    model = models.RoleGrant
    fk_name = "user"


@admin.register(models.User)
class UserAdmin(LookingAdmin):
    list_display = ["name", "email", "handle", "organisation", "is_active", "is_staff"]
    list_filter = ["organisation", "is_active", "is_staff"]
    list_select_related = ["organisation"]
    search_fields = ["name", "email", "handle"]
    editable = ("is_staff", "is_superuser")
    inlines = [UnitMembershipInline, RoleGrantInline]


@admin.register(models.Organisation)
class OrganisationAdmin(LookingAdmin):
    list_display = ["name", "language", "time_zone", "small_group"]
    prepopulated_fields = {"slug": ["name"]}
    editable = (
        "name",
        "slug",
        "language",
        "time_zone",
        "small_group",
        "small_opinion_group",
        "retention_days",
    )

    # A client begins here: no page of the house makes one.
    def has_add_permission(self, request) -> bool:
        return admin.ModelAdmin.has_add_permission(self, request)


@admin.register(models.Unit)
class UnitAdmin(LookingAdmin):
    list_display = ["name", "organisation", "parent"]
    list_filter = ["organisation"]
    list_select_related = ["organisation", "parent"]


@admin.register(models.DataRequest)
class DataRequestAdmin(LookingAdmin):
    list_display = ["user", "kind", "requested_at", "done_at"]
    list_filter = ["kind"]
    list_select_related = ["user"]
    exclude = ["file"]
