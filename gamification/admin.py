from django.contrib import admin

from core.admin import LookingAdmin
from gamification.models import Recognition


@admin.register(Recognition)
class RecognitionAdmin(LookingAdmin):
    list_display = ["code", "points", "active"]
    editable = ("points", "active")
