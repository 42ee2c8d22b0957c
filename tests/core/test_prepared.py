import gc
import inspect
import pkgutil
import re
import threading
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from importlib import import_module
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.db.models import Exists, Q
from django.db.models.functions import Upper
from django.utils import timezone

from community.models import Post
from community.queries.threads import thread_for
from core.prepared import AnyOf, PreparedPages, PreparedQuery, Unpreparable, prepared, prepared_list
from people.models import User
from tests.making import join, make_organisation, make_space, make_thread, make_user

pytestmark = pytest.mark.django_db


@prepared
def named(ids: list[int], name: str):
    return User.objects.annotate(shouted=Upper("name")).filter(AnyOf("pk", ids), shouted=name).order_by("pk")


@prepared
def handles(ids: list[int], organisation: int):
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


def test_it_is_one_query_and_never_an_old_answer(django_assert_num_queries):
    awa = make_user("Awa", organisation=make_organisation())
    named(ids=[awa.pk], name="AWA")
    User.objects.filter(pk=awa.pk).update(language="en")

    with django_assert_num_queries(1):
        assert named(ids=[awa.pk], name="AWA")[0].language == "en"


def test_days_and_moments_are_sent_as_what_they_are():
    @prepared
    def joined(since: datetime, days: list[date], until: date, key: UUID):
        found = User.objects.filter(AnyOf("joined_at__date", days), joined_at__gte=since)
        asked = Post.objects.filter(key=key)
        return found.filter(~Exists(asked), joined_at__date__lte=until).values_list("handle", flat=True)

    noon = datetime(2026, 10, 25, 12, tzinfo=UTC)
    awa = make_user("Awa", organisation=make_organisation(), joined_at=noon)
    day, key = noon.date(), uuid4()

    assert joined(since=noon, days=[day], until=day, key=key) == [awa.handle]
    assert joined(since=noon, days=[], until=day, key=key) == []
    assert joined(since=noon + timedelta(microseconds=1), days=[day], until=day, key=key) == []
    assert joined(since=noon, days=[day], until=day - timedelta(days=1), key=key) == []


def test_null_is_refused_with_a_sentence():
    with pytest.raises(Unpreparable, match="organisation is None: SQL says that otherwise"):
        handles(ids=[1], organisation=None)


@pytest.mark.parametrize("kind", [int | None, list, list[datetime], Decimal, bool, inspect.Parameter.empty])
def test_an_argument_that_cannot_be_sent_is_refused_where_it_is_declared(kind):
    def build(wanted):
        return User.objects.filter(pk=wanted)

    build.__annotations__ = {} if kind is inspect.Parameter.empty else {"wanted": kind}
    with pytest.raises(Unpreparable, match="wanted is annotated"):
        prepared(build)
    with pytest.raises(Unpreparable, match="wanted is annotated"):
        prepared_list(build)


def test_a_default_is_refused_where_it_is_declared():
    def build(pk: int = 1):
        return User.objects.filter(pk=pk)

    with pytest.raises(Unpreparable, match="pk has a default"):
        prepared(build)


@pytest.mark.parametrize(
    ("build", "sentence"),
    [
        (lambda name: User.objects.filter(name__startswith=name), "name is changed before it goes"),
        (lambda name: User.objects.filter(name=name.strip("\x01")), "name would not be sent"),
        (lambda name: User.objects.filter(handle="awa"), "name would not be sent"),
        (lambda name: User.objects.filter(name=name, joined_at__lt=timezone.now()), "would stay the same"),
        (
            lambda name: User.objects.filter(name=name, joined_at__date=date(2026, 1, 1)),
            "would stay the same",
        ),
        (lambda name: User.objects.filter(name=name).prefetch_related("skills"), "prefetch_related asks"),
        (lambda name: User.objects.filter(name=name, pk__in=list(User.objects.all())), "asks the database"),
        (lambda name: User.objects.filter(pk=len(by_name(name=name))), "asks the database"),
    ],
)
def test_what_would_stay_the_same_for_ever_is_refused(build, sentence):
    build.__annotations__ = {"name": str}
    with pytest.raises(Unpreparable, match=sentence):
        prepared(build)(name="Awa")


@prepared
def by_name(name: str):
    return User.objects.filter(name=name)


def test_a_list_that_is_cut_beforehand_is_refused():
    @prepared_list
    def newest(name: str):
        return User.objects.filter(name=name)[:3]

    with pytest.raises(Unpreparable, match="not cut beforehand"):
        len(newest(name="Awa"))


def test_every_prepared_query_of_the_project_can_be_composed():
    """Those that are made when they are first asked for (`prepared(...)` in a function) are proven by their pages."""
    for app in ("people", "community", "courses", "gamification", "notifications", "analytics", "lms"):
        package = import_module(app)
        for module in pkgutil.walk_packages(package.__path__, f"{app}."):
            if not re.search(r"\.(migrations|management|demo|asgi|wsgi|celery)\b", module.name):
                import_module(module.name)
    # By its type: `isinstance` would ask a weak proxy, whose object may have gone.
    declared = [one for one in gc.get_objects() if issubclass(type(one), PreparedQuery | PreparedPages)]
    declared = [one for one in declared if "<locals>" not in one.build.__qualname__]
    assert len(declared) > 50
    for query in declared:
        statements = [query.statement] if isinstance(query, PreparedQuery) else [query.listed, query.counted]
        assert all(statement.sql for statement in statements)


@pytest.mark.parametrize("number", [2**63, 13267882367537707008, -(2**63) - 1, 10**30])
def test_a_number_that_no_column_holds_finds_nothing(number):
    """An address may hold any number."""

    @prepared
    def by_key(pk: int):
        return User.objects.filter(pk=pk)

    @prepared_list
    def above(pk: int):
        return User.objects.filter(pk__gt=pk)

    awa = make_user("Awa", organisation=make_organisation())
    assert by_key(pk=number) == []
    assert by_key(pk=awa.pk) == [awa]
    assert len(above(pk=number)) == (0 if number > 0 else User.objects.count())


def test_the_tests_compare_with_the_plain_query_whatever_a_row_holds():
    awa = make_user("Awa", organisation=make_organisation())
    asked = []

    @prepared
    def strange(name: str):
        asked.append(name)
        # Composed at the first call, then asked anew with the real values: the same people, another column.
        found = User.objects.filter(name=name)
        return found if len(asked) == 1 else found.annotate(shouted=Upper("name"))

    with pytest.raises(AssertionError, match="the prepared query found"):
        strange(name=awa.name)


def test_a_query_is_planned_once_on_a_connection_whatever_its_values():
    lumen = make_organisation()
    people = [make_user(name, organisation=lumen) for name in ("Awa", "Inès")]

    def called_once(name: str, ids: list[int]):
        return User.objects.annotate(planned_once=Upper("name")).filter(AnyOf("pk", ids), planned_once=name)

    found = prepared(called_once)
    for number in range(12):
        person = people[number % 2]
        assert found(name=person.name.upper(), ids=[person.pk] * number) == ([person] if number else [])
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE strpos(statement, 'planned_once') > 0"
        )
        assert cursor.fetchall() == [(12, 0)]


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
