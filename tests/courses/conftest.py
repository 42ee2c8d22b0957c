import pytest
from django.core.files.base import ContentFile

from courses.actions import Choice, create_question
from courses.models import Quiz, Video
from tests import making
from tests.courses import films


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def course(lumen, julie):
    """Published, with one section and its open session, which Julie facilitates."""
    course = making.make_course(lumen)
    course.created_by = julie
    course.save(update_fields=["created_by"])
    space = course.sessions.get().space
    space.visibility = "closed"
    space.save(update_fields=["visibility"])
    making.join(space, julie, role="facilitator")
    return course


@pytest.fixture
def film_module(course):
    """A module whose film lasts 100 seconds; done at 80 %."""
    module = making.make_module(course, "Désamorcer une discussion tendue", kind="video")
    module.rules.create(kind="watched", threshold=80)
    video = Video(module=module, media_type="video/mp4", size=10, duration=100)
    video.file.save("film.mp4", ContentFile(films.mp4(100)), save=False)
    video.save()
    return module


@pytest.fixture
def quiz_module(course, julie):
    """Two questions, one of each kind; passed at 60 %."""
    module = making.make_module(course, "À vous de jouer", kind="quiz")
    module.rules.create(kind="passed")
    quiz = Quiz.objects.create(module=module)
    single = create_question(
        by=julie, text="Qui valide ?", options=[Choice("Le manager", True), Choice("Personne", False)]
    )
    multiple = create_question(
        by=julie,
        text="Quels signaux ?",
        kind="multiple",
        options=[Choice("Le ton", True), Choice("Le silence", True), Choice("La météo", False)],
    )
    for position, question in enumerate([single, multiple], start=1):
        quiz.quiz_questions.create(question=question, position=position)
    return module
