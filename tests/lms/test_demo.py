import io
import itertools
from collections import Counter
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from analytics.models import DirtyDay, LearnerDay
from community.models import Flag, Post, ReadState, Space, Thread, Vote
from courses.models import Answer, Attempt, Caption, Course, Enrolment, Module, Progress, Question, Video
from events.models import Event, ParkedEvent
from gamification.models import Grant
from lms.demo import content
from notifications.models import Notification
from people.models import Organisation, Profile, Unit, UnitMembership, User
from people.signals import person_joined
from tests import making

CANARY = "zirconeige"


def seed() -> str:
    said = io.StringIO()
    call_command("seed_demo", stdout=said)
    return said.getvalue()


@pytest.fixture(scope="module")
def academy(django_db_setup, django_db_blocker, tmp_path_factory):
    """Seeded once for this file, and taken back."""
    from django.test import override_settings

    media = tmp_path_factory.mktemp("media")
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=media), transaction.atomic():
        seed()
        yield timezone.now()
        transaction.set_rollback(True)


def user(key: str) -> User:
    return User.objects.get(email=f"{key}@demo.palabre.test")


def counts() -> dict[str, int]:
    models = [User, Space, Thread, Post, Event, Course, Enrolment, Progress, Attempt, Vote, Flag, ReadState]
    return {model.__name__: model.objects.count() for model in models}


def test_a_second_seed_says_so_and_changes_nothing(academy):
    before = counts()
    said = seed()
    assert "already there" in said
    assert counts() == before


@pytest.mark.django_db
def test_an_academy_with_other_people_is_left_alone():
    making.make_user("Paul Martin", organisation=making.make_organisation())
    with pytest.raises(CommandError, match="empty ones only"):
        seed()
    assert User.objects.count() == 1
    assert not Space.objects.exists()


def test_the_five_accounts_open_with_the_password_of_the_readme(academy):
    roles = {
        key: (user(key).organisation.name, set(user(key).roles))
        for key in ("awa", "julie", "marc", "ines", "admin")
    }
    assert roles == {
        "awa": ("Lumen", set()),
        "julie": ("Lumen", {"trainer"}),
        "marc": ("Lumen", {"hr"}),
        "ines": ("Atelier Nord", set()),
        "admin": ("Lumen", {"administrator"}),
    }
    assert all(user(key).check_password("palabre-demo") for key in roles)
    assert set(User.objects.filter(is_superuser=True)) == {user("admin")}
    assert user("julie") in {
        seat.user for seat in Space.objects.get(slug="defis-de-la-semaine").memberships.all()
    }


def test_two_organisations_have_people_with_portraits_units_and_leavers(academy):
    people = Counter(User.objects.values_list("organisation__slug", flat=True))
    assert people == {"lumen": 93, "atelier-nord": 25}
    assert not Profile.objects.filter(picture="").exists()
    assert User.objects.filter(is_active=False, left_at__isnull=False).count() == 5
    moved = list(UnitMembership.objects.values_list("user", flat=True))
    assert [n for n in Counter(moved).values() if n == 2] == [2, 2]
    small = Unit.objects.get(organisation__slug="lumen", name="Juridique")
    assert (
        small.memberships.filter(ends_on=None).count()
        == 3
        < Organisation.objects.get(slug="lumen").small_group
    )


def test_a_newcomer_of_lumen_is_in_the_space_of_first_weeks_and_in_no_other(academy):
    welcoming = Space.objects.filter(welcomes=True)
    assert [space.slug for space in welcoming] == ["mes-premieres-semaines"]
    with transaction.atomic():
        newcomer = making.make_user("Noé Caron", organisation=Organisation.objects.get(slug="lumen"))
        person_joined.send(User, user=newcomer)
        assert list(Space.objects.filter(memberships__user=newcomer)) == list(welcoming)
        transaction.set_rollback(True)


def test_the_courses_are_complete_and_published(academy):
    courses = {
        (
            course.organisation.slug,
            course.title.replace("\u202f", " ").replace("\xa0", " "),
            course.modules.published().count(),
        )
        for course in Course.objects.published().select_related("organisation")
    }
    assert courses == {
        ("lumen", "Relation client, niveau 1", 8),
        ("lumen", "Sécurité des données (RGPD)", 6),
        ("lumen", "Premiers pas de manager", 7),
        ("lumen", "Giving feedback that lands", 6),
        ("atelier-nord", "Giving feedback that lands", 6),
    }
    films = Video.objects.filter(module__course__language="fr")
    assert sorted(films.values_list("duration", flat=True)) == [44, 46, 48, 50, 52, 70]
    assert Caption.objects.filter(video__in=films).count() == 12
    assert Question.objects.filter(organisation__slug="lumen").count() == 58
    assert not Module.objects.filter(kind="text", html="").exists()
    right = [question.options.filter(correct=True).count() for question in Question.objects.all()]
    assert min(right) == 1
    assert max(right) == 3


