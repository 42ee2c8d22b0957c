from django.contrib import admin

from gamification.models import Recognition


@admin.register(Recognition)
class RecognitionAdmin(admin.ModelAdmin):
    list_display = ["code", "points", "active"]
