"""Who reads, where a query is prepared for every reader at once: nothing but a number and an organisation is known."""

import copy
import inspect
import pickle

import pytest
from django.apps import apps

from community.models import Membership, Post, Thread
from core.prepared import prepared
from people.models import User
from people.reader import Reader
from tests.making import join, make_post, make_space, make_thread, make_user

pytestmark = pytest.mark.django_db

RULES = (
    "visible_to",
    "readable_by",
    "facilitated_by",
    "editable_by",
    "to_decide_by",
    "of_member",
    "within_reach_of",
)


def test_a_reader_is_known_by_number_and_organisation_alone(awa):
    reader = Reader.of(awa)

    assert (reader.pk, reader.organisation_id) == (awa.pk, awa.organisation_id)
    assert Reader.of(reader) == reader
    assert copy.copy(reader) == pickle.loads(pickle.dumps(reader)) == reader
    for name in ("roles", "is_staff", "organisation", "id", "event_role"):
        with pytest.raises(TypeError, match=f"'{name}' is not known of them"):
            getattr(reader, name)
        # Neither of these may take silence for an answer.
        with pytest.raises(TypeError):
            getattr(reader, name, None)
        with pytest.raises(TypeError):
            hasattr(reader, name)


def test_who_is_in_no_organisation_sees_nothing_of_any(lumen, awa):
    alone = make_user("Alone", organisation=None)
    make_space(lumen, visibility="open")

    assert Reader.of(alone).organisation_id == 0
    assert [list(queryset.visible_to(Reader.of(alone))) for queryset in (User.objects, Thread.objects)] == [
        [],
        [],
    ]


def test_the_orm_is_not_given_a_reader_in_place_of_a_person(awa):
    with pytest.raises(TypeError):
        list(Membership.objects.filter(user=Reader.of(awa)))


def test_a_rule_that_asks_more_is_refused_when_it_is_prepared(lumen, awa, karim):
    def visible_to_staff(user):
        return User.objects.all() if user.is_staff else User.objects.visible_to(user)

    @prepared
    def people(reader: Reader):
        return visible_to_staff(reader)

    with pytest.raises(TypeError, match="'is_staff' is not known"):
        people(reader=Reader.of(awa))


def test_every_rule_says_the_same_of_a_person_and_of_a_reader(lumen, atelier, awa, karim, julie, ines):
    hidden, shared = make_space(lumen, visibility="hidden"), make_space(lumen, visibility="open")
    there = make_space(atelier, visibility="open")
    join(hidden, awa)
    join(shared, julie, role="facilitator")
    join(there, ines)
    for space, author in ((hidden, awa), (shared, karim), (there, ines)):
        make_post(make_thread(space, author), author)

    asked = 0
    for model in apps.get_models():
        if not model.__module__.startswith(("people", "community", "courses", "notifications")):
            continue
        for name in RULES:
            if not hasattr(model.objects, name):
                continue
            asked += 1
            for person in (awa, karim, julie, ines):
                as_person = getattr(model.objects, name)(person).values_list("pk", flat=True)
                as_reader = getattr(model.objects, name)(Reader.of(person)).values_list("pk", flat=True)
                assert set(as_person) == set(as_reader), (model, name, person)
    assert asked > 12
    assert set(Post.objects.visible_to(Reader.of(awa)).values_list("thread__space", flat=True)) == {
        hidden.pk,
        shared.pk,
    }


def test_a_rule_takes_who_reads_by_its_type():
    for model in apps.get_models():
        rule = getattr(getattr(model, "objects", None), "visible_to", None)
        if rule is not None:
            assert inspect.signature(rule).parameters["user"].annotation == "User | Reader", model
