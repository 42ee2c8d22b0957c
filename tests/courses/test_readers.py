import pytest

from community.actions import delete_post, start_thread, write_post
from courses.actions import publish_module
from courses.models import ModuleThread, Progress
from courses.readers import count_contributions
from events.models import Event
from tests import making


@pytest.fixture
def talk(course, film_module, julie, awa, karim):
    """The conversation of a module that asks for one contribution and a reply to one peer."""
    film_module.rules.all().delete()
    film_module.rules.create(kind="contributed", threshold=2)
    film_module.rules.create(kind="replied", threshold=1)
    film_module.published_at = None
    film_module.save(update_fields=["published_at"])
    for user in (awa, karim):
        making.enrol(user, course)
    publish_module(film_module, by=julie)
    return ModuleThread.objects.get(module=film_module).thread


def read_twice():
    for event in Event.objects.filter(verb__startswith="community.post_"):
        count_contributions([event])
        count_contributions([event])


def standing(user) -> tuple[int, int, bool]:
    """Contributions, peers, and whether the module is still open."""
    row = Progress.objects.get(enrolment__user=user)
    return row.contributions, row.peers_replied_to, row.completed_at is None


def test_contributions_and_peers_are_counted_and_finish_the_module(talk, awa, karim):
    other = write_post(talk, author=karim, body="Je commence toujours par me taire.")
    write_post(talk, author=awa, body="Et au téléphone ?", parent=other)
    read_twice()
    assert standing(awa) == (1, 1, True)
    write_post(talk, author=awa, body="J'ai essayé hier : ça marche aussi par écrit.")
    read_twice()
    assert standing(awa) == (2, 1, False)
    assert Event.objects.filter(verb="courses.module_completed").count() == 1


def test_replying_to_oneself_or_to_the_prompt_is_no_peer(talk, awa):
    own = write_post(talk, author=awa, body="Une première idée.")
    write_post(talk, author=awa, body="Je me réponds.", parent=own)
    write_post(talk, author=awa, body="À la question posée.", parent=talk.posts.get(number=1))
    read_twice()
    assert standing(awa) == (3, 0, True)


def test_a_deleted_post_no_longer_counts(talk, awa):
    post = write_post(talk, author=awa, body="Trop vite.")
    read_twice()
    delete_post(post, by=awa)
    read_twice()
    assert standing(awa) == (0, 0, True)


def test_talk_elsewhere_does_not_count(talk, awa, course):
    thread = start_thread(course.sessions.get().space, author=awa, title="Autre chose", body="Bonjour")
    write_post(thread, author=awa, body="Encore moi.")
    read_twice()
    assert not Progress.objects.filter(enrolment__user=awa).exists()
