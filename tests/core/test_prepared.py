import threading

import pytest
from django.db import connection
from django.db.models import Q
from django.db.models.functions import Upper

from community.queries.threads import thread_for
from core.prepared import AnyOf, prepared
from people.models import User
from tests.making import join, make_organisation, make_space, make_thread, make_user

pytestmark = pytest.mark.django_db


@prepared
def named(ids: list, name: str):
    return User.objects.annotate(shouted=Upper("name")).filter(AnyOf("pk", ids), shouted=name).order_by("pk")


@prepared
def handles(ids: list, organisation: int):
    found = User.objects.filter(Q(organisation=organisation) | Q(pk=0), AnyOf("pk", ids))
    return found.order_by("pk").values_list("handle", "organisation")


def test_each_call_answers_for_its_own_values():
    lumen = make_organisation()
    awa, inès = make_user("Awa", organisation=lumen), make_user("Inès", organisation=lumen)
    everyone = [awa.pk, inès.pk]

    assert named(ids=everyone, name="AWA") == [awa]
    assert named(ids=everyone, name="INÈS") == [inès]
    assert named(ids=[awa.pk], name="INÈS") == []
    assert named(ids=[], name="AWA") == []
    assert named(ids=everyone, name="O'Brien' OR 1=1 --") == []


def test_rows_are_what_the_orm_makes_of_them():
    lumen = make_organisation()
    people = [make_user(name, organisation=lumen) for name in ("Awa", "Inès")]
    values = {"ids": [person.pk for person in people], "organisation": people[0].organisation_id}

    assert handles(**values) == list(handles.__wrapped__(**values))
    assert named(ids=[people[0].pk], name=people[0].name.upper())[0].shouted == people[0].name.upper()


def test_a_missing_value_is_asked_as_null():
    alone = make_user("Awa", organisation=None)

    assert handles(ids=[alone.pk], organisation=None) == [(alone.handle, None)]


def test_it_is_one_query_and_never_an_old_answer(django_assert_num_queries):
    awa = make_user("Awa", organisation=make_organisation())
    named(ids=[awa.pk], name="AWA")
    User.objects.filter(pk=awa.pk).update(language="en")

    with django_assert_num_queries(1):
        assert named(ids=[awa.pk], name="AWA")[0].language == "en"


def test_a_value_that_the_orm_would_change_is_refused():
    @prepared
    def begins(name: str):
        return User.objects.filter(name__startswith=name)

    with pytest.raises(AssertionError, match="a value is changed"):
        begins(name="Awa")


def test_a_plan_is_made_anew_where_the_best_one_depends_on_the_values():
    awa = make_user("Awa", organisation=make_organisation())

    def called(words: str):
        return User.objects.annotate(called_out=Upper("name")).filter(called_out=words)

    for replan, plans in ((True, 0), (False, 1)):
        found = prepared(called, replan=replan)
        for _ in range(12):
            assert found(words="AWA") == [awa]
            assert found(words="100 % INÈS") == []
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_prepared_statements WHERE strpos(statement, %s) > 0", ["called_out"]
            )
            assert cursor.fetchone() == (plans,)


def test_nobody_reads_with_the_eyes_of_who_asked_first():
    lumen = make_organisation()
    inside, outside = make_user("Awa", organisation=lumen), make_user("Inès", organisation=lumen)
    space = make_space(lumen, visibility="hidden")
    join(space, inside)
    thread = make_thread(space, inside)

    assert thread_for(inside, thread.pk) == thread
    assert thread_for(outside, thread.pk) is None
    assert thread_for(inside, thread.pk) == thread


@pytest.mark.django_db(transaction=True)
def test_each_thread_asks_over_its_own_connection():
    awa = make_user("Awa", organisation=make_organisation())
    named(ids=[awa.pk], name="AWA")
    answers = []

    def ask():
        answers.extend(named(ids=[awa.pk], name="AWA"))
        connection.close()

    asking = threading.Thread(target=ask)
    asking.start()
    asking.join()

    assert answers == [awa]
