"""Fills an empty academy for the benchmarks, by INSERT … SELECT inside PostgreSQL: no loop, no row through Python.

The people, spaces and courses stand in blocks of 1,000 learners; a block has one space of 240 threads and one
course of 50 modules. Size 1 is one block and 300,000 events; size 100 is a hundred blocks, a million posts and ten
million events. What the measured learners open is the same in both: the first block.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.auth.hashers import make_password
from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.utils import timezone

from analytics.models import DirtyDay
from bench import words
from bench.system import PASSWORD
from community.models import Membership, Post, Reaction, ReadState, Space, Thread, Watch
from courses.models import (
    Answer,
    Attempt,
    CompletionRule,
    Course,
    Enrolment,
    Module,
    ModuleThread,
    Option,
    Progress,
    Question,
    Quiz,
    QuizQuestion,
    Section,
    Session,
)
from events.models import Cursor, Event
from events.reading import READERS
from people.models import Organisation, Profile, RoleGrant, Standing, Unit, UnitMembership, User

BLOCK = 1_000
THREADS = 240
MODULES = 50
QUESTIONS = 10
UNITS = 20
DAYS = 90
# What somebody says: three sentences out of thousands (bench/words.py).
BODY = "w0.words || ' ' || w1.words || ' ' || w2.words"
HTML = f"'<p>' || {BODY} || '</p>'"


def fill(model: type[models.Model], rows: str, **columns: str) -> int:
    """INSERT the rows of a FROM clause; `columns` are SQL expressions, the rest takes the model's own defaults."""
    names, expressions, params = [], [], []
    for field in model._meta.concrete_fields:
        given = columns.pop(field.attname, None)
        if given is not None:
            value: Any = given.replace("%", "%%")
        elif isinstance(field, models.GeneratedField) or field.primary_key or field.has_db_default():
            continue
        elif getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
            value = "now()"
        elif field.null:
            continue
        else:
            value = "%s"
            params.append(field.get_db_prep_save(field.get_default(), connection))
        names.append(f'"{field.column}"')
        expressions.append(value)
    assert not columns, f"{model.__name__} has no {columns}"
    sql = f'INSERT INTO "{model._meta.db_table}" ({", ".join(names)}) SELECT {", ".join(expressions)} FROM {rows.replace("%", "%%")}'
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.rowcount


def series(number: int) -> str:
    return f"generate_series(1, {number}) g"


@transaction.atomic
def seed(size: int, say: Callable[[str], None]) -> None:
    """Fill an empty database with `size` blocks. Ids begin at 1, so that expressions can point at each other."""
    started = time.monotonic()
    people, events = size * BLOCK, 300_000 if size == 1 else size * 100_000
    words.write_down()
    with indexed_later(Post, Reaction, ReadState, Watch, Progress, Answer, Event):
        for step, work in (
            ("people", lambda: fill_people(people, size)),
            ("spaces", lambda: fill_spaces(size)),
            ("posts", lambda: fill_posts(size)),
            ("courses", lambda: fill_courses(size)),
            ("quizzes", lambda: fill_quizzes(size)),
            ("events", lambda: fill_events(size, events)),
        ):
            say(f"  {step}: {work():,} rows ({time.monotonic() - started:.0f} s)")
    say(f"  indexes ({time.monotonic() - started:.0f} s)")
    restart_sequences()
    read_by_all()


