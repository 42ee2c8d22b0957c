from django.contrib import admin

from core.admin import LookingAdmin
from courses.models import Course, Enrolment, Module, Question, Session


@admin.register(Course)
class CourseAdmin(LookingAdmin):
    list_display = ["title", "organisation", "language", "mandatory", "published_at", "archived_at"]
    list_filter = ["organisation", "language", "mandatory"]
    list_select_related = ["organisation"]
    search_fields = ["title", "slug"]


@admin.register(Session)
class SessionAdmin(LookingAdmin):
    list_display = ["name", "course", "is_open", "opens_at", "closes_at"]
    list_select_related = ["course"]
    search_fields = ["name", "course__title"]


@admin.register(Module)
class ModuleAdmin(LookingAdmin):
    list_display = ["title", "course", "kind", "mandatory", "published_at"]
    list_filter = ["kind", "mandatory"]
    list_select_related = ["course"]
    search_fields = ["title", "course__title"]


@admin.register(Question)
class QuestionAdmin(LookingAdmin):
    list_display = ["__str__", "organisation", "kind", "category", "version"]
    list_filter = ["organisation", "kind", "language"]
    list_select_related = ["organisation"]
    search_fields = ["text", "category"]


@admin.register(Enrolment)
class EnrolmentAdmin(LookingAdmin):
    list_display = ["user", "session", "enrolled_at", "left_at", "completed_at"]
    list_select_related = ["user", "session__course"]
    search_fields = ["user__name", "session__name", "session__course__title"]
