"""One small house in which everything private belongs to Lumen, and those who stand at its doors.

Each text that somebody wrote holds a word found nowhere else (a canary): an answer that shows one to an outsider
has leaked. `World.secret(...)` makes them.
"""

import hashlib
from dataclasses import dataclass, field

from django.core.files.uploadedfile import SimpleUploadedFile

from community import actions as community
from community.models import Thread
from courses import actions as courses
from courses import uploads
from courses.shuffling import option_value
from gamification.models import Grant, Recognition
from notifications.models import Notification
from notifications.unsubscribing import stop_address
from people import actions as people
from people.models import DataRequest, RoleGrant
from tests import making
from tests.courses.films import mp4

PERSONS = [
    "anonymous",
    "stranger",
    "hr_elsewhere",
    "staff_elsewhere",
    "removed",
    "facilitator_elsewhere",
    "trainer",
    "member",
    "facilitator",
    "administrator",
]
OUTSIDE = ["anonymous", "stranger", "hr_elsewhere", "staff_elsewhere"]
# What each may read of Lumen's words, by the audience its canary names; nobody else reads anything.
MAY_READ = {name: set[str]() for name in OUTSIDE} | {
    "removed": {"lumen"},
    "facilitator_elsewhere": {"lumen"},
    "trainer": {"lumen", "course", "writers"},
    "member": {"lumen", "course", "space"},
    "facilitator": {"lumen", "course", "space", "facilitators", "writers"},
    "administrator": {"lumen", "course", "writers", "administrators"},
}


def canary(number: int) -> str:
    """Ten letters that look like no other canary: the search forgives small mistakes."""
    digest = hashlib.sha256(str(number).encode()).digest()
    return "qz" + "".join(chr(ord("a") + byte % 26) for byte in digest[:10])


@dataclass
class World:
    people: dict = field(default_factory=dict)
    objects: dict = field(default_factory=dict)
    # word → (what holds it, who may read it)
    canaries: dict[str, tuple[str, str]] = field(default_factory=dict)

    def secret(self, what: str, audience: str) -> str:
        """A word of letters only, so that search, slugs and mails keep it in one piece."""
        word = canary(len(self.canaries))
        self.canaries[word] = (what, audience)
        return word

    def put_aside(self) -> str:
        """The digest of a file that the facilitator is about to bring in; bringing it in takes it away."""
        word = self.import_word
        file = SimpleUploadedFile("bank.gift", f"::One::{word} {{=Yes ~No}}".encode())
        return uploads.put_aside(file, by=self.people["facilitator"]).digest

    def __getattr__(self, name: str):
        try:
            return self.__dict__["objects"][name]
        except KeyError:
            raise AttributeError(name) from None


def build(*, on: World | None = None, with_departure: bool = True) -> World:
    """The house, made by the same actions as the pages; MEDIA_ROOT must be a temporary folder."""
    world = on or World()
    _people(world)
    _space(world)
    _talk(world)
    _moderation(world)
    _elsewhere(world)
    _course(world)
    _film(world)
    _quiz(world)
    _draft_course(world)
    _paper(world)
    if with_departure:
        leave(world)
    return world


def _people(world: World) -> None:
    lumen, atelier = making.make_organisation("Lumen"), making.make_organisation("Atelier Nord")
    unit = making.make_unit(lumen, f"Unit {world.secret('unit name', 'lumen')}")
    world.objects |= {"lumen": lumen, "atelier": atelier, "unit": unit}
    homes = {name: atelier if name in OUTSIDE else lumen for name in PERSONS if name != "anonymous"}
    for name, home in homes.items():
        inside = home == lumen
        title = f"Person {world.secret(f'name of the {name}', 'lumen')}" if inside else f"Outsider {name}"
        world.people[name] = making.make_user(
            title, organisation=home, handle=name.replace("_", "-"), unit=unit if inside else None
        )
    for name in ["author", "asker"]:
        title = f"Person {world.secret(f'name of the {name}', 'lumen')}"
        world.objects[name] = making.make_user(title, organisation=lumen, handle=name, unit=unit)
    roles = {
        "hr_elsewhere": ["hr"],
        "staff_elsewhere": ["trainer", "hr", "administrator"],
        "facilitator_elsewhere": [],
        "trainer": ["trainer"],
        "facilitator": ["trainer"],
        "administrator": ["administrator"],
    }
    for name, held in roles.items():
        for role in held:
            making.grant_role(world.people[name], role)
    author = world.author
    people.change_profile(
        author,
        name=author.name,
        job_title=f"Job {world.secret('job title', 'lumen')}",
        bio=f"About {world.secret('bio', 'lumen')}",
        picture=picture_file(),
    )
    author.refresh_from_db()
    world.objects["picture"] = author.profile.picture.name.rsplit("/", 1)[-1]
    world.objects["skill"] = people.declare_skill(author, name=f"Skill {world.secret('skill', 'lumen')}")
    world.objects["own_skill"] = people.declare_skill(world.people["member"], name="Listening")


