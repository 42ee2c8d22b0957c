"""Plain functions that make what a test needs, with names that read in the test."""

import itertools
from datetime import date

from django.utils import timezone

from community.models import Membership, Post, Space, Thread
from core.markdown import render_document
from courses.models import Course, Enrolment, Module, Section, Session
from people.models import Organisation, Profile, RoleGrant, Standing, Unit, UnitMembership, User

PASSWORD = "palabre-demo"
numbers = itertools.count(1)


def make_organisation(name: str = "Lumen", **fields) -> Organisation:
    return Organisation.objects.create(name=name, slug=f"org-{next(numbers)}", **fields)


def make_unit(organisation: Organisation, name: str = "Ventes", **fields) -> Unit:
    return Unit.objects.create(organisation=organisation, name=name, **fields)


def make_user(
    name: str, *, organisation: Organisation | None, unit: Unit | None = None, role: str = "", **fields
) -> User:
    handle = fields.pop("handle", f"{name.lower().replace(' ', '-')}-{next(numbers)}")
    fields.setdefault("email", f"{handle}@example.org")
    user = User(name=name, handle=handle, organisation=organisation, **fields)
    # A hash that no password matches: hashing one costs more than most tests. `sign_in` needs none.
    user.set_unusable_password()
    user.save()
    Profile.objects.create(user=user)
    Standing.objects.create(user=user)
    if unit is not None:
        UnitMembership.objects.create(user=user, unit=unit, starts_on=date(2020, 1, 1))
    if role:
        grant_role(user, role)
    return user


def grant_role(user: User, role: str, unit: Unit | None = None) -> RoleGrant:
    user.__dict__.pop("roles", None)
    return RoleGrant.objects.create(user=user, role=role, organisation=user.organisation, unit=unit)


def make_space(organisation: Organisation, name: str = "Managers de proximité", **fields) -> Space:
    return Space.objects.create(organisation=organisation, name=name, slug=f"space-{next(numbers)}", **fields)


def join(space: Space, *users: User, role: str = "member") -> None:
    for user in users:
        Membership.objects.create(space=space, user=user, role=role, charter_accepted_at=timezone.now())


def make_thread(
    space: Space, author: User, title: str = "Qui valide ?", body: str = "Bonjour", **fields
) -> Thread:
    """A thread with its first post, made without actions: no event is recorded."""
    thread = Thread.objects.create(
        space=space, author=author, title=title, last_number=1, number_of_posts=1, **fields
    )
    Post.objects.create(thread=thread, number=1, author=author, body=body, html=f"<p>{body}</p>")
    return thread


def make_post(
    thread: Thread, author: User, body: str = "Voici.", parent: Post | None = None, **fields
) -> Post:
    thread.last_number += 1
    thread.number_of_posts += 1
    thread.save(update_fields=["last_number", "number_of_posts"])
    return Post.objects.create(
        thread=thread,
        number=thread.last_number,
        author=author,
        parent=parent,
        body=body,
        html=f"<p>{body}</p>",
        **fields,
    )


def make_course(
    organisation: Organisation, title: str = "Relation client", *, published: bool = True
) -> Course:
    """A course with one section and its open session, whose space carries the course's name."""
    course = Course.objects.create(
        organisation=organisation,
        title=title,
        slug=f"course-{next(numbers)}",
        published_at=timezone.now() if published else None,
    )
    Section.objects.create(course=course, title="Pour commencer", position=1)
    space = make_space(organisation, title, about_title=title, about_url=f"/courses/{course.slug}/")
    Session.objects.create(course=course, name=title, is_open=True, space=space)
    return course


def make_module(course: Course, title: str = "Les signaux faibles", kind: str = "text", **fields) -> Module:
    section = course.sections.first()
    fields.setdefault("published_at", timezone.now())
    fields.setdefault("html", render_document(fields.get("body", "")).html)
    return Module.objects.create(
        course=course, section=section, title=title, kind=kind, position=section.modules.count() + 1, **fields
    )


def enrol(user: User, course: Course) -> Enrolment:
    session = course.sessions.get(is_open=True)
    Membership.objects.get_or_create(space=session.space, user=user)
    return Enrolment.objects.create(session=session, user=user)
