"""Where a course touches talk: a session's space, a module's thread, the pass of a question's thread."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from community.actions import create_space, give_pass, leave_space, start_thread
from community.models import Membership, Space, Thread
from core import markdown
from core.errors import Refused
from courses.models import Module, ModuleThread, Question, QuestionThread, QuizQuestion, Session

TITLE_LENGTH = 200
EXCERPT_LENGTH = 120


def space_for_course(course, *, by, name: str, visibility: str) -> Space:
    """A space whose members are the people enrolled; whoever opens it facilitates it."""
    return create_space(
        course.organisation,
        by=by,
        name=name[:120],
        purpose=course.summary,
        visibility=visibility,
        language=course.language,
        about_title=course.title,
        about_url=course.get_absolute_url(),
    )


def leave(space: Space, user) -> None:
    """Someone who facilitates stays: they look after the talk whether or not they follow the course."""
    if not space.memberships.filter(user=user, role=Membership.Role.FACILITATOR).exists():
        leave_space(space, user=user)


def thread_of_module(module: Module, space: Space, *, by) -> Thread:
    """The conversation of a published module in a space, opened by the module's prompt; born once."""
    known = ModuleThread.objects.filter(module=module, space=space).select_related("thread").first()
    if known is None:
        # The lock on the module makes two publications at the same time one after the other.
        Module.objects.select_for_update().get(pk=module.pk)
        known = ModuleThread.objects.filter(module=module, space=space).select_related("thread").first()
    if known is None:
        # A quiz is talked about by those who have tried it: before, the talk would give its answers away.
        gate = Thread.Gate.PASS if module.kind == Module.Kind.QUIZ else Thread.Gate.OPEN
        about = _about(module)
        thread = start_thread(
            space, author=by, title=module.title, body=_prompt_of(module), gate=gate, **about
        )
        known = ModuleThread.objects.create(module=module, space=space, thread=thread)
    return known.thread


def threads_of_module(module: Module, *, by) -> None:
    """A thread in the space of each session of the course."""
    for session in Session.objects.filter(course=module.course_id).select_related("space"):
        thread_of_module(module, session.space, by=by)


def threads_about(module: Module) -> QuerySet[Thread]:
    """The module's conversations, and those of its questions that no other published quiz of the space asks."""
    spaces = Session.objects.filter(course=module.course_id).values("space")
    asked = QuizQuestion.objects.filter(quiz__module=module).values("question")
    elsewhere = QuizQuestion.objects.filter(
        question=OuterRef("question"),
        quiz__module__published_at__isnull=False,
        quiz__module__course__sessions__space=OuterRef("space"),
    ).exclude(quiz__module=module)
    of_questions = QuestionThread.objects.filter(~Exists(elsewhere), question__in=asked, space__in=spaces)
    own = ModuleThread.objects.filter(module=module)
    return Thread.objects.filter(Q(pk__in=own.values("thread")) | Q(pk__in=of_questions.values("thread")))


def rename_threads(module: Module) -> None:
    """What a thread is attached to is written on it: the name follows the module's."""
    threads = Thread.objects.filter(pk__in=ModuleThread.objects.filter(module=module).values("thread"))
    threads.update(title=module.title, **_about(module))


def thread_of_question(question: Question, space: Space, *, module: Module) -> Thread:
    """A question's own conversation: born when the first person has answered, behind a gate that answering opens."""
    known = QuestionThread.objects.filter(question=question, space=space).select_related("thread").first()
    if known is None:
        Question.objects.select_for_update().get(pk=question.pk)
        known = QuestionThread.objects.filter(question=question, space=space).select_related("thread").first()
    if known is None:
        with override(question.language):
            body = _("Why did you choose what you chose? Tell the others what convinced you.")
        thread = start_thread(
            space,
            author=_voice_of(question, module, space),
            title=markdown.excerpt(question.html, EXCERPT_LENGTH) or _("Question"),
            body=body,
            language=question.language,
            gate=Thread.Gate.PASS,
            about_title=module.title[:TITLE_LENGTH],
            about_url=f"{module.get_absolute_url()}?question={question.pk}",
        )
        known = QuestionThread.objects.create(question=question, space=space, thread=thread)
    return known.thread


def open_talk_of_quiz(module: Module, space: Space, user) -> None:
    """Who has tried the quiz reads what is said about it."""
    for own in ModuleThread.objects.filter(module=module, space=space).select_related("thread"):
        give_pass(own.thread, user)


def _voice_of(question: Question, module: Module, space: Space):
    """Who opens a question's conversation: its author, else the course's, else a facilitator of the space."""
    seats = space.memberships.filter(role=Membership.Role.FACILITATOR).select_related("user").order_by("pk")
    candidates = [question.created_by, module.course.created_by, *(seat.user for seat in seats)]
    found = next((person for person in candidates if person is not None), None)
    if found is None:
        raise Refused(_("This course has nobody to open its conversations: name a facilitator."))
    return found


def _about(module: Module) -> dict[str, Any]:
    address = reverse("courses:module", args=[module.course.slug, module.pk])
    return {"about_title": module.title[:TITLE_LENGTH], "about_url": address, "language": module.language}


def _prompt_of(module: Module) -> str:
    if module.prompt.strip():
        return module.prompt
    with override(module.language):
        return _("What do you take away from this module, and what will you try?")
