from datetime import datetime, time, timedelta

from celery import shared_task
from django.utils import timezone

from courses.models import Enrolment, Session
from events import deliveries
from notifications import actions
from notifications.models import Notification
from people.models import User

MORNING = 7
REMINDED_BEFORE = timedelta(days=7)


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


@shared_task(name="notifications.remind_of_deadlines", time_limit=300)
def remind_of_deadlines() -> None:
    """Each day: whoever has not finished hears that a session closes within a week, once."""
    now = timezone.now()
    closing = Session.objects.filter(closes_at__gt=now, closes_at__lte=now + REMINDED_BEFORE)
    for session in closing.filter(course__published_at__isnull=False):
        behind = Enrolment.objects.active().filter(session=session, completed_at=None, user__is_active=True)
        assert session.closes_at is not None  # by the filter above
        actions.remind(
            behind.values_list("user", flat=True),
            space_id=session.space_id,
            since=session.closes_at - REMINDED_BEFORE,
        )
