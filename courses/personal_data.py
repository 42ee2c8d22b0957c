"""What courses keeps of a person: their results go with them; what they wrote for others stays, without their name."""

from typing import Any

from courses.models import (
    Answer,
    Attempt,
    Course,
    Enrolment,
    LessonFile,
    ModuleDraft,
    ModuleRevision,
    Progress,
    Question,
)
from people.privacy import Rows, register


def enrolments_of(user: Any) -> Rows:
    """Each enrolment with what was done in it: modules, tries and answers."""
    enrolments = Enrolment.objects.filter(user=user).order_by("pk")
    return [
        {
            "course": enrolment.session.course.title,
            "session": enrolment.session.name,
            "enrolled_at": enrolment.enrolled_at,
            "left_at": enrolment.left_at,
            "completed_at": enrolment.completed_at,
            "last_seen_at": enrolment.last_seen_at,
            "modules": _modules_of(enrolment),
            "quizzes": _tries_of(enrolment),
        }
        for enrolment in enrolments.select_related("session__course")
    ]


def _modules_of(enrolment: Enrolment) -> Rows:
    columns = ["module__title", "opened_at", "completed_at", "coverage", "passed_at"]
    columns += ["contributions", "peers_replied_to"]
    rows = Progress.objects.filter(enrolment=enrolment).order_by("pk").values(*columns)
    return [dict(row) for row in rows]


def _tries_of(enrolment: Enrolment) -> Rows:
    answers = Answer.objects.filter(attempt__enrolment=enrolment).order_by("pk")
    given: dict[int, Rows] = {}
    for row in answers.values("attempt", "question__text", "options", "score", "at"):
        given.setdefault(row["attempt"], []).append(dict(row))
    columns = ["pk", "quiz__module__title", "number", "started_at", "finished_at", "score", "max_score"]
    tries = Attempt.objects.filter(enrolment=enrolment).order_by("pk").values(*columns)
    return [
        {**row, "score": row["score"] and float(row["score"]), "answers": given.get(row["pk"], [])}
        for row in tries
    ]


def detach_courses(user: Any) -> int:
    created = Course.objects.filter(created_by=user).update(created_by=None)
    return created + Course.objects.filter(published_by=user).update(published_by=None)


register(Enrolment, "user", export=enrolments_of)
WRITTEN = ("title", "summary", "description", "created_at", "published_at")
register(Course, "created_by", *WRITTEN, erase=detach_courses)
register(ModuleDraft, "user", "module__title", "fields", "saved_at")
register(ModuleRevision, "by", "module__title", "number", "at", "state", kept=True)
register(LessonFile, "user", "module__title", "name", "size", "created_at", kept=True)
register(Question, "created_by", "text", "feedback", "created_at", kept=True)
