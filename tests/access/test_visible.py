"""What each rule of access shows to whom: exact sets, for everybody of two organisations (tests/access/conftest.py)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from community.models import (
    Attachment,
    Decision,
    Flag,
    Membership,
    Post,
    Resolution,
    Space,
    Thread,
    ThreadPass,
)
from courses.models import Course, Enrolment, Module, Session
from notifications.models import Notification
from people.models import User
from tests.making import enrol, join, make_course, make_module, make_post, make_space, make_thread

NOW = timezone.now()
ALL_OF_LUMEN = "ada awa julie karim tom"


@pytest.fixture
def spaces(people):
    """Awa is a member of each but those of the other house, Julie facilitates each, Ines is a guest of one."""
    found = {
        "open": make_space(people.lumen, visibility="open"),
        "closed": make_space(people.lumen, visibility="closed"),
        "hidden": make_space(people.lumen, visibility="hidden"),
        "elsewhere": make_space(people.atelier, visibility="open"),
        "hidden elsewhere": make_space(people.atelier, visibility="hidden"),
    }
    for name in ("open", "closed", "hidden"):
        join(found[name], people.awa)
        join(found[name], people.julie, role="facilitator")
    join(found["hidden"], people.ines)
    join(found["hidden elsewhere"], people.ines)
    return found


def test_people_know_their_own_organisation(people, seen):
    User.objects.filter(pk=people.tom.pk).update(anonymised_at=NOW)
    User.objects.filter(pk=people.ada.pk).update(is_active=False)
    rows = {person.name: person for person in people.everybody}

    assert seen(User.objects.visible_to, rows) == {
        **dict.fromkeys(("ada", "awa", "julie", "karim"), ALL_OF_LUMEN),
        "tom": "",
        "ines": "ines ivo",
        "ivo": "ines ivo",
        "nobody's": "",
    }
    assert {person.name for person in User.objects.active()} == {
        "awa",
        "julie",
        "karim",
        "ines",
        "ivo",
        "nobody's",
    }


def test_spaces(spaces, seen):
    assert seen(Space.objects.visible_to, spaces) == {
        "open": f"{ALL_OF_LUMEN}",
        "closed": ALL_OF_LUMEN,
        "hidden": "awa ines julie",
        "elsewhere": "ines ivo",
        "hidden elsewhere": "ines",
    }
    assert seen(Space.objects.readable_by, spaces) == {
        "open": ALL_OF_LUMEN,
        "closed": "awa julie",
        "hidden": "awa ines julie",
        "elsewhere": "ines ivo",
        "hidden elsewhere": "ines",
    }
    assert seen(Space.objects.of_member, spaces) == {
        "open": "awa julie",
        "closed": "awa julie",
        "hidden": "awa ines julie",
        "elsewhere": "",
        "hidden elsewhere": "ines",
    }
    facilitated = {name: "julie" if name in ("open", "closed", "hidden") else "" for name in spaces}
    assert seen(Space.objects.facilitated_by, spaces) == facilitated


def test_spaces_to_browse_are_those_of_their_own_that_are_not_archived(people):
    shown = make_space(people.lumen)
    make_space(people.lumen, archived_at=NOW)
    make_space(people.lumen, about_url="/courses/x/")
    assert list(Space.objects.listed()) == [shown]


@pytest.fixture
def threads(people, spaces):
    found = {name: make_thread(space, people.awa, title=name) for name, space in spaces.items()}
    found["removed"] = make_thread(spaces["open"], people.awa, deleted_at=NOW)
    found["withdrawn"] = make_thread(spaces["open"], people.awa, closed_at=NOW)
    return found


def test_threads(threads, seen):
    assert seen(Thread.objects.visible_to, threads) == {
        "open": ALL_OF_LUMEN,
        "closed": "awa julie",
        "hidden": "awa ines julie",
        "elsewhere": "ines ivo",
        "hidden elsewhere": "ines",
        "removed": "",
        "withdrawn": "",
    }


def test_threads_in_lists_stand_and_say_something(people, spaces):
    def made(**fields):
        return make_thread(spaces["open"], people.awa, **fields)

    shown = [made(), made(gate="after_reply"), made(gate="pass"), made(gate="pass")]
    Thread.objects.filter(pk__in=[one.pk for one in shown[2:]]).update(number_of_posts=2)
    for silent in (made(gate="pass"), made(gate="pass"), made(deleted_at=NOW), made(closed_at=NOW)):
        Thread.objects.filter(pk=silent.pk).update(number_of_posts=1 if silent.gate == "pass" else 5)
    assert set(Thread.objects.listed()) == set(shown)
    posts = Post.objects.filter(Thread.is_listed(at="thread__"))
    assert {post.thread for post in posts} == set(shown)


def test_a_gate_is_open_to_who_passed_and_who_facilitates(people, spaces, seen):
    gated = {
        gate: make_thread(spaces["open"], people.awa, gate=gate) for gate in ("open", "after_reply", "pass")
    }
    gated["another space"] = make_thread(spaces["elsewhere"], people.ines, gate="pass")
    ThreadPass.objects.create(thread=gated["pass"], user=people.karim)
    Membership.objects.filter(user=people.awa).update(role="member")
    assert seen(lambda user: Thread.objects.filter(Thread.gate_is_open_for(user)), gated) == {
        "open": "ada awa ines ivo julie karim nobody's tom",
        "after_reply": "julie",
        "pass": "julie karim",
        "another space": "",
    }


def test_posts_behind_a_gate_are_the_opening_and_ones_own(people, spaces, seen):
    gated = make_thread(spaces["open"], people.awa, gate="after_reply")
    free = make_thread(spaces["closed"], people.awa)
    ThreadPass.objects.create(thread=gated, user=people.tom)
    ThreadPass.objects.create(thread=gated, user=people.ines)
    posts = {
        "opening": gated.posts.get(number=1),
        "of karim": make_post(gated, people.karim),
        "of nobody": make_post(gated, people.karim),
        "free": make_post(free, people.awa),
        "removed": make_post(free, people.awa, deleted_at=NOW),
        "hidden": make_post(free, people.awa, hidden_at=NOW),
    }
    Post.objects.filter(pk=posts["of nobody"].pk).update(author=None)

    assert seen(Post.objects.visible_to, posts) == {
        "opening": ALL_OF_LUMEN,
        "of karim": "julie karim tom",
        "of nobody": "julie tom",
        "free": "awa julie",
        "removed": "",
        "hidden": "",
    }
    assert seen(Post.objects.within_reach_of, posts) == {
        **dict.fromkeys(("opening", "of karim", "of nobody"), ALL_OF_LUMEN),
        **dict.fromkeys(("free", "removed", "hidden"), "awa julie"),
    }
    assert set(Post.objects.filter(thread=free).published()) == {free.posts.get(number=1), posts["free"]}
    hidden_of_karim = make_post(gated, people.karim, hidden_at=NOW)
    gone = make_post(gated, people.karim, hidden_at=NOW, deleted_at=NOW)
    assert seen(Post.objects.readable_by, posts | {"hidden of karim": hidden_of_karim, "gone": gone}) == {
        "opening": ALL_OF_LUMEN,
        "of karim": "julie karim tom",
        "of nobody": "julie tom",
        "free": "awa julie",
        "removed": "",
        "hidden": "awa julie",
        "hidden of karim": "julie karim",
        "gone": "",
    }
    for fields in ({"deleted_at": NOW}, {"closed_at": NOW}):
        Thread.objects.update(deleted_at=None, closed_at=None)
        Thread.objects.filter(pk=gated.pk).update(**fields)
        assert seen(Post.objects.readable_by, {"hidden": hidden_of_karim})["hidden"] == ""
        assert seen(Post.objects.visible_to, posts)["opening"] == ""


def test_flags_await_who_facilitates_but_not_on_what_they_wrote(people, spaces, seen):
    thread, other = make_thread(spaces["closed"], people.awa), make_thread(spaces["elsewhere"], people.ines)
    removed = make_thread(spaces["closed"], people.awa)
    withdrawn = make_thread(spaces["closed"], people.awa)
    join(spaces["closed"], people.karim, role="facilitator")
    decided = make_post(thread, people.awa)
    posts = {
        "of awa": make_post(thread, people.awa),
        "of julie": make_post(thread, people.julie),
        "of who left": make_post(thread, people.awa),
        "decided": decided,
        "removed": make_post(thread, people.awa, deleted_at=NOW),
        "of a removed thread": make_post(removed, people.awa),
        "of a withdrawn thread": make_post(withdrawn, people.awa),
        "elsewhere": make_post(other, people.ines),
    }
    flags = {
        name: Flag.objects.create(post=post, by=people.tom, reason="tone") for name, post in posts.items()
    }
    Post.objects.filter(pk=posts["of who left"].pk).update(author=None)
    Flag.objects.filter(post=decided).update(decision=Decision.objects.create(post=decided, kind="keep"))
    Thread.objects.filter(pk=removed.pk).update(deleted_at=NOW)
    Thread.objects.filter(pk=withdrawn.pk).update(closed_at=NOW)

    assert seen(Flag.objects.to_decide_by, flags) == {
        **dict.fromkeys(flags, ""),
        "of awa": "julie karim",
        "of julie": "karim",
        "of who left": "julie karim",
    }
    assert set(Flag.objects.open()) == set(flags.values()) - {flags["decided"]}


def test_a_question_is_unanswered_until_somebody_else_replies(people, spaces):
    def asked(kind: str = "question") -> Thread:
        return make_thread(spaces["open"], people.awa, kind=kind)

    alone, oneself, answered, removed, hidden = (asked() for _ in range(5))
    discussion = asked("discussion")
    make_post(oneself, people.awa)
    kept = make_post(answered, people.karim)
    make_post(removed, people.karim, deleted_at=NOW)
    make_post(hidden, people.karim, hidden_at=NOW)
    opened = asked()
    opened.posts.update(author=people.karim)  # an import knows who wrote the words
    Resolution.objects.create(thread=answered, post=kept, by=people.awa)

    questions = {alone, oneself, answered, removed, hidden, opened}
    assert set(Thread.objects.questions()) == questions
    assert set(Thread.objects.unanswered()) == questions - {answered}
    assert set(Thread.objects.unresolved()) == (questions | {discussion}) - {answered}


@pytest.fixture
def courses(people):
    """Awa follows all of Lumen's and one of the other house; Ines has left hers."""
    found = {
        "published": make_course(people.lumen),
        "draft": make_course(people.lumen, published=False),
        "archived": make_course(people.lumen),
        "elsewhere": make_course(people.atelier),
        "draft elsewhere": make_course(people.atelier, published=False),
    }
    Course.objects.filter(pk=found["archived"].pk).update(archived_at=NOW)
    for name in ("published", "draft", "archived", "elsewhere"):
        enrol(people.awa, found[name])
    for name in ("published", "draft elsewhere"):
        enrolment = enrol(people.ines, found[name])
        Enrolment.objects.filter(pk=enrolment.pk).update(left_at=NOW)
    return found


