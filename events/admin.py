from typing import Any

from django.apps import apps
from django.contrib import admin, messages
from django.contrib.auth import get_user_model
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core.admin import LookingAdmin
from events import reading
from events.models import Cursor, Delivery, Event, ParkedEvent


class NamingAdmin(LookingAdmin):
    """The log knows people by number alone: a list says their name, found in the column `named_by`."""

    named_by = ""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        people = get_user_model().objects.filter(pk=OuterRef(self.named_by))
        return super().get_queryset(request).annotate(person_name=Subquery(people.values("name")[:1]))

    @admin.display(description=_("person"))
    def person(self, row: Any) -> str:
        return row.person_name or ""


@admin.register(Event)
class EventAdmin(NamingAdmin):
    list_display = ["at", "verb", "person", "subject"]
    list_filter = ["verb"]
    named_by = "actor_id"

    @admin.display(description=_("what it was done to"))
    def subject(self, event: Event) -> str:
        name = apps.get_model(event.subject_type)._meta.verbose_name
        return f"{name} {event.subject_id}" if event.subject_id else str(name)


@admin.register(Cursor)
class CursorAdmin(LookingAdmin):
    list_display = ["reader", "txid", "event_id", "failing_event_id", "attempts", "updated_at"]


@admin.register(ParkedEvent)
class ParkedEventAdmin(LookingAdmin):
    list_display = ["reader", "event", "parked_at", "last_line"]
    list_filter = ["reader"]
    list_select_related = ["event"]
    actions = ["retry"]

    @admin.display(description=_("error"))
    def last_line(self, parked: ParkedEvent) -> str:
        return parked.error.strip().splitlines()[-1] if parked.error.strip() else ""

    @admin.action(description=_("Try again"))
    def retry(self, request, queryset) -> None:
        results = [reading.retry(parked) for parked in queryset.select_related("event")]
        done, left = results.count(True), results.count(False)
        sentence = ngettext("%(n)d event was handled.", "%(n)d events were handled.", done) % {"n": done}
        self.message_user(request, sentence)
        if left:
            sentence = ngettext("%(n)d event still fails.", "%(n)d events still fail.", left) % {"n": left}
            self.message_user(request, sentence, messages.WARNING)


@admin.register(Delivery)
class DeliveryAdmin(NamingAdmin):
    named_by = "recipient_id"
    # Never the payload: it may hold a link that signs somebody in.
    fields = ["kind", "key", "recipient_id", "state", "due_at", "attempts", "error", "created_at", "sent_at"]
    list_display = ["kind", "person", "state", "due_at", "attempts", "sent_at"]
    list_filter = ["state", "kind"]
