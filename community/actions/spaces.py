from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from community import rules
from community.actions.gates import refuse_archived, require
from community.live import announce_space
from community.models import Departure, JoinRequest, Membership, Space
from community.signals import membership_changed
from core.editions import State, refuse_if_overtaken
from core.errors import Refused
from core.idempotency import sending
from core.markdown import render
from core.words import checked_words
from events.recording import record

LONGEST_MESSAGE = 600
CHANGEABLE = ("name", "purpose", "charter", "visibility", "colour", "language", "welcomes")


@transaction.atomic
def create_space(
    organisation,
    *,
    by,
    name: str,
    purpose: str = "",
    charter: str = "",
    visibility: str = Space.Visibility.OPEN,
    colour: str = Space.Colour.FOREST,
    language: str | None = None,
    about_title: str = "",
    about_url: str = "",
    key: UUID | None = None,
) -> Space:
    """A new space, facilitated by whoever makes it. The same `key` again returns the first one."""
    require(rules.can_create_space(by) and by.organisation_id == organisation.pk)
    what = {
        "name": name,
        "purpose": purpose,
        "charter": charter,
        "visibility": visibility,
        "about": about_url,
    }
    sent = sending(key, by=by, action="community.create_space", **what)
    if (first := sent.first_of(Space)) is not None:
        return first
    space = Space(
        organisation=organisation,
        name=name,
        purpose=purpose,
        charter=charter,
        charter_html=render(charter).html if charter else "",
        visibility=visibility,
        colour=colour,
        language=language or organisation.language,
        about_title=about_title,
        about_url=about_url,
        created_by=by,
        **sent.fields,
    )
    if not _save_with_free_slug(space):
        return sent.first_of(Space) or space
    Membership.objects.create(
        space=space, user=by, role=Membership.Role.FACILITATOR, charter_accepted_at=timezone.now()
    )
    tell_log("community.space_created", space, by)
    return space


def tell_log(verb: str, space: Space, actor, subject: Any = None, **more: Any) -> None:
    record(
        verb, actor=actor, subject=subject or space, space_id=space.pk,
        organisation_id=space.organisation_id, **more,
    )  # fmt: skip


