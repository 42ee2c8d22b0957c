from datetime import timedelta

import pytest
from django.utils import timezone

from community.models import Membership, Post, Space, Thread
from core.errors import Refused
from courses.actions import (
    add_module,
    archive_course,
    change_course,
    create_course,
    enrol,
    move_module,
    open_module,
    open_session,
    publish_course,
    publish_module,
    report_reading,
    save_module,
    set_rules,
    unenrol,
    withdraw_module,
)
from courses.models import Course, Enrolment, Module, ModuleThread
from events.models import Event


@pytest.fixture
def draft(julie):
    return create_course(by=julie, title="Relation client", language="fr")


@pytest.fixture
def lesson(draft, julie):
    return add_module(
        draft.sections.get(), by=julie, kind="text", title="Écouter", body="Bonjour", prompt="Et vous ?"
    )


def read(enrolment, module):
    report_reading(open_module(enrolment, module), said=True)


def test_a_course_is_born_with_its_open_session_and_space(draft, julie):
    session = draft.sessions.get()
    assert session.is_open
    assert session.space.visibility == Space.Visibility.CLOSED
    assert session.space.about_url == draft.get_absolute_url()
    assert session.space.memberships.get().user == julie


def test_the_same_form_sent_twice_makes_one_course(julie):
    key = "6a1f0c5e-7d1f-4b6a-9a33-0a0b0c0d0e0f"
    assert create_course(by=julie, title="Une", key=key) == create_course(by=julie, title="Une", key=key)
    assert Course.objects.count() == 1


def test_two_courses_of_one_title_have_two_addresses(julie):
    slugs = {create_course(by=julie, title="New").slug for _ in range(3)}
    assert len(slugs) == 3
    assert "new" not in slugs


def test_publishing_a_module_opens_its_conversation_by_its_prompt_once(lesson, julie):
    publish_module(lesson, by=julie)
    publish_module(lesson, by=julie)
    thread = Thread.objects.get()
    assert (thread.title, thread.about_title) == ("Écouter", "Écouter")
    assert thread.about_url == lesson.get_absolute_url()
    assert Post.objects.get().body == "Et vous ?"
    assert Event.objects.filter(verb="courses.module_published").count() == 1


def test_each_session_has_its_own_conversation(lesson, draft, julie):
    publish_module(lesson, by=julie)
    dated = open_session(draft, by=julie, name="Mars")
    assert dated.space.visibility == Space.Visibility.HIDDEN
    assert ModuleThread.objects.filter(module=lesson).count() == 2
    later = add_module(draft.sections.get(), by=julie, kind="text", title="Agir", body="Oui")
    publish_module(later, by=julie)
    assert ModuleThread.objects.filter(module=later).count() == 2


def test_threads_follow_the_name_of_their_module(lesson, julie):
    publish_module(lesson, by=julie)
    save_module(lesson, by=julie, title="Écouter mieux")
    assert Thread.objects.get().about_title == "Écouter mieux"


def test_an_unfinished_module_is_not_published(draft, julie):
    empty = add_module(draft.sections.get(), by=julie, kind="text", title="Vide")
    for module in (empty, add_module(draft.sections.get(), by=julie, kind="video", title="Sans film")):
        with pytest.raises(Refused):
            publish_module(module, by=julie)
    assert not Thread.objects.exists()
    with pytest.raises(Refused):
        publish_course(draft, by=julie)


def test_withdrawing_hides_the_module_and_keeps_what_was_said(lesson, julie, awa, draft):
    publish_module(lesson, by=julie)
    publish_course(draft, by=julie)
    withdraw_module(lesson, by=julie)
    assert not Module.objects.visible_to(awa).exists()
    assert Thread.objects.filter(deleted_at=None).count() == 1


def test_a_learner_enrols_alone_once_and_comes_back_to_what_was_done(lesson, draft, julie, awa):
    publish_module(lesson, by=julie)
    publish_course(draft, by=julie)
    session = draft.sessions.get()
    first = enrol(awa, session)
    assert enrol(awa, session) == first
    assert Event.objects.filter(verb="courses.enrolled").count() == 1
    read(first, lesson)
    unenrol(first)
    unenrol(first)
    assert not session.space.memberships.filter(user=awa).exists()
    back = enrol(awa, session)
    assert back == first
    assert back.progress.get().completed_at is not None
    assert session.space.memberships.filter(user=awa).exists()


