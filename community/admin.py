from django.contrib import admin

from community import models


class MembershipInline(admin.TabularInline):
    model = models.Membership
    extra = 0
    autocomplete_fields = ["user"]


@admin.register(models.Space)
class SpaceAdmin(admin.ModelAdmin):
    list_display = ["name", "organisation", "visibility", "created_at", "archived_at"]
    list_filter = ["organisation", "visibility"]
    search_fields = ["name", "slug"]
    readonly_fields = ["charter_html", "created_by", "key", "external_id"]
    inlines = [MembershipInline]


@admin.register(models.Thread)
class ThreadAdmin(admin.ModelAdmin):
    list_display = ["title", "space", "kind", "number_of_posts", "last_post_at"]
    list_filter = ["kind", "space__organisation"]
    search_fields = ["title"]
    # What people wrote is changed where everybody sees it, by the actions that leave a trace.
    readonly_fields = [
        "space", "kind", "title", "language", "author", "gate", "last_number", "number_of_posts", "last_post_at",
        "created_at", "pinned_at", "locked_at", "deleted_at", "about_title", "about_url", "key", "external_id",
    ]  # fmt: skip
    raw_id_fields = ["owner"]
    exclude = ["search", "tags"]

    def has_add_permission(self, request) -> bool:
        return False

    def has_delete_permission(self, request, obj=None) -> bool:
        return False


@admin.register(models.Decision)
class DecisionAdmin(admin.ModelAdmin):
    list_display = ["post", "kind", "by", "at", "undone_at"]
    list_filter = ["kind"]

    def has_add_permission(self, request) -> bool:
        return False

    def has_change_permission(self, request, obj=None) -> bool:
        return False

    def has_delete_permission(self, request, obj=None) -> bool:
        return False
