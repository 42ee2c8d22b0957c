"""Marks modules and courses as done, once, when their conditions are met."""

from django.db import transaction
from django.utils import timezone

from courses.completion import counted_modules, rule_states, talk_of
from courses.models import CompletionRule, Enrolment, Progress
from events.recording import record

TALK = {CompletionRule.Kind.CONTRIBUTED, CompletionRule.Kind.REPLIED}


@transaction.atomic
def complete_if_done(progress: Progress) -> bool:
    """True when the module is done, now or before. What is done stays done, whatever happens to the rules."""
    if progress.completed_at is not None:
        return True
    states = rule_states(progress.module.rules.all(), progress)
    if not all(state.done for state in states):
        return False
    now = timezone.now()
    if Progress.objects.filter(pk=progress.pk, completed_at=None).update(completed_at=now):
        _record(
            "courses.module_completed", progress.enrolment, subject=progress.module, module=progress.module_id
        )
        complete_course_if_done(progress.enrolment)
    progress.completed_at = now
    return True


@transaction.atomic
def complete_course_if_done(enrolment: Enrolment) -> bool:
    """True when every module that counts for this person's version of the course is done."""
    if enrolment.completed_at is not None:
        return True
    counted = counted_modules(enrolment)
    done = Progress.objects.filter(enrolment=enrolment, completed_at__isnull=False).values("module")
    if counted.exclude(pk__in=done).exists():
        return False
    now = timezone.now()
    if Enrolment.objects.filter(pk=enrolment.pk, completed_at=None, left_at=None).update(completed_at=now):
        _record("courses.course_completed", enrolment, subject=enrolment.session.course)
    enrolment.completed_at = now
    return True


@transaction.atomic
def count_talk(progress: Progress) -> bool:
    """Counts again what the person wrote in the module's conversation. Safe to repeat at any time."""
    written, peers = talk_of(progress)
    Progress.objects.filter(pk=progress.pk).update(contributions=written, peers_replied_to=peers)
    progress.contributions, progress.peers_replied_to = written, peers
    return complete_if_done(progress)


def _record(verb: str, enrolment: Enrolment, *, subject, module: int | None = None) -> None:
    record(
        verb,
        actor=enrolment.user,
        subject=subject,
        session_id=enrolment.session_id,
        space_id=enrolment.session.space_id,
        module_id=module,
        data={"enrolment": enrolment.pk},
    )