def test_courses(courses, seen):
    assert seen(Course.objects.visible_to, courses) == {
        "published": ALL_OF_LUMEN,
        "draft": "ada awa tom",
        "archived": "ada awa tom",
        "elsewhere": "awa ines ivo",
        "draft elsewhere": "ivo",
    }
    assert seen(Course.objects.editable_by, courses) == {
        **dict.fromkeys(("published", "draft", "archived"), "ada tom"),
        **dict.fromkeys(("elsewhere", "draft elsewhere"), "ivo"),
    }
    assert set(Course.objects.published()) == {courses["published"], courses["elsewhere"]}


def test_modules(people, courses, seen):
    later = make_course(people.lumen)
    later.sessions.update(opens_at=timezone.now() + timedelta(hours=1))
    enrol(people.awa, later)
    begun = make_course(people.lumen)
    begun.sessions.update(opens_at=timezone.now() - timedelta(hours=1))
    enrol(people.awa, begun)
    everywhere = {**courses, "later": later, "begun": begun}
    modules = {name: make_module(course) for name, course in everywhere.items()}
    modules["unpublished"] = make_module(courses["published"], published_at=None)

    writers = dict.fromkeys(modules, "ada tom") | dict.fromkeys(("elsewhere", "draft elsewhere"), "ivo")
    assert seen(Module.objects.editable_by, modules) == writers
    assert seen(Module.objects.visible_to, modules) == writers | {
        **dict.fromkeys(("published", "later", "begun"), ALL_OF_LUMEN),
        **dict.fromkeys(("draft", "archived"), "ada awa tom"),
        "elsewhere": "awa ines ivo",
    }
    assert seen(Module.objects.readable_by, modules) == writers | {
        **dict.fromkeys(("published", "begun", "draft", "archived"), "ada awa tom"),
        "elsewhere": "awa ivo",
    }
    assert set(Module.objects.published()) == set(modules.values()) - {modules["unpublished"]}


