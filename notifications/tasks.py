from datetime import datetime, time, timedelta

from celery import shared_task
from django.utils import timezone

from events import deliveries
from notifications.models import Notification
from people.models import User

MORNING = 7


@shared_task(name="notifications.send_digests", time_limit=300)
def send_digests() -> None:
    """Each hour: for those whose morning has come, a mail of what was said since the morning before.

    An hour that was missed is caught up during the day; the key holds it to one mail a day.
    """
    waiting = Notification.objects.unread().filter(updated_at__gte=timezone.now() - timedelta(days=2))
    people = User.objects.active().filter(pk__in=waiting.values("user")).exclude(email=None)
    for user in people.iterator():
        here = timezone.now().astimezone(user.zone)
        until = datetime.combine(here.date(), time(MORNING), tzinfo=user.zone)
        if here >= until:
            since = datetime.combine(here.date() - timedelta(days=1), time(MORNING), tzinfo=user.zone)
            deliveries.enqueue(
                "digest",
                key=f"digest:{user.pk}:{here.date()}",
                recipient_id=user.pk,
                payload={"since": since.isoformat(), "until": until.isoformat()},
            )
