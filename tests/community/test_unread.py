"""What is new to somebody: posts that others wrote past where they are, and that still stand. One definition for the
home page, the course, the space, the side bar and the thread itself."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from community import actions
from community.queries.conversation import conversation_page
from community.queries.spaces import spaces_to_browse
from community.queries.threads import pages_of_space, thread_for, thread_row, thread_rows
from courses.models import ModuleThread
from courses.queries.outline import course_page
from lms.queries.home import talk_of_the_moment
from lms.queries.navigation import navigation_counts_of
from tests import making


@pytest.fixture(autouse=True)
def _fresh_cache():
    cache.clear()


@pytest.fixture
def course(lumen, awa, karim, julie):
    course = making.make_course(lumen)
    for person in (awa, karim):
        making.enrol(person, course)
    making.join(course.sessions.get().space, julie, role="facilitator")
    return course


@pytest.fixture
def talk(course, julie, awa):
    """The conversation of a module, which Awa has read to its opening post."""
    space = course.sessions.get().space
    module = making.make_module(course)
    thread = actions.start_thread(
        space, author=julie, title="Les signaux", body="Parlons-en.", about_url=f"/modules/{module.pk}/"
    )
    ModuleThread.objects.create(module=module, space=space, thread=thread)
    actions.mark_read(thread, user=awa, number=1)
    return thread


def counts(user, course, talk) -> dict[str, int]:
    """The number of new posts that each page tells this person of one thread."""
    thread = thread_for(user, talk.pk)
    [module] = course_page(user, course).steps
    [at_home] = talk_of_the_moment(user)
    return {
        "thread": conversation_page(thread, user).number_of_new,
        "space": thread_row(talk.space_id, user, talk.pk).new,
        "course": module.new,
        "home": at_home.new,
    }


def spaces_with_news(user) -> list[int]:
    """How many threads with news the side bar and the page of spaces tell of the one space of this person."""
    [mine], _others = spaces_to_browse(user)
    [there] = navigation_counts_of(user)["spaces"]
    return [there["new"], mine.new]


def unread_in(talk, user) -> list[str]:
    """The titles that the filter "unread" keeps, as a prepared query and with words."""
    kept = [row.title for row in thread_rows(pages_of_space(talk.space, user, show="unread")[0:20])]
    found = thread_rows(pages_of_space(talk.space, user, show="unread", words="signaux")[0:20])
    assert kept == [row.title for row in found]
    return kept


def test_what_was_removed_or_hidden_is_new_on_no_page(course, talk, awa, karim, julie):
    gone = actions.write_post(talk, author=karim, body="Oui.")
    hidden = actions.write_post(talk, author=karim, body="Non.")
    assert set(counts(awa, course, talk).values()) == {2}
    assert unread_in(talk, awa) == ["Les signaux"]
    actions.delete_post(gone, by=karim)
    assert set(counts(awa, course, talk).values()) == {1}
    actions.decide(hidden, by=julie, kind="hide")
    assert counts(awa, course, talk) == {"thread": 0, "space": 0, "course": 0, "home": 0}
    assert unread_in(talk, awa) == []


def test_what_one_wrote_oneself_is_new_on_no_page(course, talk, awa, karim):
    for author in (karim, awa, karim):
        actions.write_post(talk, author=author, body="Je pense que oui.")
    assert counts(awa, course, talk) == {"thread": 2, "space": 2, "course": 2, "home": 2}


def test_the_side_bar_and_the_spaces_count_no_thread_for_what_is_gone(lumen, awa, karim):
    space = making.make_space(lumen)
    making.join(space, awa, karim)
    thread = actions.start_thread(space, author=awa, title="Qui valide ?", body="Je cherche.")
    post = actions.write_post(thread, author=karim, body="Moi.")
    assert spaces_with_news(awa) == [1, 1]
    actions.delete_post(post, by=karim)
    assert spaces_with_news(awa) == [0, 0]


def test_what_was_said_before_one_joined_is_no_news_of_the_space(lumen, awa, karim):
    """The last post of a thread was written since, and removed: what is left is older than the membership."""
    space = making.make_space(lumen)
    making.join(space, karim)
    thread = making.make_thread(space, karim)
    thread.posts.update(created_at=timezone.now() - timedelta(days=9))
    making.join(space, awa)
    post = actions.write_post(thread, author=karim, body="Moi.")
    assert spaces_with_news(awa) == [1, 1]
    actions.delete_post(post, by=karim)
    assert spaces_with_news(awa) == [0, 0]


def test_the_questions_of_a_quiz_stand_under_it_in_the_list_of_their_space(
    course, awa, karim, julie, sign_in
):
    space = course.sessions.get().space
    for number, title in enumerate(["Ouverte ?", "Fermée ?"], 1):
        about = {"about_title": "Quiz d’écoute", "about_url": f"/modules/7/?question={number}"}
        question = actions.start_thread(space, author=julie, title=title, body="Pourquoi ?", **about)
        actions.write_post(question, author=karim, body="Parce que.")
    alone = {"about_title": "Autre quiz", "about_url": "/modules/8/?question=3"}
    actions.start_thread(space, author=julie, title="Seule ?", body="Pourquoi ?", **alone)
    actions.start_thread(space, author=karim, title="Une discussion", body="Bonjour.")
    page = " ".join(sign_in(awa).get(space.get_absolute_url()).content.decode().split())
    [folded] = re.findall(r"<details>(.*?)</details>", page, re.S)
    assert "Quiz d’écoute" in folded
    assert "2 questions discutées" in folded
    assert set(re.findall(r"<h2.*?>([^<]+)</a></h2>", folded)) == {"Ouverte ?", "Fermée ?"}
    assert set(re.findall(r"<h2.*?>([^<]+)</a></h2>", page.replace(folded, ""))) >= {
        "Seule ?",
        "Une discussion",
    }
    assert len(re.findall(r"<summary", folded)) == 1
