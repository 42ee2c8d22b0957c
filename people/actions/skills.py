from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import Refused
from core.words import checked_words
from events.recording import record
from people.models import Skill, Standing, User, UserSkill
from people.rules import is_trainer


@transaction.atomic
def declare_skill(user: User, *, name: str) -> UserSkill:
    """Say that one knows something; the same name, however it is capitalised, is one skill."""
    if user.organisation is None:
        raise Refused(_("This person belongs to no organisation."))
    name = " ".join(checked_words(name, "name", most=80, needed=_("Name what you know.")).split())
    skill = Skill.objects.filter(organisation=user.organisation, name__iexact=name).first()
    if skill is None:
        skill, _made = Skill.objects.get_or_create(organisation=user.organisation, name=name)
    held, made = UserSkill.objects.get_or_create(user=user, skill=skill)
    if made:
        record("people.skill_declared", actor=user, subject=held)
    return held


@transaction.atomic
def drop_skill(held: UserSkill) -> None:
    user = held.user
    held.delete()
    write_expertise(user)


@transaction.atomic
def validate_skill(held: UserSkill, *, by: User) -> None:
    """A trainer confirms a skill; that makes its holder an expert. Nobody confirms their own."""
    if not is_trainer(by) or held.user_id == by.pk:
        raise Refused(_("A trainer validates the skills of others."))
    now = timezone.now()
    if UserSkill.objects.filter(pk=held.pk, validated_at=None).update(validated_by=by, validated_at=now):
        write_expertise(held.user)
        record("people.skill_validated", actor=by, subject=held)


def write_expertise(user: User) -> None:
    latest = (
        user.skills.filter(validated_at__isnull=False)
        .select_related("skill")
        .order_by("-validated_at")
        .first()
    )
    Standing.objects.update_or_create(user=user, defaults={"expertise": latest.skill.name if latest else ""})
