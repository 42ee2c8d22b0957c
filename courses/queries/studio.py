"""What the studio's pages read."""

from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from courses.models import Course, Enrolment, Module, Option, Question, Quiz, QuizQuestion, Section, Session
from people.models import Unit, User


def courses_to_write(user: Any, text: str = "") -> QuerySet[Course]:
    courses = Course.objects.editable_by(user).annotate(
        modules_count=Count("modules", distinct=True),
        drafts_count=Count("modules", filter=Q(modules__published_at=None), distinct=True),
    )
    if text:
        courses = courses.filter(title__icontains=text)
    return courses.order_by("archived_at", "title", "pk")


def outline_to_write(course: Course) -> list[Section]:
    modules = Module.objects.order_by("position").defer("body", "html", "search")
    return list(course.sections.order_by("position").prefetch_related(Prefetch("modules", queryset=modules)))


def questions_of_bank(user: Any, *, text: str = "", category: str = "") -> QuerySet[Question]:
    """The questions of one's organisation that are in use, with the number of quizzes that hold each."""
    questions = Question.objects.filter(organisation=user.organisation_id, archived_at=None)
    if text:
        words = Q(text__icontains=text) | Q(category__icontains=text)
        questions = questions.filter(words | Exists(_option_with(text)))
    if category:
        questions = questions.filter(category=category)
    return questions.annotate(quizzes_count=Count("quizzes")).order_by("category", "text", "pk")


def categories_of_bank(user: Any) -> list[str]:
    questions = Question.objects.filter(organisation=user.organisation_id, archived_at=None)
    return list(
        questions.exclude(category="").order_by("category").values_list("category", flat=True).distinct()
    )


def questions_of_quiz(quiz: Quiz) -> list[Question]:
    rows = QuizQuestion.objects.filter(quiz=quiz).select_related("question").order_by("position")
    return [row.question for row in rows]


def sessions_to_run(course: Course) -> QuerySet[Session]:
    people = Count("enrolments", filter=Q(enrolments__left_at=None))
    return course.sessions.annotate(people=people).order_by("-is_open", "-opens_at", "pk")


def people_of_session(session: Session) -> QuerySet[Enrolment]:
    return (
        Enrolment.objects.active()
        .filter(session=session)
        .select_related("user__profile", "user__standing")
        .annotate(done=Count("progress", filter=Q(progress__completed_at__isnull=False)))
        .order_by("user__name", "pk")
    )


def people_to_enrol(session: Session, text: str) -> QuerySet[User]:
    """Active people of the course's organisation who are not in the session and whose name or e-mail matches."""
    inside = Enrolment.objects.active().filter(session=session, user=OuterRef("pk"))
    people = User.objects.active().filter(~Exists(inside), organisation=session.course.organisation_id)
    found = people.filter(Q(name__icontains=text) | Q(email__icontains=text))
    return found.select_related("profile").order_by("name")[:30]


def people_in_unit(unit: Unit, today) -> QuerySet[User]:
    """Who works there today, sub-units included."""
    parents = dict(Unit.objects.filter(organisation=unit.organisation_id).values_list("pk", "parent"))
    inside = {pk for pk in parents if _is_below(pk, unit.pk, parents)}
    now = Q(unit_memberships__ends_on=None) | Q(unit_memberships__ends_on__gt=today)
    people = User.objects.active().filter(
        now, unit_memberships__unit__in=inside, unit_memberships__starts_on__lte=today
    )
    return people.distinct()


def _is_below(pk: int | None, top: int, parents: dict[int, int | None]) -> bool:
    while pk is not None and pk != top:
        pk = parents.get(pk)
    return pk == top


def _option_with(text: str):
    return Option.objects.filter(question=OuterRef("pk"), text__icontains=text)
