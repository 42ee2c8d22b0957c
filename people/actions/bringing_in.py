"""Many people at once: who is new is invited, who is here already works in the unit that is named."""

import csv
from collections.abc import Iterable
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import Refused
from core.importing import RefusedItem, Report
from people.actions.invitations import invite
from people.actions.organisation import move_to_unit
from people.models import Invitation, Organisation, Unit, User

MOST_ROWS = 1000


class PersonRow(NamedTuple):
    """A line of a list: an address, and the name of a unit or nothing."""

    line: int
    email: str
    unit: str = ""


def read_people(text: str) -> list[PersonRow]:
    """The lines of a pasted list or a CSV file: an address, then a unit; a heading without an address is left out.

    Semicolons, commas and tabs part the columns. Raises Refused beyond MOST_ROWS lines and for one that is no line of a table.
    """
    rows = []
    for number, line in enumerate(text.lstrip("\ufeff").splitlines(), 1):
        mark = next((one for one in (";", "\t", ",") if one in line), ";")
        try:
            cells = [cell.strip() for cell in next(csv.reader([line], delimiter=mark), [])]
        except csv.Error as fault:
            raise Refused(_("Line %(n)d cannot be read: is it too long?") % {"n": number}) from fault
        address = next((index for index, cell in enumerate(cells) if "@" in cell), None)
        if address is not None:
            rows.append(PersonRow(number, cells[address].lower(), "".join(cells[address + 1 : address + 2])))
        elif any(cells) and number > 1:
            rows.append(PersonRow(number, line.strip()))
    if len(rows) > MOST_ROWS:
        raise Refused(_("At most %(number)d people at a time.") % {"number": MOST_ROWS})
    return rows


@transaction.atomic
def bring_in(
    organisation: Organisation, rows: Iterable[PersonRow], *, by: User, address: str, dry_run: bool = False
) -> Report:
    """Invite each address by mail, or move whom the organisation knows; `dry_run` says it and keeps nothing.

    `address` is the absolute address that the secret of an invitation completes.
    """
    report = Report()
    told = "" if dry_run else address  # without an address no mail leaves
    units: dict[str, list[Unit]] = {}
    for unit in organisation.units.all():
        units.setdefault(unit.name.casefold(), []).append(unit)
    for row in rows:
        try:
            validate_email(row.email)
            with transaction.atomic():
                _bring_in_one(report, organisation, row, _unit_named(units, row.unit), by=by, address=told)
        except (Refused, ValidationError) as refusal:
            reason = str(refusal) if isinstance(refusal, Refused) else _("This is no e-mail address.")
            report.refuse(_("People"), RefusedItem(_("line %(n)d") % {"n": row.line}, row.email, reason))
    transaction.set_rollback(dry_run)
    return report


def _unit_named(units: dict[str, list[Unit]], name: str) -> Unit | None:
    if not name:
        return None
    found = units.get(name.casefold(), [])
    if not found:
        raise Refused(_("There is no unit “%(name)s”.") % {"name": name})
    if len(found) > 1:
        raise Refused(_("Several units are called “%(name)s”.") % {"name": name})
    return found[0]


def _bring_in_one(
    report: Report, organisation: Organisation, row: PersonRow, unit: Unit | None, *, by: User, address: str
) -> None:
    person = organisation.users.filter(email=row.email, anonymised_at=None).first()
    if person is not None:
        placed = person.unit_memberships.filter(ends_on=None).values_list("unit", flat=True).first()
        if unit is None or placed == unit.pk:
            report.take(_("People"), there=1)
        else:
            move_to_unit(person, unit, on=timezone.now().astimezone(organisation.zone).date(), by=by)
            report.take(_("Moves"), made=1)
    elif Invitation.objects.usable().filter(organisation=organisation, email=row.email).exists():
        report.take(_("Invitations"), there=1)
    else:
        invite(organisation, by=by, unit=unit, email=row.email, address=address)
        report.take(_("Invitations"), made=1)
