"""Courses for programs: the same reads, rules and actions as the pages."""

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api import cleaned
from core.errors import Refused
from courses.actions import answer_question, enrol, open_module, report_watching, start_attempt, unenrol
from courses.api.serializers import (
    AnswerSerializer,
    CourseDetailSerializer,
    CourseSerializer,
    GivenAnswerSerializer,
    ModuleSerializer,
    ProgressSerializer,
    QuizSerializer,
    WatchReportSerializer,
)
from courses.forms.catalogue import FilterForm
from courses.models import Course, Module
from courses.openings import opening_sentence
from courses.queries.catalogue import catalogue, course_cards
from courses.queries.module import ModulePage, module_page
from courses.queries.outline import course_page, enrolment_of
from courses.queries.quiz import options_of, quiz_page
from courses.shuffling import options_named
from people.requests import PersonApiRequest


class Courses(ListAPIView):
    """The catalogue; `q`, `language`, `state`, `mandatory` and `mine` filter it as on the page."""

    request: PersonApiRequest
    access = "signed_in"
    serializer_class = CourseSerializer

    def get_queryset(self):
        if getattr(self, "swagger_fake_view", False):
            return Course.objects.none()
        return catalogue(self.request.user, FilterForm(self.request.query_params).filters)

    def paginate_queryset(self, queryset):
        return course_cards(super().paginate_queryset(queryset) or [])


class CourseDetail(APIView):
    access = "signed_in"

    @extend_schema(responses=CourseDetailSerializer, operation_id="courses_retrieve")
    def get(self, request: PersonApiRequest, slug: str) -> Response:
        course = get_object_or_404(Course.objects.visible_to(request.user), slug=slug)
        return Response(CourseDetailSerializer(course_page(request.user, course)).data)


class EnrolmentDetail(APIView):
    access = "signed_in"

    @extend_schema(request=None, responses=CourseDetailSerializer)
    def post(self, request: PersonApiRequest, slug: str) -> Response:
        course = get_object_or_404(Course.objects.visible_to(request.user), slug=slug)
        session = get_object_or_404(course.sessions.select_related("space", "course"), is_open=True)
        enrol(request.user, session)
        return Response(CourseDetailSerializer(course_page(request.user, course)).data)

    @extend_schema(responses={204: None})
    def delete(self, request: PersonApiRequest, slug: str) -> Response:
        course = get_object_or_404(Course.objects.visible_to(request.user), slug=slug)
        enrolment = enrolment_of(request.user, course)
        if enrolment is not None:
            unenrol(enrolment)
        return Response(status=204)


class FollowedModule(APIView):
    """A module for those who follow its course or write it; 404 for anybody else."""

    access = "signed_in"

    def page(self, request: PersonApiRequest, slug: str, pk: int, *, kind: str | None = None) -> ModulePage:
        page = module_page(request.user, slug, pk)
        if page.opens_at is not None and not page.can_edit:
            raise Refused(opening_sentence(page.opens_at), "not_open_yet")
        if (page.enrolment is None and not page.can_edit) or (kind and page.module.kind != kind):
            raise Http404
        return page

    def learner_page(self, request: PersonApiRequest, slug: str, pk: int, *, kind: str) -> Any:
        page = self.page(request, slug, pk, kind=kind)
        if page.enrolment is None:
            raise Http404
        return page


class ModuleDetail(FollowedModule):
    @extend_schema(responses=ModuleSerializer)
    def get(self, request: PersonApiRequest, slug: str, pk: int) -> Response:
        return Response(ModuleSerializer(self.page(request, slug, pk)).data)


class ProgressDetail(FollowedModule):
    @extend_schema(responses=ProgressSerializer)
    def get(self, request: PersonApiRequest, slug: str, pk: int) -> Response:
        return Response(ProgressSerializer(self.page(request, slug, pk)).data)

    @extend_schema(request=WatchReportSerializer, responses=ProgressSerializer)
    def post(self, request: PersonApiRequest, slug: str, pk: int) -> Response:
        """Reports what was watched; what the clock does not allow is left out."""
        page = self.learner_page(request, slug, pk, kind=Module.Kind.VIDEO)
        if page.film is None:
            raise Http404
        report = cleaned(WatchReportSerializer, request)
        ranges = [(start, end) for start, end in report["ranges"]]
        progress = open_module(page.enrolment, page.module, progress=page.progress)
        page.progress = report_watching(progress, ranges_seen=ranges, position=report["position"])
        return Response(ProgressSerializer(page).data)


class QuizDetail(FollowedModule):
    @extend_schema(responses=QuizSerializer)
    def get(self, request: PersonApiRequest, slug: str, pk: int) -> Response:
        page = self.page(request, slug, pk, kind=Module.Kind.QUIZ)
        return Response(_shown(page))


class Attempts(FollowedModule):
    @extend_schema(request=None, responses={201: QuizSerializer})
    def post(self, request: PersonApiRequest, slug: str, pk: int) -> Response:
        """Starts a try, or takes up the one under way."""
        page = self.learner_page(request, slug, pk, kind=Module.Kind.QUIZ)
        start_attempt(page.enrolment, page.module.quiz)
        return Response(_shown(page), status=201)


class Answers(FollowedModule):
    @extend_schema(request=AnswerSerializer, responses={201: GivenAnswerSerializer})
    def post(self, request: PersonApiRequest, slug: str, pk: int) -> Response:
        """Saves an answer, for good; the first one stays."""
        page = self.learner_page(request, slug, pk, kind=Module.Kind.QUIZ)
        given = cleaned(AnswerSerializer, request)
        rows = page.module.quiz.quiz_questions.select_related("question")
        question = get_object_or_404(rows, question=given["question"]).question
        attempt = page.module.quiz.attempts.filter(enrolment=page.enrolment).order_by("-number").first()
        if attempt is None:
            raise Http404
        options = options_named(attempt, question, given["options"])
        answer_question(attempt, question=question, options=options)
        quiz = quiz_page(page.module, page.enrolment, asked=question.pk)
        return Response(GivenAnswerSerializer(quiz).data, status=201)


def _shown(page: ModulePage) -> Any:
    quiz = quiz_page(page.module, page.enrolment)
    options = options_of(quiz.questions, quiz.attempt) if quiz.attempt else {}
    return QuizSerializer(quiz, context={"options": options}).data