def test_enrolments(people, courses, seen):
    enrolments = {f"{one.user.name} {one.session.course.pk}": one for one in Enrolment.objects.all()}
    at = {name: course.pk for name, course in courses.items()}

    assert seen(Enrolment.objects.visible_to, enrolments) == {
        **{f"awa {at[name]}": "ada awa tom" for name in ("published", "draft", "archived")},
        f"awa {at['elsewhere']}": "awa ivo",
        f"ines {at['published']}": "ada ines tom",
        f"ines {at['draft elsewhere']}": "ines ivo",
    }
    assert {one.user.name for one in Enrolment.objects.active()} == {"awa"}
    courses["draft"].sessions.update(opens_at=timezone.now() + timedelta(hours=1))
    courses["archived"].sessions.update(opens_at=timezone.now() - timedelta(hours=1))
    begun = {enrolments[f"awa {at[name]}"] for name in ("published", "archived", "elsewhere")}
    assert set(Enrolment.objects.begun()) == begun


def test_notices_are_ones_own_about_what_one_may_read(people, spaces, seen):
    closed, foreign = make_thread(spaces["closed"], people.awa), make_thread(spaces["elsewhere"], people.ines)
    posts = {
        "standing": make_post(closed, people.julie),
        "removed": make_post(closed, people.julie, deleted_at=NOW),
        "hidden": make_post(closed, people.julie, hidden_at=NOW),
    }

    def notice(to, *, kind="reply", post=None, thread=closed):
        return Notification.objects.create(user=to, kind=kind, thread=thread, last_post=posts.get(post))

    notices = {
        "of none": notice(people.awa),
        "standing": notice(people.awa, kind="thread", post="standing"),
        "removed": notice(people.awa, kind="mention", post="removed"),
        "hidden": notice(people.awa, kind="accepted", post="hidden"),
        "decision": notice(people.awa, kind="decision", post="hidden"),
        "flag": notice(people.julie, kind="flag", post="removed"),
        "no longer mine to read": notice(people.karim, post="standing"),
        "elsewhere": notice(people.awa, thread=foreign),
        "my space": Notification.objects.create(user=people.awa, kind="added", space=spaces["hidden"]),
        "no longer my space": Notification.objects.create(
            user=people.karim, kind="added", space=spaces["hidden"]
        ),
    }
    Notification.objects.filter(pk=notices["standing"].pk).update(read_at=NOW)

    assert seen(Notification.objects.visible_to, notices) == {
        **dict.fromkeys(notices, ""),
        **dict.fromkeys(("of none", "standing", "decision", "my space"), "awa"),
        "flag": "julie",
    }
    assert set(Notification.objects.unread()) == set(notices.values()) - {notices["standing"]}