def _space(world: World) -> None:
    facilitator = world.people["facilitator"]
    space = community.create_space(
        world.lumen,
        by=facilitator,
        name=f"Space {world.secret('name of the hidden space', 'space')}",
        purpose=f"For {world.secret('purpose of the hidden space', 'space')}",
        charter=f"We {world.secret('charter of the hidden space', 'space')}",
        visibility="hidden",
    )
    for person in [world.author, world.asker, world.people["member"], world.people["removed"]]:
        community.add_member(space, user=person, by=facilitator)
        community.accept_charter(space, user=person)
    closed = community.create_space(world.lumen, by=facilitator, name="Closed room", visibility="closed")
    closed_thread = community.start_thread(
        closed,
        author=facilitator,
        title=f"Closed {world.secret('title in a closed space', 'facilitators')}",
        body=f"Inside {world.secret('post in a closed space', 'facilitators')}",
    )
    request = community.ask_to_join(
        closed, user=world.asker, message=f"Please {world.secret('word of a join request', 'facilitators')}"
    )
    world.objects |= {
        "space": space,
        "closed": closed,
        "closed_thread": closed_thread,
        "join_request": request,
    }


def _talk(world: World) -> None:
    space, author, member = world.space, world.author, world.people["member"]
    upload = SimpleUploadedFile(
        f"{world.secret('name of a file', 'space')}.pdf",
        b"%PDF-1.4 " + world.secret("file", "space").encode(),
    )
    attachment = community.attach_file(space, user=author, upload=upload)
    thread = community.start_thread(
        space,
        author=author,
        title=f"Thread {world.secret('title of a thread', 'space')}",
        body=f"Opening {world.secret('opening post', 'space')} [file]({attachment.get_absolute_url()})",
        kind="question",
        tags=[world.secret("tag", "space")],
    )
    reply = community.write_post(thread, author=member, body=f"Reply {world.secret('a reply', 'space')}")
    answer = community.write_post(
        thread,
        author=author,
        body=f"Answer {world.secret('an answer', 'space')} to @{member.handle} and @{world.people['removed'].handle}",
    )
    community.edit_post(reply, by=member, body=f"Reply again {world.secret('an edited reply', 'space')}")
    community.accept_answer(answer, by=author)
    poll = community.start_thread(
        space,
        author=author,
        title=f"Poll {world.secret('title of a poll', 'space')}",
        body=f"Choose {world.secret('body of a poll', 'space')}",
        kind="poll",
        choices=[f"Yes {world.secret('a choice', 'space')}", "No"],
    )
    gated = community.start_thread(
        space,
        author=author,
        title="Case",
        body="What would you do?",
        kind="case",
        gate=Thread.Gate.AFTER_REPLY,
    )
    kept_back = community.write_post(
        gated, author=world.asker, body=f"I would {world.secret('post behind a gate', 'facilitators')}"
    )
    community.save_draft(
        author, place=f"thread:{thread.pk}", body=f"Maybe {world.secret('a draft', 'nobody')}", sequence=1
    )
    world.objects |= {
        "attachment": attachment,
        "thread": thread,
        "place": f"thread:{thread.pk}",
        "post": answer,
        "reply": reply,
        "poll": poll,
        "gated": gated,
        "kept_back": kept_back,
    }


