"""What a person gets by mail who has chosen nothing: at once what is said to them, once a day the rest."""

from collections.abc import Iterable

from notifications.models import Notification, Preference

Kind, Mail = Notification.Kind, Preference.Mail

DAILY = {
    Kind.REPLY, Kind.THREAD, Kind.USEFUL, Kind.RECOGNISED, Kind.ENROLLED, Kind.ADDED, Kind.ADMITTED,
    Kind.FACILITATE, Kind.REQUEST, Kind.MODULE, Kind.DEADLINE,
}  # fmt: skip
DEFAULTS = dict.fromkeys(Kind, Mail.AT_ONCE) | dict.fromkeys(DAILY, Mail.DAILY)


def mail_choices(people: Iterable[int], kind: str) -> dict[int, str]:
    chosen = dict(Preference.objects.filter(user__in=people, kind=kind).values_list("user", "mail"))
    return {person: chosen.get(person, DEFAULTS[Kind(kind)]) for person in people}


def choices_of(user) -> dict[str, str]:
    chosen = dict(Preference.objects.filter(user=user).values_list("kind", "mail"))
    return {str(kind): chosen.get(kind, mail) for kind, mail in DEFAULTS.items()}
