"""What a person gets by mail who has chosen nothing: at once what is said to them, once a day the rest."""

from collections.abc import Collection

from django.db.models import QuerySet

from core.prepared import AnyOf, prepared
from notifications.models import Notification, Preference

Kind, Mail = Notification.Kind, Preference.Mail

DAILY = {
    Kind.REPLY, Kind.THREAD, Kind.USEFUL, Kind.RECOGNISED, Kind.ENROLLED, Kind.ADDED, Kind.ADMITTED,
    Kind.FACILITATE, Kind.REQUEST, Kind.MODULE, Kind.WITHDRAWN, Kind.DEADLINE, Kind.DECLINED,
}  # fmt: skip
DEFAULTS = dict.fromkeys(Kind, Mail.AT_ONCE) | dict.fromkeys(DAILY, Mail.DAILY)


def mail_choices(people: Collection[int], kind: str) -> dict[int, str]:
    chosen = dict(_chosen(people=list(people), kind=kind))
    return {person: chosen.get(person, DEFAULTS[Kind(kind)]) for person in people}


@prepared
def _chosen(people: list[int], kind: str) -> QuerySet:
    return Preference.objects.filter(AnyOf("user", people), kind=kind).values_list("user", "mail")


def choices_of(user) -> dict[str, str]:
    chosen = dict(Preference.objects.filter(user=user).values_list("kind", "mail"))
    return {str(kind): chosen.get(kind, mail) for kind, mail in DEFAULTS.items()}
