"""What the back office may do: look, and change what no action of the house changes.

Rows are made and removed by actions, which check, record and tell; the erasure path alone takes away a person.
"""

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest


class LookingAdmin(admin.ModelAdmin):
    """A list that is read, with the fields of `editable` open to change. Nothing is added or deleted here."""

    editable: tuple[str, ...] = ()
    list_per_page = 50
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest, *_args: Any) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return bool(self.editable) and super().has_change_permission(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        own = [field.name for field in self.opts.fields if field.name not in self.editable]
        return [*own, *(name for name in self.readonly_fields if name not in own)]

    # Any: the stubs' list is of names and groups of names.
    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        hidden = {"password", "search", "id", *(self.exclude or ())}
        return [field.name for field in self.opts.fields if field.name not in hidden]
