from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from people.reader import Reader
from tests.making import grant_role, make_organisation, make_user


@pytest.fixture
def people(db):
    """Two organisations in two time zones, two plain members in each, and everybody who has more to say there."""
    lumen = make_organisation("Lumen", time_zone="Europe/Paris")
    atelier = make_organisation("Atelier Nord", time_zone="America/Lima")
    everybody = {
        name: make_user(name, organisation=organisation, time_zone=zone)
        for name, organisation, zone in (
            ("awa", lumen, "Europe/Paris"),
            ("karim", lumen, "Pacific/Auckland"),
            ("julie", lumen, "Europe/Paris"),  # facilitates
            ("tom", lumen, "America/Lima"),  # trains
            ("ada", lumen, "Europe/Paris"),  # administers
            ("ines", atelier, "America/Lima"),
            ("ivo", atelier, "Europe/Paris"),  # administers there
        )
    }
    for name, role in (("tom", "trainer"), ("ada", "administrator"), ("ivo", "administrator")):
        grant_role(everybody[name], role)
    for role in ("trainer", "hr"):
        # Karim trained once, and Awa is HR: neither writes courses.
        grant = grant_role(everybody["karim" if role == "trainer" else "awa"], role)
        if role == "trainer":
            grant.revoked_at = timezone.now() - timedelta(days=1)
            grant.save()
    alone = make_user("nobody's", organisation=None)
    return SimpleNamespace(lumen=lumen, atelier=atelier, everybody=[*everybody.values(), alone], **everybody)


@pytest.fixture
def seen(people):
    """What a rule shows to whom: the names of everybody by the row, asked as a person and as a reader."""

    def seen(rule, rows: dict) -> dict[str, str]:
        names = {row.pk: name for name, row in rows.items()}
        shown: dict[str, list[str]] = {name: [] for name in rows}
        for person in people.everybody:
            found = set(rule(person).values_list("pk", flat=True))
            assert found == set(rule(Reader.of(person)).values_list("pk", flat=True))
            for pk in found & names.keys():
                shown[names[pk]].append(person.name)
        return {name: " ".join(sorted(who)) for name, who in shown.items()}

    return seen