def _moderation(world: World) -> None:
    thread, facilitator = world.thread, world.people["facilitator"]
    flagged = community.write_post(
        thread, author=world.asker, body=f"Rude {world.secret('a hidden post', 'facilitators')}"
    )
    community.flag_post(
        flagged,
        by=world.author,
        reason="tone",
        comment=f"Because {world.secret('comment of a flag', 'facilitators')}",
    )
    decision = community.decide(
        flagged,
        by=facilitator,
        kind="hide",
        note=f"Please {world.secret('note of a decision', 'facilitators')}",
    )
    waiting = community.write_post(
        thread, author=world.asker, body=f"Odd {world.secret('a flagged post', 'space')}"
    )
    community.flag_post(
        waiting,
        by=world.author,
        reason="wrong",
        comment=f"Odd since {world.secret('a waiting flag', 'facilitators')}",
    )
    removed = community.write_post(
        thread, author=world.asker, body=f"Oops {world.secret('a removed post', 'nobody')}"
    )
    community.delete_post(removed, by=world.asker)
    world.objects |= {
        "hidden_post": flagged,
        "decision": decision,
        "flagged": waiting,
        "deleted_post": removed,
    }


def _elsewhere(world: World) -> None:
    """The other facilitator has a room of their own, and the other organisation has a life."""
    trainer = world.people["trainer"]
    other = community.create_space(world.lumen, by=trainer, name="Another room", visibility="hidden")
    community.add_facilitator(other, user=world.people["facilitator_elsewhere"], by=trainer)
    staff = world.people["staff_elsewhere"]
    abroad = community.create_space(world.atelier, by=staff, name="Abroad", visibility="open")
    world.objects |= {"other_space": other, "abroad": abroad}


def _course(world: World) -> None:
    facilitator = world.people["facilitator"]
    course = courses.create_course(
        by=facilitator,
        title=f"Course {world.secret('title of a course', 'lumen')}",
        summary=f"In short {world.secret('summary of a course', 'lumen')}",
        description=f"At length {world.secret('description of a course', 'lumen')}",
        objectives=f"Able to {world.secret('objectives of a course', 'lumen')}",
    )
    section = course.sections.get()
    courses.rename_section(
        section, by=facilitator, title=f"Section {world.secret('title of a section', 'lumen')}"
    )
    text = courses.add_module(
        section,
        by=facilitator,
        kind="text",
        title=f"Module {world.secret('title of a module', 'lumen')}",
        body=f"Text {world.secret('text of a module', 'course')}",
        objective=f"Goal {world.secret('objective of a module', 'lumen')}",
        prompt=f"And you {world.secret('prompt of a module', 'course')}?",
    )
    courses.publish_module(text, by=facilitator)
    name = f"{world.secret('name of a file', 'course')}.pdf"
    lesson_file = courses.put_into_lesson(
        text,
        by=facilitator,
        upload=SimpleUploadedFile(name, b"%PDF-1.4 " + world.secret("a lesson's file", "course").encode()),
    )
    body = f"{text.body} {lesson_file.markdown}"
    courses.save_state(text, by=facilitator, edition=0, state={"minutes": 7, "body": body})
    text.refresh_from_db()
    courses.publish_course(course, by=facilitator)
    session = course.sessions.get()
    dated = courses.open_session(
        course, by=facilitator, name=f"Run {world.secret('name of a session', 'writers')}"
    )
    for person in [world.people["member"], world.people["removed"], world.author]:
        courses.open_module(courses.enrol(person, session), text)
    world.objects |= {"course": course, "section": section, "text": text, "session": session, "dated": dated}
    world.objects["lesson_file"] = lesson_file
    world.objects["enrolment"] = session.enrolments.get(user=world.author)


def _film(world: World) -> None:
    facilitator = world.people["facilitator"]
    module = courses.add_module(
        world.section, by=facilitator, kind="video", title=f"Film {world.secret('title of a film', 'lumen')}"
    )
    video = courses.upload_video(
        module,
        by=facilitator,
        file=SimpleUploadedFile("film.mp4", mp4(100) + world.secret("a film", "course").encode()),
        poster=SimpleUploadedFile("poster.jpg", picture_file().read()),
    )
    vtt = f"WEBVTT\n\n00:01.000 --> 00:03.000\nSaid {world.secret('a caption', 'course')}\n"
    caption = courses.save_caption(video, by=facilitator, language="fr", content=vtt.encode())
    courses.publish_module(module, by=facilitator)
    world.objects |= {"film": module, "video": video, "caption": caption}
    for name in ["member", "removed"]:
        courses.open_module(world.session.enrolments.get(user=world.people[name]), module)


