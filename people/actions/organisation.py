from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import Refused
from core.words import checked_words
from events.recording import record
from people.models import Organisation, RoleGrant, Standing, Unit, UnitMembership, User
from people.queries.directory import subtree_ids

# A move further ahead is a slip of the hand, and would stand in the way of every other.
FURTHEST_MOVE = timedelta(days=366)


@transaction.atomic
def add_unit(organisation: Organisation, *, name: str, parent: Unit | None = None) -> Unit:
    if parent is not None and parent.organisation_id != organisation.pk:
        raise Refused(_("This unit belongs to another organisation."))
    name = checked_words(name, "name", most=120, needed=_("A unit needs a name."))
    unit, made = Unit.objects.get_or_create(organisation=organisation, parent=parent, name=name)
    if not made:
        raise Refused(_("There is already a unit of this name here."))
    return unit


@transaction.atomic
def rename_unit(unit: Unit, *, name: str) -> Unit:
    """Raises Refused where another unit at the same place has this name."""
    unit.name = checked_words(name, "name", most=120, needed=_("A unit needs a name."))
    _save_unit(unit, "name")
    return unit


@transaction.atomic
def move_unit(unit: Unit, *, parent: Unit | None) -> Unit:
    """Put a unit, with all that is below it, inside another one or at the top."""
    # One row of the organisation is locked: two moves at once could close a ring.
    Organisation.objects.select_for_update().get(pk=unit.organisation_id)
    if parent is not None and parent.organisation_id != unit.organisation_id:
        raise Refused(_("This unit belongs to another organisation."))
    if parent is not None and parent.pk in subtree_ids(unit):
        raise Refused(_("A unit cannot stand inside itself or inside one that is below it."))
    unit.parent = parent
    _save_unit(unit, "parent")
    return unit


def _save_unit(unit: Unit, field: str) -> None:
    try:
        with transaction.atomic():
            unit.save(update_fields=[field])
    except IntegrityError as error:
        raise Refused(_("There is already a unit of this name here.")) from error


@transaction.atomic
def remove_unit(unit: Unit) -> None:
    """Remove a unit that nobody ever worked in; figures of the past need the others."""
    if unit.memberships.exists():
        raise Refused(
            _(
                "People work here or have worked here: their figures need this unit. Rename or move it instead."
            )
        )
    if unit.children.exists():
        raise Refused(_("There are units inside this one. Move or remove them first."))
    if unit.role_grants.filter(revoked_at=None).exists():
        raise Refused(_("Somebody holds a role over this unit. Take it back first."))
    unit.delete()


def place_in_unit(user: User, unit: Unit, *, on: date) -> UnitMembership:
    return UnitMembership.objects.create(user=user, unit=unit, starts_on=on)


@transaction.atomic
def move_to_unit(user: User, unit: Unit, *, on: date, by: User) -> None:
    """Work in another unit from the day `on`; what was before stays as it was."""
    if unit.organisation_id != user.organisation_id:
        raise Refused(_("This unit belongs to another organisation."))
    if on > timezone.localdate() + FURTHEST_MOVE:
        raise Refused(_("A move is planned at most a year ahead: check the date."))
    # One row of the person is locked, so that two moves at a time are one after the other.
    User.objects.select_for_update().get(pk=user.pk)
    current = user.unit_memberships.filter(ends_on=None).first()
    if current and current.unit_id == unit.pk:
        return
    if user.unit_memberships.filter(starts_on__gt=on).exists():
        raise Refused(_("A later move is already planned for this person."))
    if current and current.starts_on >= on:
        current.unit = unit
        current.save(update_fields=["unit"])
    else:
        if current:
            current.ends_on = on
            current.save(update_fields=["ends_on"])
        place_in_unit(user, unit, on=on)
    _record_move(user, unit.pk, on=on, by=by)


@transaction.atomic
def cancel_move(user: User, *, by: User) -> None:
    """Take back the move that is planned; who has begun in the unit meanwhile stays there."""
    User.objects.select_for_update().get(pk=user.pk)
    planned = user.unit_memberships.filter(starts_on__gt=timezone.localdate()).order_by("starts_on").last()
    if planned is None:
        raise Refused(_("No move is planned any more."))
    before = user.unit_memberships.filter(ends_on=planned.starts_on).first()
    planned.delete()
    if before:
        before.ends_on = None
        before.save(update_fields=["ends_on"])
    _record_move(user, before.unit_id if before else None, on=planned.starts_on, by=by)


def _record_move(user: User, unit: int | None, *, on: date, by: User) -> None:
    record(
        "people.unit_changed",
        actor=by,
        subject=user,
        organisation_id=user.organisation_id,
        data={"unit": unit, "on": on.isoformat()},
    )


@transaction.atomic
def grant_role(user: User, *, role: str, by: User, unit: Unit | None = None) -> RoleGrant:
    """Give a role over the person's organisation, or over one unit of it. A second time changes nothing."""
    if user.organisation is None:
        raise Refused(_("This person belongs to no organisation."))
    grant, made = RoleGrant.objects.get_or_create(
        user=user,
        role=role,
        organisation=user.organisation,
        unit=unit,
        revoked_at=None,
        defaults={"granted_by": by},
    )
    if made:
        write_role_standing(user)
        record(
            "people.role_granted",
            actor=by,
            subject=user,
            data={"role": role, "unit": unit.pk if unit else None},
        )
    return grant


@transaction.atomic
def revoke_role(grant: RoleGrant, *, by: User) -> None:
    if grant.user_id == by.pk and grant.role == RoleGrant.Role.ADMINISTRATOR:
        raise Refused(_("You cannot take the administrator's role from yourself."))
    changed = RoleGrant.objects.filter(pk=grant.pk, revoked_at=None).update(
        revoked_at=timezone.now(), revoked_by=by
    )
    if changed:
        write_role_standing(grant.user)
        record("people.role_revoked", actor=by, subject=grant.user, data={"role": grant.role})


def write_role_standing(user: User) -> None:
    """A trainer is shown as one beside what they write."""
    user.__dict__.pop("roles", None)
    role = Standing.Role.TRAINER if RoleGrant.Role.TRAINER in user.roles else Standing.Role.NONE
    Standing.objects.update_or_create(user=user, defaults={"role": role})