def test_awa_stands_where_her_home_page_shows_her(academy):
    awa = user("awa")
    done = {
        enrolment.session.course.slug: enrolment.progress.filter(completed_at__isnull=False).count()
        for enrolment in Enrolment.objects.filter(user=awa).select_related("session__course")
    }
    assert done == {"relation-client-niveau-1": 3, "securite-des-donnees-rgpd": 5}
    running = Progress.objects.get(enrolment__user=awa, module__title__startswith="Désamorcer")
    assert (running.resume_at, running.completed_at, running.contributions) == (40.0, None, 1)
    case = Thread.objects.get(title__startswith="Client mécontent")
    assert case.last_number - ReadState.objects.get(user=awa, thread=case).last_number == 2
    assert Counter(case.votes.values_list("choice__position", flat=True)) == {1: 7, 2: 4, 3: 3}
    waiting = Thread.objects.get(title__startswith="Deux personnes")
    assert not waiting.votes.filter(user=awa).exists()


def test_the_hidden_word_is_in_the_hidden_space_only(academy):
    holding = Post.objects.filter(body__icontains=CANARY).select_related("thread__space")
    assert {post.thread.space.slug for post in holding} == {"comite-de-transformation"}
    space = Space.objects.get(slug="comite-de-transformation")
    assert space.visibility == Space.Visibility.HIDDEN
    for key in ("awa", "ines"):
        assert not space.memberships.filter(user=user(key)).exists()
        assert space not in Space.objects.visible_to(user(key))
    elsewhere = [
        Thread.objects.values_list("title"),
        Module.objects.values_list("body"),
        Space.objects.values_list("purpose"),
    ]
    assert not any(CANARY in text.lower() for rows in elsewhere for (text,) in rows)


def test_nobody_acts_before_they_came_after_they_left_or_tomorrow(academy):
    people = {person.pk: person for person in User.objects.all()}
    wrong = [
        (event.verb, event.at)
        for event in Event.objects.exclude(actor_id=None)
        if event.at > academy
        or event.at < people[event.actor_id].joined_at
        or (people[event.actor_id].left_at and event.at > people[event.actor_id].left_at)
    ]
    assert wrong == []
    for thread in Thread.objects.prefetch_related("posts"):
        said = sorted(thread.posts.all(), key=lambda post: post.number)
        assert [post.number for post in said] == list(range(1, thread.last_number + 1))
        assert all(a.created_at <= b.created_at for a, b in itertools.pairwise(said)), thread.title


def test_ninety_days_grow_and_are_unequal(academy):
    weeks: dict[int, set[int]] = {}
    for actor, at in Event.objects.filter(verb="community.thread_opened").values_list("actor_id", "at"):
        weeks.setdefault((academy - at).days // 7, set()).add(actor)
    assert len(weeks[0]) > len(weeks[8]) > 20
    written = sorted(Counter(Post.objects.values_list("author", flat=True)).values(), reverse=True)
    assert sum(written[: len(written) // 5]) / sum(written) > 0.4
    assert len(written) < User.objects.count()
    assert Answer.objects.filter(score=0).count() > 100


def test_answers_that_helped_are_recognised_and_nobody_is_told_of_the_past(academy):
    answers = Post.objects.filter(resolutions__isnull=False)
    helped = [post for post in answers if post.author_id != post.thread.author_id]
    assert {grant.evidence for grant in Grant.objects.all()} == {f"post:{post.pk}" for post in helped}
    assert len(helped) > 15
    told = Notification.objects.unread()
    kinds = Counter(told.filter(user=user("awa")).values_list("kind", flat=True))
    assert kinds["reply"] == 3
    # Which useful marks are of this week depends a little on the hour.
    assert kinds.keys() <= {"reply", "useful"}
    assert not told.filter(updated_at__lt=academy - timedelta(days=8)).exists()
    assert not ParkedEvent.objects.exists()


def test_hr_reads_figures_of_ninety_days_at_once(academy):
    lumen = Organisation.objects.get(slug="lumen")
    days = LearnerDay.objects.filter(organisation=lumen, contributions__gt=0).values_list("day", flat=True)
    assert len(set(days)) > 50
    assert not DirtyDay.objects.exists()


def test_julie_finds_flags_and_questions_waiting(academy):
    julie = user("julie")
    flags = Flag.objects.to_decide_by(julie)
    assert Counter(flags.values_list("reason", flat=True)) == {"tone": 2, "private": 1, "other": 1}
    waits = [
        academy - at
        for at in Thread.objects.unanswered()
        .filter(space__organisation=julie.organisation)
        .values_list("created_at", flat=True)
    ]
    assert len(waits) == 5
    assert timedelta(hours=25) < max(waits) < timedelta(hours=27)


def test_every_useful_mark_of_the_files_was_given(academy):
    wanted = sum(
        reply.useful for _space, talks in content.spaces() for talk in talks for reply in talk.replies
    )
    given = sum(
        Post.objects.filter(number__gt=1, thread__space__about_url="").values_list("useful_count", flat=True)
    )
    assert 0.9 * wanted < given <= wanted
