"""Whether this process lives, and whether the house behind it can serve; for machines, and nothing private in it."""

import hmac
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Min
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.access import public
from events.models import Delivery, Tick

OLDEST_DELIVERY = timedelta(minutes=15)
OLDEST_TICK = timedelta(minutes=2)


@public
@require_safe
@never_cache
def livez(request: HttpRequest) -> HttpResponse:
    """This process answers. Asks nobody else: a database that is down is no reason to kill the pages."""
    return HttpResponse("alive\n", content_type="text/plain")


@public
@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    checks = {name: measured(check) for name, check in CHECKS.items()}
    ready = all(check["ok"] for check in checks.values())
    said = {"ready": ready, "checks": checks} if may_read_details(request) else {"ready": ready}
    response = JsonResponse(said, status=200 if ready else 503)
    # Probes ask every few seconds: Django would log each refusal as an error of ours.
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response


def may_read_details(request: HttpRequest) -> bool:
    """What is wrong is for whoever runs the house: those who have the token of /metrics, where there is one."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    token = settings.METRICS_TOKEN
    return bool(token) and hmac.compare_digest(given.encode(), token.encode())


def measured(check: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    started = time.perf_counter()
    try:
        found = check()
    except Exception as error:  # Whatever is broken, the answer names the check and not the cause's secrets.
        found = {"ok": False, "error": type(error).__name__}
    return found | {"milliseconds": round((time.perf_counter() - started) * 1000, 1)}


def database() -> dict[str, Any]:
    """Writes a row and reads it back: a full disk or a replica taken for the primary fails here."""
    with transaction.atomic():
        written, _ = Tick.objects.update_or_create(name="probe", defaults={"at": timezone.now()})
        read = Tick.objects.values_list("at", flat=True).get(name="probe")
    return {"ok": read == written.at}


def redis() -> dict[str, Any]:
    word = uuid.uuid4().hex
    cache.set(f"probe:{word}", word, timeout=10)
    return {"ok": cache.get(f"probe:{word}") == word}


def migrations() -> dict[str, Any]:
    global applied
    if not applied:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
        applied = not waiting
        return {"ok": applied, "waiting": len(waiting)}
    return {"ok": True, "waiting": 0}


# This code's migrations are not taken back while it runs: once applied, asking again only costs time.
applied = False


def deliveries() -> dict[str, Any]:
    now = timezone.now()
    waiting = Delivery.objects.filter(state=Delivery.State.WAITING, due_at__lte=now)
    oldest = waiting.aggregate(oldest=Min("due_at"))["oldest"]
    age = now - oldest if oldest else timedelta(0)
    return {"ok": age <= OLDEST_DELIVERY, "oldest_seconds": round(age.total_seconds())}


def tick(name: str) -> dict[str, Any]:
    at = Tick.objects.filter(name=name).values_list("at", flat=True).first()
    if at is None:
        return {"ok": False, "seconds_ago": None}
    age = timezone.now() - at
    return {"ok": age <= OLDEST_TICK, "seconds_ago": round(age.total_seconds())}


def schedule() -> dict[str, Any]:
    return tick("schedule")


def worker() -> dict[str, Any]:
    return tick("worker")


CHECKS = {
    "database": database,
    "redis": redis,
    "migrations": migrations,
    "deliveries": deliveries,
    "schedule": schedule,
    "worker": worker,
}
