"""Who may write courses, and who may follow a module."""

import rules

from courses.models import Course, Enrolment
from people.rules import is_administrator, is_trainer

may_author = is_trainer | is_administrator


@rules.predicate
def can_edit_course(user, course: Course) -> bool:
    return Course.objects.editable_by(user).filter(pk=course.pk).exists()


@rules.predicate
def can_edit_question(user, question) -> bool:
    return bool(may_author(user)) and user.organisation_id == question.organisation_id


@rules.predicate
def can_follow(user, course: Course) -> bool:
    """Those who are enrolled, and those who write the course."""
    enrolled = Enrolment.objects.active().filter(session__course=course, user=user).exists()
    return enrolled or can_edit_course(user, course)
