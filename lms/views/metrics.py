"""Figures about the running of the house for Prometheus, behind METRICS_TOKEN. None speaks of a person."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from analytics.models import DirtyDay
from core.access import public
from events.models import Cursor, Delivery, Event, ParkedEvent, Tick
from lms.views.health import may_read_details


@public
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    if not may_read_details(request):
        raise Http404
    registry = CollectorRegistry()
    waiting = Delivery.objects.filter(state=Delivery.State.WAITING, due_at__lte=timezone.now())
    oldest = waiting.order_by("due_at").values_list("due_at", flat=True).first()
    last = Event.objects.order_by("-id").values_list("id", flat=True).first() or 0
    figures = {
        "palabre_deliveries_waiting": ("Deliveries that are due", waiting.count()),
        "palabre_delivery_oldest_seconds": ("Age of the oldest of them", seconds_since(oldest)),
        "palabre_deliveries_failed": (
            "Given up",
            Delivery.objects.filter(state=Delivery.State.FAILED).count(),
        ),
        "palabre_events_last_id": ("The last event written", last),
        "palabre_events_parked": ("Events a reader failed on", ParkedEvent.objects.count()),
        "palabre_days_waiting": ("Days whose figures wait for their rebuild", DirtyDay.objects.count()),
    }
    for name, (help_text, value) in figures.items():
        Gauge(name, help_text, registry=registry).set(value)
    read = Gauge(
        "palabre_reader_last_event_id", "The last event a reader has read", ["reader"], registry=registry
    )
    for reader, event_id in Cursor.objects.values_list("reader", "event_id"):
        read.labels(reader).set(event_id)
    tick = Gauge("palabre_tick_seconds", "Since a process was last seen alive", ["name"], registry=registry)
    for name, at in Tick.objects.values_list("name", "at"):
        tick.labels(name).set(seconds_since(at))
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def seconds_since(at) -> float:
    return (timezone.now() - at).total_seconds() if at else 0.0
