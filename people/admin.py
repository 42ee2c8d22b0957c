from django.contrib import admin

from people import models


class UnitMembershipInline(admin.TabularInline):
    model = models.UnitMembership
    extra = 0


class RoleGrantInline(admin.TabularInline):
    model = models.RoleGrant
    fk_name = "user"
    extra = 0


@admin.register(models.User)
class UserAdmin(admin.ModelAdmin):
    list_display = ["name", "email", "handle", "organisation", "is_active", "is_staff"]
    list_filter = ["organisation", "is_active", "is_staff"]
    search_fields = ["name", "email", "handle"]
    exclude = ["password", "user_permissions", "groups"]
    readonly_fields = ["last_login", "joined_at", "left_at", "last_visit_at", "anonymised_at"]
    inlines = [UnitMembershipInline, RoleGrantInline]


@admin.register(models.Organisation)
class OrganisationAdmin(admin.ModelAdmin):
    list_display = ["name", "language", "time_zone", "small_group"]
    prepopulated_fields = {"slug": ["name"]}


@admin.register(models.Unit)
class UnitAdmin(admin.ModelAdmin):
    list_display = ["name", "organisation", "parent"]
    list_filter = ["organisation"]


@admin.register(models.DataRequest)
class DataRequestAdmin(admin.ModelAdmin):
    list_display = ["user", "kind", "requested_at", "done_at"]
    list_filter = ["kind"]