def _save_with_free_slug(space: Space) -> bool:
    """Two spaces of one name get `name` and `name-2`; the unique index says which is free.

    False when another request made this very space (same key) in between.
    """
    base = slugify(space.name)[:70] or "space"
    taken = set(Space.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    for number in range(1, len(taken) + 20):
        space.slug = base if number == 1 else f"{base}-{number}"
        if space.slug in taken or space.slug == "new":
            continue
        try:
            with transaction.atomic():
                space.save(force_insert=True)
        except IntegrityError:
            if space.key and Space.objects.filter(key=space.key).exists():
                return False
            continue
        return True
    raise Refused(_("Choose another name: this one is taken."))


def state_of_space(space: Space) -> State:
    """What the form of a space shows of it."""
    return {name: getattr(space, name) for name in CHANGEABLE}


@transaction.atomic
def change_space(space: Space, *, by, edition: str = "", **changes: Any) -> Space:
    """Change any of name, purpose, charter, visibility, colour, language, and whether newcomers are let in.

    Raises Overtaken where somebody else changed it after `edition` was read.
    """
    unknown = changes.keys() - set(CHANGEABLE)
    if unknown:
        raise ValueError(f"a space has no changeable {', '.join(sorted(unknown))}")
    require(rules.can_change_space(rules.seat_of(by, space)))
    before = Space.objects.select_for_update().values(*CHANGEABLE).get(pk=space.pk)
    # Browsers end lines otherwise than programs: that alone is no change.
    values = {
        field: value.replace("\r\n", "\n") if isinstance(value, str) else value
        for field, value in changes.items()
    }
    refuse_if_overtaken(before, before | values, edition)
    changes = {field: value for field, value in values.items() if value != before[field]}
    for field, value in values.items():
        setattr(space, field, value)
    if not changes:
        return space
    if "charter" in changes:
        # Everybody is asked again, who comes back too: what they accepted reads otherwise now.
        Membership.objects.filter(space=space).exclude(user=by).update(charter_accepted_at=None)
        Departure.objects.filter(space=space, ended_at=None).update(charter_accepted_at=None)
        space.charter_html = render(space.charter).html if space.charter else ""
    space.save(update_fields=[*changes, "charter_html"])
    tell_log("community.space_changed", space, by, data={"fields": sorted(changes)})
    return space


@transaction.atomic
def archive_space(space: Space, *, by, archived: bool = True) -> Space:
    """An archived space is read and found, and takes no more writing; `archived=False` opens it again."""
    require(rules.can_change_space(rules.seat_of(by, space)))
    when = timezone.now() if archived else None
    changed = Space.objects.filter(pk=space.pk, archived_at__isnull=archived).update(archived_at=when)
    space.refresh_from_db(fields=["archived_at"])
    if changed:
        tell_log("community.space_changed", space, by, data={"archived": archived})
    return space


@transaction.atomic
def join_space(space: Space, *, user, charter_accepted: bool = True, edition: str = "") -> Membership:
    """Come in by oneself. Raises Refused where the space has a charter and it was not accepted, or reads otherwise
    than the `edition` of it that was read."""
    seat = rules.seat_of(user, space)
    if seat.is_member:
        if charter_accepted:
            accept_charter(space, user=user, edition=edition)
        return Membership.objects.get(space=space, user=user)
    refuse_archived(space)
    if seat.was_removed:
        raise Refused(_("A facilitator took you out of this space: ask to come back."), "removed")
    require(rules.can_join(seat))
    if space.charter and not charter_accepted:
        raise Refused(_("Read the charter and accept it to join this space."), "charter")
    _refuse_another_charter(space, edition)
    return let_in(space, user, accepted_at=timezone.now())


@transaction.atomic
def add_member(space: Space, *, user, by=None) -> Membership:
    """Bring somebody in: a facilitator invites, or (without `by`) an enrolment in what owns the space.

    They are asked to accept the charter by themselves, before they write.
    """
    if by is not None:
        require(rules.can_change_space(rules.seat_of(by, space)))
        if user.organisation_id != space.organisation_id:
            raise Refused(_("This person belongs to another organisation."))
    return let_in(space, user, accepted_at=None, by=by)


def welcome(user) -> None:
    """Bring a newcomer into the spaces of their organisation that are marked for it."""
    for space in Space.objects.filter(organisation=user.organisation_id, welcomes=True, archived_at=None):
        add_member(space, user=user)


def let_in(
    space: Space, user, *, accepted_at: datetime | None, by=None, admitted: bool = False
) -> Membership:
    """`by` is who brought them in, or who `admitted` them because they had asked."""
    membership = Membership(space=space, user=user, charter_accepted_at=accepted_at)
    try:
        with transaction.atomic():
            membership.save(force_insert=True)
    except IntegrityError:
        return Membership.objects.get(space=space, user=user)
    Departure.objects.filter(space=space, user=user, ended_at=None).update(ended_at=timezone.now())
    # Whichever way they came in: what they had asked for is had.
    JoinRequest.objects.filter(space=space, user=user, answered_at=None).update(
        answered_at=timezone.now(), answered_by=by, admitted=True
    )
    data = {"by": by.pk, "admitted": admitted} if by else {}
    tell_log("community.space_joined", space, user, data=data)
    announce_space(space.pk)
    membership_changed.send(sender=Membership, user_id=user.pk)
    return membership


@transaction.atomic
def ask_to_join(space: Space, *, user, message: str = "") -> JoinRequest:
    """Knock at a closed space; asking twice is asking once, with the words of the last time."""
    message = checked_words(message, "message", most=LONGEST_MESSAGE)
    refuse_archived(space)
    require(rules.can_ask_to_join(rules.seat_of(user, space)))
    try:
        with transaction.atomic():
            request = JoinRequest.objects.create(space=space, user=user, message=message)
    except IntegrityError:
        request = JoinRequest.objects.select_for_update().get(space=space, user=user, answered_at=None)
        if message:
            request.message = message
            request.save(update_fields=["message"])
        return request
    tell_log("community.join_asked", space, user, request)
    return request


@transaction.atomic
def answer_join_request(request: JoinRequest, *, by, admitted: bool) -> JoinRequest:
    require(rules.can_change_space(rules.seat_of(by, request.space)))
    asked = JoinRequest.objects.select_for_update(of=("self",)).select_related("space", "user")
    try:
        request = asked.get(pk=request.pk)
    except JoinRequest.DoesNotExist:
        raise Refused(_("This request was withdrawn.")) from None
    if request.answered_at is not None:
        return request
    request.answered_at, request.answered_by, request.admitted = timezone.now(), by, admitted
    request.save(update_fields=["answered_at", "answered_by", "admitted"])
    if admitted:
        let_in(request.space, request.user, accepted_at=None, by=by, admitted=True)
    else:
        tell_log("community.join_declined", request.space, by, request, data={"asker": request.user_id})
    return request


@transaction.atomic
def withdraw_join_request(space: Space, *, user) -> None:
    """Knock no more: whoever asked may think better of it until they are answered."""
    if JoinRequest.objects.filter(space=space, user=user, answered_at=None).delete()[0]:
        tell_log("community.join_withdrawn", space, user)


@transaction.atomic
def accept_charter(space: Space, *, user, edition: str = "") -> None:
    """Raises Refused where the charter reads otherwise than the `edition` of it that was read."""
    if not Membership.objects.filter(space=space, user=user).exists():
        raise Refused(_("Join this space first."))
    _refuse_another_charter(space, edition)
    Membership.objects.filter(space=space, user=user, charter_accepted_at=None).update(
        charter_accepted_at=timezone.now()
    )


def _refuse_another_charter(space: Space, edition: str) -> None:
    """The charter is read under a lock: it does not change before the acceptance is written."""
    now = Space.objects.select_for_update(no_key=True).get(pk=space.pk)
    if edition and edition != now.charter_edition:
        raise Refused(_("The charter has changed since you read it: here is how it reads now."), "charter")


@transaction.atomic
def set_notify(space: Space, *, user, notify: str) -> Membership:
    membership = Membership.objects.filter(space=space, user=user).first()
    if membership is None:
        raise Refused(_("Join this space first."))
    if notify not in Membership.Notify.values:
        raise Refused(_("Choose one of the three."))
    membership.notify = notify
    membership.save(update_fields=["notify"])
    return membership


@transaction.atomic
def add_facilitator(space: Space, *, user, by=None) -> Membership:
    """Make a member (or somebody not yet one) a facilitator. Without `by`: whoever owns the space from above."""
    if by is not None:
        require(rules.can_change_space(rules.seat_of(by, space)))
        if user.organisation_id != space.organisation_id:
            raise Refused(_("This person belongs to another organisation."))
    membership = let_in(space, user, accepted_at=None)
    changed = Membership.objects.filter(pk=membership.pk, role=Membership.Role.MEMBER).update(
        role=Membership.Role.FACILITATOR
    )
    if changed:
        tell_log("community.facilitator_added", space, by, user)
        membership_changed.send(sender=Membership, user_id=user.pk)
    membership.role = Membership.Role.FACILITATOR
    return membership


@transaction.atomic
def remove_facilitator(space: Space, *, user, by) -> None:
    require(rules.can_change_space(rules.seat_of(by, space)))
    rows = Membership.objects.select_for_update().filter(space=space, role=Membership.Role.FACILITATOR)
    ids = list(rows.values_list("user_id", flat=True))
    if ids == [user.pk]:
        raise Refused(_("A space keeps at least one facilitator: name somebody else first."))
    if Membership.objects.filter(space=space, user=user, role=Membership.Role.FACILITATOR).update(
        role=Membership.Role.MEMBER
    ):
        tell_log("community.facilitator_removed", space, by, user)
        membership_changed.send(sender=Membership, user_id=user.pk)
