"""What a person gets by mail who has chosen nothing: at once what is said to them, once a day the rest."""

from collections.abc import Iterable

from notifications.models import Notification, Preference

Kind, Mail = Notification.Kind, Preference.Mail

DEFAULTS = dict.fromkeys(Kind, Mail.AT_ONCE) | {Kind.REPLY: Mail.DAILY, Kind.THREAD: Mail.DAILY}


def mail_choices(people: Iterable[int], kind: str) -> dict[int, str]:
    chosen = dict(Preference.objects.filter(user__in=people, kind=kind).values_list("user", "mail"))
    return {person: chosen.get(person, DEFAULTS[Kind(kind)]) for person in people}


def choices_of(user) -> dict[str, str]:
    chosen = dict(Preference.objects.filter(user=user).values_list("kind", "mail"))
    return {str(kind): chosen.get(kind, mail) for kind, mail in DEFAULTS.items()}