def _quiz(world: World) -> None:
    facilitator = world.people["facilitator"]
    module = courses.add_module(
        world.section, by=facilitator, kind="quiz", title=f"Quiz {world.secret('title of a quiz', 'lumen')}"
    )
    question = courses.create_question(
        by=facilitator,
        text=f"Which {world.secret('a question', 'course')}?",
        feedback=f"Since {world.secret('feedback of a question', 'writers')}",
        category=f"About {world.secret('category of a question', 'writers')}",
        options=[
            courses.Choice(f"This {world.secret('an option', 'course')}", True, "Indeed"),
            courses.Choice("That", False, f"No {world.secret('feedback of an option', 'writers')}"),
        ],
    )
    courses.compose_quiz(module.quiz, by=facilitator, questions=[question])
    courses.publish_module(module, by=facilitator)
    member = world.session.enrolments.get(user=world.people["member"])
    attempt = courses.start_attempt(member, module.quiz)
    option = option_value(attempt.pk, question.options.get(correct=True).pk)
    world.objects |= {"quiz": module, "question": question, "option": option}


def _draft_course(world: World) -> None:
    facilitator = world.people["facilitator"]
    draft = courses.create_course(
        by=facilitator, title=f"Draft {world.secret('title of a draft course', 'writers')}"
    )
    module = courses.add_module(
        draft.sections.get(),
        by=facilitator,
        kind="text",
        title="Not yet",
        body=world.secret("draft module", "writers"),
    )
    world.objects |= {"draft_course": draft, "draft_module": module}


def _paper(world: World) -> None:
    """What an administrator and a person keep: invitation, role, data request, notice, recognition, import."""
    member, administrator = world.people["member"], world.people["administrator"]
    invitation, secret = people.invite(
        world.lumen,
        by=administrator,
        email=f"{world.secret('an invited address', 'administrators')}@example.org",
    )
    code, code_secret = people.invite(world.lumen, by=administrator, kind="code", max_uses=5)
    unit = people.add_unit(world.lumen, name=f"Team {world.secret('name of another unit', 'lumen')}")
    asked = people.ask_for_data(world.author, kind=DataRequest.Kind.EXPORT)
    people.fill_export(asked)
    mine = people.ask_for_data(member, kind=DataRequest.Kind.EXPORT)
    people.fill_export(mine)
    notice = Notification.objects.create(
        user=member,
        kind=Notification.Kind.MENTION,
        thread=world.thread,
        first_post=world.post,
        last_post=world.post,
    )
    world.objects["import_word"] = world.secret("an import", "facilitators")
    space, facilitator = world.space, world.people["facilitator"]
    gone = making.make_user("Gone", organisation=world.lumen, handle="gone")
    community.add_member(space, user=gone, by=facilitator)
    word = world.secret("why somebody was taken out", "facilitators")
    departure = community.remove_member(space, user=gone, by=facilitator, reason=word)
    word = world.secret("why somebody is silent", "facilitators")
    mute = community.mute_member(space, user=world.asker, by=facilitator, reason=word, days=7)
    recognition = Recognition.objects.first()
    Grant.objects.create(
        user=world.author, recognition=recognition, evidence=f"post:{world.post.pk}", event_id=1
    )
    world.objects |= {
        "departure": departure,
        "mute": mute,
        "invitation": invitation,
        "invitation_secret": secret,
        "code": code,
        "code_secret": code_secret,
        "other_unit": unit,
        "grant": RoleGrant.objects.get(user=world.people["facilitator"]),
        "data_request": mine,
        "erasure": people.ask_for_data(member, kind=DataRequest.Kind.ERASURE),
        "others_data": asked,
        "others_erasure": people.ask_for_data(world.author, kind=DataRequest.Kind.ERASURE),
        "notice": notice,
        "stop_token": stop_address(member.pk, [Notification.Kind.MENTION]).rstrip("/").rsplit("/", 1)[-1],
    }


def leave(world: World) -> None:
    removed = world.people["removed"]
    community.leave_space(world.space, user=removed)
    courses.unenrol(world.session.enrolments.get(user=removed))


def picture_file() -> SimpleUploadedFile:
    from io import BytesIO

    from PIL import Image

    written = BytesIO()
    Image.new("RGB", (64, 64), "green").save(written, "JPEG")
    return SimpleUploadedFile("face.jpg", written.getvalue(), "image/jpeg")
