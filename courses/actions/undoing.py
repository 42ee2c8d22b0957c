"""Taking back what was made or brought in, as long as nobody has worked with it."""

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from community.models import Post, Space
from core.errors import Refused
from courses.models import Answer, Course, Enrolment, Question, QuizQuestion, Session
from events.recording import record


def nobody_began(course: Course) -> bool:
    """Whether nobody was ever enrolled in the course nor said a word in its spaces."""
    sessions = Session.objects.filter(course=course)
    if Enrolment.objects.filter(session__in=sessions).exists():
        return False
    return not Post.objects.filter(thread__space__in=sessions.values("space"), number__gt=1).exists()


@transaction.atomic
def delete_course(course: Course, *, by) -> None:
    """The course with its modules and its own spaces; refused once somebody has begun it or spoken there.

    Its stored files go with the night's orphans."""
    standing = Course.objects.select_for_update().filter(pk=course.pk).first()
    if standing is None:  # Deleted twice is deleted once.
        return
    course = standing
    if not nobody_began(course):
        raise Refused(_("People have worked with this course: take it out of the catalogue instead."))
    record("courses.course_changed", actor=by, subject=course, data={"fields": ["deleted"]})
    spaces = list(course.sessions.values_list("space", flat=True))
    course.delete()
    elsewhere = Exists(Session.objects.filter(space=OuterRef("pk")))
    Space.objects.filter(~elsewhere, pk__in=spaces).delete()


@transaction.atomic
def undo_question_import(batch: str, *, by) -> int:
    """Delete the questions that one import made, but those that a quiz holds or that were answered. Returns how many."""
    used = Exists(QuizQuestion.objects.filter(question=OuterRef("pk")))
    answered = Exists(Answer.objects.filter(question=OuterRef("pk")))
    brought = Question.objects.filter(organisation=by.organisation, batch=batch)
    gone = list(brought.filter(~used, ~answered).select_for_update().values_list("pk", flat=True))
    Question.objects.filter(pk__in=gone).delete()
    return len(gone)
