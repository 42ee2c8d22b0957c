"""A small academy for the faults: twenty-one learners, a space, a course with a film and a quiz, a few hundred posts."""

from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from community.models import Membership, Post, Space, Thread
from courses.models import (
    CompletionRule,
    Course,
    Enrolment,
    Module,
    ModuleThread,
    Option,
    Question,
    Quiz,
    QuizQuestion,
    Section,
    Session,
    Video,
)
from people.models import Organisation, Profile, Standing, User

PASSWORD = "a-password-for-the-faults"
PEOPLE = 20
TALKS = 4
QUESTIONS = 30
SEEDED_POSTS = 60
HOUR = 3600.0


@dataclass(frozen=True)
class Academy:
    """Where the clients work; all ids."""

    people: tuple[int, ...]
    talks: tuple[int, ...]
    # One question of each person, with two answers of others to accept in turn.
    asked: tuple[int, ...]
    answers: tuple[tuple[int, int], ...]
    drafts: int
    probe: int
    posts: tuple[int, ...]
    video: int
    quiz: int
    # (question, option) pairs: everybody always gives the same answer.
    questions: tuple[tuple[int, int], ...]
    course: str = "faults"


def found_academy() -> Academy:
    organisation = Organisation.objects.create(name="Faults", slug="faults", time_zone="Europe/Paris")
    people = [_person(organisation, number) for number in range(PEOPLE + 1)]
    space = Space.objects.create(organisation=organisation, name="Faults", slug="faults")
    classroom = Space.objects.create(organisation=organisation, name="Class", slug="class")
    for place in (space, classroom):
        Membership.objects.bulk_create(
            Membership(space=place, user=one, charter_accepted_at=timezone.now()) for one in people
        )
    learners = people[:PEOPLE]
    talks = [_thread(classroom, people[n], Thread.Kind.DISCUSSION, []) for n in range(TALKS)]
    asked, answers = [], []
    for place, person in enumerate(learners):
        others = [people[(place + 1) % PEOPLE], people[(place + 2) % PEOPLE]]
        thread = _thread(space, person, Thread.Kind.QUESTION, others)
        asked.append(thread.pk)
        first, second = thread.posts.order_by("number").values_list("pk", flat=True)[1:3]
        answers.append((first, second))
    liked = _thread(space, people[-1], Thread.Kind.DISCUSSION, [people[-1]] * SEEDED_POSTS)
    course = _course(organisation, people, classroom)
    quiz, questions = _quiz(organisation, course)
    # A reader of the log counts the contributions of this module.
    talked = _module(course, Module.Kind.TEXT, 3, CompletionRule.Kind.CONTRIBUTED)
    ModuleThread.objects.create(module=talked, space=classroom, thread=talks[0])
    return Academy(
        people=tuple(one.pk for one in people),
        talks=tuple(one.pk for one in talks),
        asked=tuple(asked),
        answers=tuple(answers),
        drafts=liked.pk,
        probe=_thread(space, people[-1], Thread.Kind.DISCUSSION, []).pk,
        posts=tuple(liked.posts.filter(number__gt=1).values_list("pk", flat=True)),
        video=_film(course).pk,
        quiz=quiz,
        questions=questions,
    )


def _person(organisation: Organisation, number: int) -> User:
    person = User.objects.create(
        organisation=organisation,
        email=f"person{number}@bench.test",
        handle=f"person-{number}",
        name=f"Person {number}",
        password=make_password(PASSWORD),
    )
    Profile.objects.get_or_create(user=person)
    Standing.objects.get_or_create(user=person)
    return person


def _thread(space: Space, author: User, kind: str, others: list[User]) -> Thread:
    """An opening post and one of each of the others, as the counters of the thread say."""
    count = 1 + len(others)
    thread = Thread.objects.create(
        space=space, author=author, kind=kind, title="Faults", last_number=count, number_of_posts=count
    )
    Post.objects.bulk_create(
        Post(thread=thread, author=one, number=number, body=f"Post {number}", html=f"<p>Post {number}</p>")
        for number, one in enumerate([author, *others], 1)
    )
    return thread


def _course(organisation: Organisation, people: list[User], space: Space) -> Course:
    course = Course.objects.create(
        organisation=organisation, slug=Academy.course, title="Faults", published_at=timezone.now(),
        created_by=people[-1],
    )  # fmt: skip
    session = Session.objects.create(course=course, name="Session", is_open=True, space=space)
    Section.objects.create(course=course, title="Part", position=1)
    for one in people:
        Enrolment.objects.create(session=session, user=one)
    return course


def _module(course: Course, kind: str, position: int, rule: str) -> Module:
    module = Module.objects.create(
        course=course, section=course.sections.get(), kind=kind, title=kind, position=position,
        published_at=timezone.now(),
    )  # fmt: skip
    CompletionRule.objects.create(module=module, kind=rule)
    return module


def _film(course: Course) -> Module:
    module = _module(course, Module.Kind.VIDEO, 1, CompletionRule.Kind.OPENED)
    Video.objects.create(module=module, file="none.mp4", media_type="video/mp4", size=1, duration=HOUR)
    return module


def _quiz(organisation: Organisation, course: Course) -> tuple[int, tuple[tuple[int, int], ...]]:
    module = _module(course, Module.Kind.QUIZ, 2, CompletionRule.Kind.PASSED)
    quiz = Quiz.objects.create(module=module)
    chosen = []
    for position in range(1, QUESTIONS + 1):
        question = Question.objects.create(
            organisation=organisation, text=f"Question {position}", html=f"<p>Question {position}</p>"
        )
        QuizQuestion.objects.create(quiz=quiz, question=question, position=position)
        options = [
            Option.objects.create(
                question=question, position=n, text=f"{n}", html=f"<p>{n}</p>", correct=n == 1
            )
            for n in (1, 2, 3)
        ]
        chosen.append((question.pk, options[position % 3].pk))
    return module.pk, tuple(chosen)
