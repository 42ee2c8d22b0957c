from django.contrib import admin

from courses.models import Course, Enrolment, Module, Question, Session


@admin.register(Course)
class CourseAdmin(admin.ModelAdmin):
    list_display = ["title", "organisation", "language", "mandatory", "published_at", "archived_at"]
    list_filter = ["organisation", "language", "mandatory"]
    search_fields = ["title", "slug"]
    raw_id_fields = ["created_by", "published_by"]
    readonly_fields = ["description_html"]


@admin.register(Session)
class SessionAdmin(admin.ModelAdmin):
    list_display = ["name", "course", "is_open", "opens_at", "closes_at"]
    search_fields = ["name", "course__title"]
    raw_id_fields = ["course", "space"]


@admin.register(Module)
class ModuleAdmin(admin.ModelAdmin):
    list_display = ["title", "course", "kind", "mandatory", "published_at"]
    list_filter = ["kind", "mandatory"]
    search_fields = ["title", "course__title"]
    raw_id_fields = ["course", "section"]
    readonly_fields = ["html"]


@admin.register(Question)
class QuestionAdmin(admin.ModelAdmin):
    list_display = ["__str__", "organisation", "kind", "category", "version"]
    list_filter = ["organisation", "kind", "language"]
    search_fields = ["text", "category"]
    raw_id_fields = ["created_by"]
    readonly_fields = ["html", "feedback_html"]


@admin.register(Enrolment)
class EnrolmentAdmin(admin.ModelAdmin):
    list_display = ["user", "session", "enrolled_at", "left_at", "completed_at"]
    search_fields = ["user__name", "session__name", "session__course__title"]
    raw_id_fields = ["user", "session", "last_module"]
