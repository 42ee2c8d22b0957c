"""A key belongs to who sent it and to what they did with it; new words under an old key are refused, never lost."""

import re
import uuid

import pytest
from django.urls import reverse

from community import actions
from community.models import Post, Space, Thread
from core.errors import Refused
from courses.actions import add_module, create_course, create_question
from courses.actions.questions import Choice
from courses.models import Course
from tests import making

pytestmark = pytest.mark.django_db


@pytest.fixture
def trainer(lumen):
    return making.make_user("Paul Serre", organisation=lumen, role="trainer")


OPTIONS = [Choice("Oui", True), Choice("Non", False)]


def writings(course, space):
    """Every creation that takes a key, as a function of who does it, their key and their words."""
    thread = making.make_thread(space, space.memberships.first().user)
    section = course.sections.first()
    return {
        "post": lambda by, key, words: actions.write_post(thread, author=by, body=words, key=key),
        "thread": lambda by, key, words: actions.start_thread(
            space, author=by, title=words, body="?", key=key
        ),
        "space": lambda by, key, words: actions.create_space(by.organisation, by=by, name=words, key=key),
        "course": lambda by, key, words: create_course(by=by, title=words, key=key),
        "module": lambda by, key, words: add_module(section, by=by, kind="text", title=words, key=key),
        "question": lambda by, key, words: create_question(by=by, text=words, options=OPTIONS, key=key),
    }


@pytest.mark.parametrize("kind", ["post", "thread", "space", "course", "module", "question"])
def test_a_key_is_its_persons_own_and_holds_its_words(kind, lumen, space, julie, trainer):
    making.join(space, trainer)
    write = writings(making.make_course(lumen), space)[kind]
    key = uuid.uuid4()
    first = write(julie, key, "Les devis")
    assert write(julie, key, "Les devis").pk == first.pk
    theirs = write(trainer, key, "Les devis")
    assert theirs.pk != first.pk
    with pytest.raises(Refused) as refused:
        write(julie, key, "Les factures")
    assert refused.value.code == "key"
    assert write(julie, uuid.uuid4(), "Les factures").pk not in (first.pk, theirs.pk)


def test_one_key_serves_two_acts(space, julie):
    key = uuid.uuid4()
    thread = actions.start_thread(space, author=julie, title="Une", body="fois", key=key)
    post = actions.write_post(thread, author=julie, body="fois", key=key)
    assert (Thread.objects.get(pk=thread.pk).last_number, post.number) == (2, 2)


def test_somebody_elsewhere_learns_nothing_of_a_hidden_space_by_its_key(lumen, julie):
    nord = making.make_organisation("Nord")
    stranger = making.make_user("Nora Lind", organisation=nord)
    making.grant_role(stranger, "trainer")
    key = uuid.uuid4()
    secret = actions.create_space(lumen, by=julie, name="Rachat de Nord", visibility="hidden", key=key)
    own = actions.create_space(nord, by=stranger, name="Rachat de Nord", visibility="hidden", key=key)
    assert (own.organisation, own.pk == secret.pk) == (nord, False)


def test_a_form_sent_with_other_words_keeps_them_and_can_be_sent_again(space, karim, awa, sign_in):
    thread = making.make_thread(space, awa)
    client, url, key = sign_in(karim), reverse("community:posts", args=[thread.pk]), str(uuid.uuid4())
    client.post(url, {"body": "Un", "key": key})
    refused = client.post(url, {"body": "Tout autre chose", "key": key})
    page = refused.content.decode()
    assert refused.status_code == 422
    assert "Tout autre chose" in page
    assert "avec d’autres mots" in page
    another = re.search(r'name="key"[^>]* value="([^"]+)"', page)[1]
    assert another != key
    client.post(url, {"body": "Tout autre chose", "key": another})
    assert list(Post.objects.filter(author=karim).order_by("pk").values_list("body", flat=True)) == [
        "Un", "Tout autre chose",
    ]  # fmt: skip


def test_a_program_is_told_too(space, karim, awa, sign_in):
    thread = making.make_thread(space, awa)
    url, client, key = f"/api/v1/threads/{thread.pk}/posts/", sign_in(karim), str(uuid.uuid4())
    for words, status in (("Un", 201), ("Un", 201), ("Deux", 422)):
        answer = client.post(
            url, {"body": words}, content_type="application/json", headers={"Idempotency-Key": key}
        )
        assert answer.status_code == status
    assert answer.json()["code"] == "key"


def test_forms_of_spaces_courses_and_modules_carry_their_key(lumen, julie, sign_in):
    client = sign_in(julie)
    form = {
        "name": "Devis",
        "visibility": "open",
        "colour": "forest",
        "language": "fr",
        "key": str(uuid.uuid4()),
    }
    for _time in range(2):
        client.post("/spaces/new/", form)
    assert Space.objects.filter(name="Devis").count() == 1
    made = {"title": "Vendre", "language": "fr", "key": str(uuid.uuid4())}
    for _time in range(2):
        client.post(reverse("courses:studio-new"), made)
    course = Course.objects.get(title="Vendre")
    page = client.get(reverse("courses:studio-course", args=[course.slug])).content.decode()
    key = re.search(r'name="key" value="([^"]+)"', page)[1]
    module = {"title": "Premier", "kind": "text", "section": course.sections.get().pk, "key": key}
    for _time in range(2):
        client.post(reverse("courses:studio-modules", args=[course.slug]), module)
    assert course.modules.count() == 1
    again = client.post(reverse("courses:studio-modules", args=[course.slug]), module | {"title": "Second"})
    assert (again.status_code, course.modules.count()) == (422, 1)
    assert 'value="Second"' in again.content.decode()