@contextmanager
def indexed_later(*filled: type[models.Model]) -> Iterator[None]:
    """Make the indexes of these tables when they are full, all rows at once, and check no reference row by row.

    The expressions below only point at rows that exist; asking for each of them again takes minutes.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
        cursor.execute(
            """SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
               WHERE indrelid = ANY(%s::regclass[])
                 AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid)""",
            [[model._meta.db_table for model in filled]],
        )
        indexes = cursor.fetchall()
        for name, _definition in indexes:
            cursor.execute(f"DROP INDEX {name}")
        yield
        for _name, definition in indexes:
            cursor.execute(definition)


def trainer_of(block: str, people: int) -> str:
    """Who runs the spaces of a block; the first is the one who is measured, `trainer`."""
    return f"CASE WHEN {block} = 1 THEN {people + 1} ELSE {people + 2} + {block} END"


def fill_people(people: int, size: int) -> int:
    zone, language = "Europe/Paris", "fr"
    Organisation.objects.create(pk=1, name="Bench", slug="bench", language=language, time_zone=zone)
    rows = fill(Unit, series(UNITS), id="g", organisation_id="1", name="'Entité ' || g")
    password = make_password(PASSWORD)
    rows += fill(
        User,
        series(people),
        id="g",
        organisation_id="1",
        email="'learner' || g || '@bench.test'",
        handle="'learner-' || g",
        name="'Personne ' || g",
        password=f"'{password}'",
        joined_at="now() - interval '200 days'",
    )
    rows += fill(Profile, series(people), user_id="g", job_title="'Métier ' || g % 40")
    rows += fill(
        Standing, series(people), user_id="g", expertise="CASE WHEN g % 20 = 0 THEN 'Négociation' ELSE '' END"
    )
    rows += fill(
        UnitMembership, series(people), user_id="g", unit_id=f"1 + g % {UNITS}", starts_on="DATE '2020-01-01'"
    )
    staff = {people + 1: "trainer", people + 2: "hr", people + 3: "administrator"}
    for pk, role in staff.items():
        user = User(
            pk=pk, organisation_id=1, email=f"{role}@bench.test", handle=role, name=role, password=password
        )
        user.save(force_insert=True)
        Profile.objects.create(user=user)
        Standing.objects.create(user=user)
        RoleGrant.objects.create(user=user, role=role, organisation_id=1)
    others, pk = f"generate_series(2, {size}) g", trainer_of("g", people)
    rows += fill(
        User,
        others,
        id=pk,
        organisation_id="1",
        email="'trainer' || g || '@bench.test'",
        handle="'trainer-' || g",
        name="'Formatrice ' || g",
        password=f"'{password}'",
    )
    rows += fill(Profile, others, user_id=pk) + fill(Standing, others, user_id=pk)
    return rows + fill(RoleGrant, others, user_id=pk, role="'trainer'", organisation_id="1")


def fill_spaces(size: int) -> int:
    rows = fill(
        Space,
        series(size),
        id="g",
        organisation_id="1",
        name="'Espace ' || g",
        slug="'space-' || g",
        created_at="now()",
    )
    rows += fill(
        Space,
        series(size),
        id=f"{size} + g",
        organisation_id="1",
        name="'Formation ' || g",
        slug="'course-space-' || g",
        about_title="'Formation ' || g",
        about_url="'/courses/course-' || g || '/'",
    )
    for first in (0, size):
        rows += fill(
            Membership,
            series(size * BLOCK),
            space_id=f"{first} + 1 + (g - 1) / {BLOCK}",
            user_id="g",
            charter_accepted_at="now()",
            joined_at="now() - interval '200 days'",
        )
    # Each block has its trainer; an administrator looks after all of them.
    people = size * BLOCK
    for facilitator in (trainer_of(f"1 + (g - 1) % {size}", people), str(people + 3)):
        rows += fill(
            Membership,
            series(size * 2),
            space_id="g",
            user_id=facilitator,
            role="'facilitator'",
            charter_accepted_at="now()",
            joined_at="now() - interval '200 days'",
        )
    return rows


# The first two threads of each space hold 50 and 200 posts; the others have 10 to 70, 40 on average.
POSTS_OF = f"CASE (g - 1) % {THREADS} WHEN 0 THEN 50 WHEN 1 THEN 200 ELSE 10 + (g * 7919) % 61 END"


def fill_posts(size: int) -> int:
    threads = size * THREADS
    rows = fill(
        Thread,
        series(threads) + words.picked(1, "g", "phrase") + words.picked(1, "g", first=1),
        id="g",
        space_id=f"1 + (g - 1) / {THREADS}",
        kind="CASE WHEN g % 3 = 0 THEN 'question' ELSE 'discussion' END",
        title="left(w0.words || ', ' || lower(left(w1.words, 60)), 200)",
        author_id=f"((g - 1) / {THREADS}) * {BLOCK} + 1 + (g * 31) % {BLOCK}",
        last_number=POSTS_OF,
        number_of_posts=POSTS_OF,
        created_at=f"now() - interval '1 day' * ({DAYS} * (g % 97) / 97.0)",
        last_post_at="now() - interval '1 minute' * (g % 5000)",
    )
    rows += fill(
        Post,
        "community_thread t CROSS JOIN LATERAL generate_series(1, t.number_of_posts) g"
        + words.picked(3, "t.id * 1009 + g"),
        thread_id="t.id",
        number="g",
        author_id=f"((t.id - 1) / {THREADS}) * {BLOCK} + 1 + (t.id * 31 + g * 17 - 17) % {BLOCK}",
        body=BODY,
        html=HTML,
        created_at="t.created_at + interval '3 minutes' * g",
        useful_count="CASE WHEN g % 2 = 0 THEN 1 ELSE 0 END",
    )
    rows += fill(
        Reaction,
        "community_post p WHERE p.number % 2 = 0",
        post_id="p.id",
        user_id=f"((p.author_id - 1) / {BLOCK}) * {BLOCK} + 1 + (p.author_id + 7) % {BLOCK}",
        kind="'useful'",
    )
    reader = f"((t.id - 1) / {THREADS}) * {BLOCK} + g"
    rows += fill(
        ReadState,
        "community_thread t, generate_series(1, 60) g",
        thread_id="t.id",
        user_id=reader,
        last_number="t.last_number - 2",
    )
    return rows + fill(
        Watch,
        "community_thread t, generate_series(1, 10) g",
        thread_id="t.id",
        user_id=reader,
        reason="'replied'",
    )


def fill_courses(size: int) -> int:
    modules = size * MODULES
    rows = fill(
        Course,
        series(size) + words.picked(2, "g * 17"),
        id="g",
        organisation_id="1",
        slug="'course-' || g",
        title="left(w1.words, 40)",
        summary="w0.words",
        objectives="'Reconnaître les signaux' || chr(10) || 'Choisir une phrase'",
        published_at="now()",
    )
    rows += fill(
        Section,
        series(size * 5),
        id="g",
        course_id="1 + (g - 1) / 5",
        title="'Partie ' || g",
        position="1 + (g - 1) % 5",
    )
    rows += fill(
        Session,
        series(size),
        id="g",
        course_id="g",
        name="'Session ' || g",
        is_open="true",
        space_id=f"{size} + g",
    )
    rows += fill(
        Module,
        series(modules) + words.picked(3, "g * 31"),
        id="g",
        course_id=f"1 + (g - 1) / {MODULES}",
        section_id=f"1 + (g - 1) / {MODULES // 5}",
        kind=f"CASE WHEN g % {MODULES} = 2 THEN 'quiz' ELSE 'text' END",
        title="'Module ' || g",
        objective="'Savoir reformuler'",
        body=f"repeat({BODY} || chr(10) || chr(10), 8)",
        html=f"repeat({HTML}, 8)",
        position=f"1 + (g - 1) % {MODULES // 5}",
        published_at="now()",
        mandatory="true",
    )
    rows += fill(
        CompletionRule,
        series(modules),
        module_id="g",
        kind=f"CASE WHEN g % {MODULES} = 2 THEN 'passed' ELSE 'opened' END",
    )
    offset = size * THREADS
    rows += fill(
        Thread,
        series(modules),
        id=f"{offset} + g",
        space_id=f"{size} + 1 + (g - 1) / {MODULES}",
        title="'Module ' || g",
        author_id=str(size * BLOCK + 1),
        last_number="12",
        number_of_posts="12",
        about_title="'Module ' || g",
        about_url=f"'/courses/course-' || (1 + (g - 1) / {MODULES}) || '/modules/' || g || '/'",
    )
    rows += fill(
        ModuleThread,
        series(modules),
        module_id="g",
        space_id=f"{size} + 1 + (g - 1) / {MODULES}",
        thread_id=f"{offset} + g",
    )
    rows += fill(
        Post,
        f"community_thread t CROSS JOIN generate_series(1, 12) g {words.picked(3, 't.id * 1009 + g')}"
        f" WHERE t.id > {offset}",
        thread_id="t.id",
        number="g",
        author_id=f"((t.id - {offset} - 1) / {MODULES}) * {BLOCK} + 1 + (t.id * 13 + g) % {BLOCK}",
        body=BODY,
        html=HTML,
    )
    rows += fill(
        Enrolment,
        series(size * BLOCK),
        id="g",
        session_id=f"1 + (g - 1) / {BLOCK}",
        user_id="g",
        enrolled_at=f"now() - interval '{DAYS} days'",
        last_module_id=f"((g - 1) / {BLOCK}) * {MODULES} + 5",
        last_seen_at="now() - interval '1 hour'",
    )
    return rows + fill(
        Progress,
        "courses_enrolment e, generate_series(1, 25) g WHERE g <= 5 + e.id % 21",
        enrolment_id="e.id",
        module_id=f"((e.id - 1) / {BLOCK}) * {MODULES} + g",
        completed_at=f"now() - interval '1 day' * ((e.id + g) % {DAYS})",
    )


def fill_quizzes(size: int) -> int:
    rows = fill(Quiz, "courses_module m WHERE m.kind = 'quiz'", id="1 + (m.id - 1) / 50", module_id="m.id")
    questions = size * QUESTIONS
    rows += fill(
        Question,
        series(questions),
        id="g",
        organisation_id="1",
        category="'Relation client'",
        text="'Que dire d''abord à un client en colère ? ' || g",
        html="'<p>Que dire d''abord à un client en colère ? ' || g || '</p>'",
        feedback="'Reformuler montre que l''on a écouté.'",
        feedback_html="'<p>Reformuler montre que l''on a écouté.</p>'",
    )
    rows += fill(
        Option,
        series(questions * 4),
        id="g",
        question_id="1 + (g - 1) / 4",
        position="1 + (g - 1) % 4",
        text="'Réponse ' || g",
        html="'<p>Réponse ' || g || '</p>'",
        correct="(g - 1) % 4 = 0",
    )
    rows += fill(
        QuizQuestion,
        series(questions),
        quiz_id=f"1 + (g - 1) / {QUESTIONS}",
        question_id="g",
        position=f"1 + (g - 1) % {QUESTIONS}",
    )
    # The first 100 learners of each block have not begun: they are the ones who are measured.
    rows += fill(
        Attempt,
        f"courses_enrolment e WHERE (e.id - 1) % {BLOCK} >= 100",
        enrolment_id="e.id",
        quiz_id=f"1 + (e.id - 1) / {BLOCK}",
        number="1",
        finished_at="now()",
        score="6",
        max_score=str(QUESTIONS),
    )
    return rows + fill(
        Answer,
        f"courses_attempt a, generate_series(1, {QUESTIONS}) g",
        attempt_id="a.id",
        question_id=f"(a.quiz_id - 1) * {QUESTIONS} + g",
        options=f"ARRAY[((a.quiz_id - 1) * {QUESTIONS} + g - 1) * 4 + 1 + (a.id + g) % 4]",
        score="CASE WHEN (a.id + g) % 4 = 0 THEN 1 ELSE 0 END",
    )


def fill_events(size: int, events: int) -> int:
    """Presence, posts, replies and reactions over 90 days; a tenth of the people do half of it."""
    actor = f"CASE WHEN g % 2 = 0 THEN 1 + (g * 7919::bigint) % ({size * BLOCK} / 10) ELSE 1 + (g * 104729::bigint) % {size * BLOCK} END"
    verb = (
        "(ARRAY['community.thread_opened','community.thread_opened','courses.module_opened','courses.module_opened',"
        "'courses.module_opened','community.thread_read','community.post_reacted','community.post_written',"
        "'courses.question_answered','courses.video_played'])[1 + g % 10]"
    )
    rows = fill(
        Event,
        f"(SELECT g, {actor} AS actor FROM {series(events)}) s",
        txid="1",
        verb=verb,
        # A log is written as time goes by; some of it comes an hour late.
        at=f"now() - interval '1 second' * ({DAYS * 86_400}::bigint * ({events} - g) / {events} + g % 7 * 600)",
        actor_id="actor",
        role="'learner'",
        organisation_id="1",
        subject_type="'community.post'",
        subject_id="g",
        space_id=f"1 + (actor - 1) / {BLOCK}",
        thread_id=f"((actor - 1) / {BLOCK}) * {THREADS} + 1 + g % {THREADS}",
        # Writing and marking name a post, each in its turn.
        post_id=f"CASE WHEN g % 10 IN (6, 7) THEN 1 + (g / 10) % {Post.objects.count()} END",
        data="'{}'::jsonb",
    )
    today = timezone.now().date()
    DirtyDay.objects.bulk_create(
        DirtyDay(organisation_id=1, day=today - timezone.timedelta(days=n)) for n in range(DAYS + 1)
    )
    return rows


def read_by_all() -> None:
    """The seeded events are old news to every reader: the worker must not read them while pages are measured."""
    last = Event.objects.latest("pk").pk
    Cursor.objects.bulk_create(Cursor(reader=name, txid=1, event_id=last) for name in READERS)


def restart_sequences() -> None:
    ours = [User, Unit, Space, Thread, Post, Course, Section, Session, Module, Enrolment]
    ours += [Quiz, Question, Option, Organisation, Attempt, Answer, Progress, Event]
    with connection.cursor() as cursor:
        for sql in connection.ops.sequence_reset_sql(no_style(), ours):
            cursor.execute(sql)


def analyse() -> None:
    """What autovacuum would have done by itself within minutes."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
