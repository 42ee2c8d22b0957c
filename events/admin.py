from django.contrib import admin, messages
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core.admin import LookingAdmin
from events import reading
from events.models import Cursor, Delivery, Event, ParkedEvent


@admin.register(Event)
class EventAdmin(LookingAdmin):
    list_display = ["id", "at", "verb", "actor_id", "subject_type", "subject_id"]
    list_filter = ["verb"]


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
class DeliveryAdmin(LookingAdmin):
    # Never the payload: it may hold a link that signs somebody in.
    fields = ["kind", "key", "recipient_id", "state", "due_at", "attempts", "error", "created_at", "sent_at"]
    list_display = ["id", "kind", "state", "due_at", "attempts", "sent_at"]
    list_filter = ["state", "kind"]
