"""The back office: every list opens, is searched and costs little; nothing is added or deleted past the actions."""

import re

import pytest
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.urls import reverse

from events.models import Event
from events.recording import record
from tests import making

MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)
MOST_QUERIES = 20


@pytest.fixture
def staff(lumen, sign_in):
    user = making.make_user("Ada Min", organisation=lumen, is_staff=True, is_superuser=True)
    return sign_in(user)


@pytest.fixture
def full(lumen, awa, karim):
    """Three of what lists show."""
    space = making.make_space(lumen)
    for number in range(3):
        person = making.make_user(
            f"Personne {number}", organisation=lumen, unit=making.make_unit(lumen, f"U{number}")
        )
        making.grant_role(person, "trainer")
        thread = making.make_thread(space, karim, f"Fil {number}")
        course = making.make_course(lumen, f"Cours {number}")
        making.make_module(course, "Un")
        making.enrol(person, course)
        record("people.user_joined", actor=person, subject=person)
        making.join(thread.space, person)


def address(model, page, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_a_list_opens_is_searched_and_costs_little(staff, full, model, django_assert_max_num_queries):
    with django_assert_max_num_queries(MOST_QUERIES):
        assert staff.get(address(model, "changelist")).status_code == 200
    found = staff.get(address(model, "changelist"), {"q": "awa"})
    assert found.status_code == 200
    row = model._default_manager.order_by("pk").last()
    if row is not None:
        with django_assert_max_num_queries(MOST_QUERIES):
            assert staff.get(address(model, "change", row.pk)).status_code == 200


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_no_list_deletes_rows(staff, full, model):
    before = model._default_manager.count()
    rows = list(model._default_manager.values_list("pk", flat=True))
    answer = staff.post(
        address(model, "changelist"),
        {"action": "delete_selected", "_selected_action": rows, "post": "yes"},
    )
    assert answer.status_code in (200, 302, 403)
    assert model._default_manager.count() == before


def test_secrets_of_people_are_no_list(staff):
    labels = {model._meta.label for model in MODELS}
    assert labels.isdisjoint({"authtoken.TokenProxy", "mfa.Authenticator", "socialaccount.SocialToken"})
    UserSession.objects.create(
        user=making.make_user("Awa", organisation=None), ip="192.0.2.1", session_key="secret-key"
    )
    session = UserSession.objects.get()
    assert "secret-key" not in staff.get(address(UserSession, "change", session.pk)).text
    assert "192.0.2.1" in staff.get(address(UserSession, "changelist"), {"q": "awa"}).text


def test_a_person_is_neither_added_nor_deleted_in_the_back_office(staff, awa):
    model = type(awa)
    assert staff.get(address(model, "add")).status_code == 403
    assert staff.post(address(model, "delete", awa.pk), {"post": "yes"}).status_code == 403
    assert model.objects.filter(pk=awa.pk).exists()


ENGLISH = re.compile(
    r"\b(at|by|created|archived|enrolment|user|thread|space|course|kind|active|attempts|number|parent|state)\b",
    re.I,
)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_a_list_is_named_and_headed_in_french(staff, full, model):
    page = staff.get(address(model, "changelist")).text
    headings = re.findall(r'<th scope="col"[^>]*>(.*?)</th>', page, re.S)
    words = " ".join(re.sub(r"<[^>]+>", " ", one) for one in headings)
    assert not ENGLISH.search(words), words


def test_the_log_names_who_acted_and_shows_no_bare_number(staff, full, awa):
    record("community.space_joined", actor=awa, subject=awa)
    page = staff.get(address(Event, "changelist")).text
    assert f'<td class="field-person">{awa.name}</td>' in page
    assert f'<td class="field-subject">personne {awa.pk}</td>' in page


def test_the_first_page_is_in_french(staff):
    page = staff.get(reverse("admin:index")).text
    captions = {
        one.strip() for one in re.findall(r'<a href="[^"]*" class="section"[^>]*>(.*?)</a>', page, re.S)
    }
    own = {"Personnes", "Espaces", "Formations", "Journal", "Reconnaissance"}
    assert own <= captions
    assert not captions & {"People", "Community", "Courses", "Events", "Gamification"}
    assert not re.search(r">(Users|Threads|Spaces|Enrolments|Parked events|User sessions)</a>", page)
