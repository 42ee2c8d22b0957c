"""How notices and preferences are exported and erased."""

from typing import Any

from notifications.models import Notification, Preference
from people.privacy import register


def erase_notices(user: Any) -> int:
    """One's own notices go; in those of others, one's number goes from the list of who acted."""
    touched = Notification.objects.filter(user=user.pk).delete()[0]
    naming = list(Notification.objects.filter(actors__contains=[user.pk]))
    for one in naming:
        one.actors = [actor for actor in one.actors if actor != user.pk]
    Notification.objects.bulk_update(naming, ["actors"], batch_size=500)
    return touched + len(naming)


register(
    Notification,
    "user",
    "kind",
    "thread",
    "space",
    "created_at",
    "updated_at",
    "read_at",
    erase=erase_notices,
)
register(Preference, "user", "kind", "mail")
