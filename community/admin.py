from django.contrib import admin

from community import models
from core.admin import LookingAdmin


@admin.register(models.Space)
class SpaceAdmin(LookingAdmin):
    list_display = ["name", "organisation", "visibility", "created_at", "archived_at"]
    list_filter = ["organisation", "visibility"]
    list_select_related = ["organisation"]
    search_fields = ["name", "slug"]


@admin.register(models.Thread)
class ThreadAdmin(LookingAdmin):
    list_display = ["title", "space", "kind", "number_of_posts", "last_post_at"]
    list_filter = ["kind", "space__organisation"]
    list_select_related = ["space"]
    search_fields = ["title"]


@admin.register(models.Decision)
class DecisionAdmin(LookingAdmin):
    list_display = ["post", "kind", "by", "at", "undone_at"]
    list_filter = ["kind"]
    list_select_related = ["post", "by"]