def test_nobody_enrols_from_elsewhere_nor_out_of_its_time_nor_alone_in_a_group(draft, julie, awa, ines):
    past = open_session(draft, by=julie, name="Passée", closes_at=timezone.now() - timedelta(days=1))
    group = open_session(draft, by=julie, name="Mars")
    for user, session in ((ines, draft.sessions.get(is_open=True)), (awa, past), (awa, group)):
        with pytest.raises(Refused):
            enrol(user, session)
    assert not Enrolment.objects.exists()
    assert enrol(awa, group, by=julie).session == group


def test_who_facilitates_stays_in_the_space_when_they_leave_the_course(draft, julie):
    session = draft.sessions.get()
    unenrol(enrol(julie, session))
    assert session.space.memberships.get(user=julie).role == Membership.Role.FACILITATOR


def test_a_space_shared_by_two_sessions_is_left_with_the_last(draft, julie, awa):
    group = open_session(draft, by=julie, name="Mars")
    group.space = draft.sessions.get(is_open=True).space
    group.save(update_fields=["space"])
    one, two = enrol(awa, draft.sessions.get(is_open=True)), enrol(awa, group, by=julie)
    unenrol(one)
    assert group.space.memberships.filter(user=awa).exists()
    unenrol(two)
    assert not group.space.memberships.filter(user=awa).exists()


def test_reading_a_text_finishes_it_and_the_course(lesson, draft, julie, awa):
    publish_module(lesson, by=julie)
    publish_course(draft, by=julie)
    enrolment = enrol(awa, draft.sessions.get())
    read(enrolment, lesson)
    read(enrolment, lesson)
    enrolment.refresh_from_db()
    assert enrolment.completed_at is not None
    assert enrolment.last_module == lesson
    for verb in ("courses.module_opened", "courses.module_completed", "courses.course_completed"):
        assert Event.objects.filter(verb=verb).count() == 1, verb


def test_a_mandatory_module_that_comes_later_counts_for_those_who_come_later(
    lesson, draft, julie, awa, karim
):
    publish_module(lesson, by=julie)
    publish_course(draft, by=julie)
    session = draft.sessions.get()
    before = enrol(awa, session)
    later = add_module(draft.sections.get(), by=julie, kind="text", title="Agir", body="Oui")
    publish_module(later, by=julie)
    session.course.refresh_from_db()
    after = enrol(karim, session)
    assert (before.course_version, after.course_version) == (1, 2)
    for enrolment in (before, after):
        read(enrolment, lesson)
        enrolment.refresh_from_db()
    assert before.completed_at is not None
    assert after.completed_at is None
    read(after, later)
    after.refresh_from_db()
    assert after.completed_at is not None


def test_conditions_that_do_not_suit_the_kind_are_refused(lesson, julie):
    for rules in ({"watched": 80}, {"passed": 1}, {}):
        with pytest.raises(Refused):
            set_rules(lesson, by=julie, rules=rules)
    assert [rule.kind for rule in lesson.rules.all()] == ["read"]


def test_modules_keep_their_numbers_without_holes_when_they_move(draft, julie):
    section = draft.sections.get()
    modules = [add_module(section, by=julie, kind="text", title=title) for title in "ABCD"]
    move_module(modules[3], by=julie, section=section, position=1)
    move_module(modules[0], by=julie, section=section, position=99)
    rows = list(section.modules.order_by("position").values_list("title", "position"))
    assert rows == [("D", 1), ("B", 2), ("C", 3), ("A", 4)]


def test_an_archived_course_leaves_the_catalogue_and_stays_for_its_learners(lesson, draft, julie, awa, karim):
    publish_module(lesson, by=julie)
    publish_course(draft, by=julie)
    enrol(awa, draft.sessions.get())
    archive_course(draft, by=julie)
    assert Course.objects.visible_to(awa).filter(pk=draft.pk).exists()
    assert not Course.objects.visible_to(karim).filter(pk=draft.pk).exists()


def test_a_course_s_name_follows_to_its_spaces(draft, julie):
    change_course(draft, by=julie, title="Mieux écouter")
    assert draft.sessions.get().space.about_title == "Mieux écouter"


def test_a_text_shows_something_before_it_is_published(lesson, julie, karim):
    for nothing in ("[a]: http://example.org", "---", "&nbsp;", "\u200b"):
        save_module(lesson, by=julie, body=nothing)
        with pytest.raises(Refused):
            publish_module(lesson, by=julie)
    save_module(lesson, by=julie, body="> Longtemps, je me suis couché de bonne heure.")
    assert publish_module(lesson, by=julie).published_at
    with pytest.raises(Refused):
        save_module(lesson, by=julie, body="---")
    lesson.refresh_from_db()
    assert "couché" in lesson.html