def test_rows_are_found_at_addresses_of_their_own(people, spaces, courses):
    thread = make_thread(spaces["open"], people.awa)
    post = make_post(thread, people.karim)
    file = Attachment.objects.create(
        space=thread.space, name="plan.pdf", media_type="application/pdf", size=1
    )
    notice = Notification.objects.create(user=people.awa, kind="reply", thread=thread, first_post=post)
    assert [row.get_absolute_url() for row in (thread.space, thread, post, file, notice)] == [
        f"/spaces/{thread.space.slug}/",
        f"/threads/{thread.pk}/",
        f"/posts/{post.pk}/",
        f"/media/attachments/{file.pk}/plan.pdf",
        f"/notifications/{notice.pk}/",
    ]
    assert people.awa.get_absolute_url() == f"/people/{people.awa.handle}/"
    assert courses["published"].get_absolute_url() == f"/courses/{courses['published'].slug}/"


def test_accounts_are_made_with_what_signs_them_in(people):
    first = User.objects.create_superuser("Ada.Byron@Example.ORG", "a-long-secret")
    named = User.objects.create_superuser("root@example.org", "a-long-secret", name="Root", handle="the-root")
    plain = User.objects.create_user(name="Plain", handle="plain", organisation=people.lumen)

    assert (first.name, first.handle, first.email) == ("Ada.Byron", "Ada-Byron", "ada.byron@example.org")
    assert (named.name, named.handle) == ("Root", "the-root")
    assert [one.check_password("a-long-secret") for one in (first, named, plain)] == [True, True, False]
    assert [(one.is_staff, one.is_superuser) for one in (first, plain)] == [(True, True), (False, False)]
    assert (plain.email, plain.organisation) == (None, people.lumen)
    assert User.objects.filter(pk__in=[first.pk, named.pk, plain.pk]).count() == 3


def test_a_session_has_ended_at_its_closing_date():
    assert Session(closes_at=NOW).has_ended(NOW)
    assert not Session(closes_at=NOW + timedelta(seconds=1)).has_ended(NOW)
    assert not Session().has_ended(NOW)
