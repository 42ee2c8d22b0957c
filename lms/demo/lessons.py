"""Makes the courses of the demo academy: modules, films, quizzes, who is enrolled, and the talk beside each module."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import override

from community.models import Membership, Post, Space, Thread
from courses import actions
from courses.models import Course, Enrolment, Module, ModuleThread, Question, Section, Session
from events.models import Event
from lms.demo import content
from lms.demo.clock import Clock
from lms.demo.conversations import Conversations
from lms.demo.log import Log
from lms.demo.places import Places
from lms.demo.population import Population
from people.models import User

MEDIA = Path(__file__).parent / "media"


@dataclass
class Run:
    """A course in one organisation, with its modules in order and its people."""

    course: Course
    session: Session
    described: dict[str, Any]
    pace: float
    opened: datetime
    modules: list[tuple[dict[str, Any], Module]] = field(default_factory=list)
    enrolments: list[Enrolment] = field(default_factory=list)


class Lessons:
    def __init__(
        self, clock: Clock, log: Log, people: Population, places: Places, conversations: Conversations
    ) -> None:
        self.clock, self.log, self.people, self.places = clock, log, people, places
        self.conversations = conversations
        self.runs: list[Run] = []
        self.addresses: dict[str, tuple[str, str]] = {}

    def make(self) -> None:
        for described in content.courses():
            for number, terms in enumerate(described["runs"]):
                with override(described["language"]):
                    self._run(described, terms, talks=number == 0)

    def _run(self, described: dict[str, Any], terms: dict[str, Any], *, talks: bool) -> None:
        author = self.people[terms["by"]]
        opened = self.clock.days_ago(terms["opened"], Random(described["slug"] + terms["organisation"]))
        before = Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        run = self._course(described, terms, author, opened, first=talks)
        self._modules(run, author)
        for _described, module in run.modules:
            actions.publish_module(module, by=author)
        actions.publish_course(run.course, by=author)
        self._date(run, before)
        self._let_in(run, terms, talks=talks)
        if talks:
            for one, module in run.modules:
                self._talk(run, one, module)
        self.runs.append(run)

    def _course(self, described: dict, terms: dict, author: User, opened: datetime, *, first: bool) -> Run:
        due = self.clock.today + timedelta(days=described["deadline"]) if "deadline" in described else None
        course = actions.create_course(
            by=author, title=described["title"], summary=described["summary"], language=described["language"],
            slug=described["slug"] if first else f"{described['slug']}-{terms['organisation']}",
            objectives="\n".join(described["objectives"]), mandatory=described.get("mandatory", False), due_on=due,
        )  # fmt: skip
        session = course.sessions.select_related("space").get(is_open=True)
        return Run(course, session, described, terms["pace"], opened)

    def _modules(self, run: Run, author: User) -> None:
        for number, described in enumerate(run.described["sections"]):
            section = self._section(run.course, described["title"], author, first=number == 0)
            for one in described["modules"]:
                module = actions.add_module(
                    section, by=author, kind=one["kind"], title=one["title"], objective=one["objective"],
                    minutes=one["minutes"], prompt=one["prompt"], body=one.get("body", ""),
                )  # fmt: skip
                if "rules" in one:
                    actions.set_rules(module, by=author, rules=one["rules"])
                if one["kind"] == "video":
                    self._film(module, one["video"], author)
                elif one["kind"] == "quiz":
                    self._quiz(run, module, one, author)
                run.modules.append((one, module))
                self.addresses[f"{run.described['folder']}/{one['key']}"] = (
                    module.title,
                    module.get_absolute_url(),
                )

    def _section(self, course: Course, title: str, author: User, *, first: bool) -> Section:
        if first:
            return actions.rename_section(course.sections.get(), by=author, title=title)
        return actions.add_section(course, by=author, title=title)

    def _film(self, module: Module, name: str, author: User) -> None:
        film = SimpleUploadedFile(f"{name}.mp4", (MEDIA / f"{name}.mp4").read_bytes(), "video/mp4")
        poster = SimpleUploadedFile(f"{name}.webp", (MEDIA / f"{name}.webp").read_bytes(), "image/webp")
        video = actions.upload_video(module, by=author, file=film, poster=poster)
        for language in ("fr", "en"):
            captions = (MEDIA / f"{name}.{language}.vtt").read_bytes()
            actions.save_caption(video, by=author, language=language, content=captions)

    def _quiz(self, run: Run, module: Module, described: dict[str, Any], author: User) -> None:
        tags = set(described["tags"])
        chosen = [
            self._question(run, row, described, author)
            for row in content.bank(described["bank"])
            if not tags or tags & set(row.get("tags", []))
        ]
        actions.compose_quiz(module.quiz, by=author, questions=chosen)
        actions.set_quiz(module.quiz, by=author, pass_mark=described["pass"], max_attempts=None)

    def _question(self, run: Run, row: dict[str, Any], described: dict[str, Any], author: User) -> Question:
        """From the bank, made once in each organisation; the right answer is not always the first."""
        external = f"demo:{row['key']}"
        home = author.organisation
        if made := Question.objects.filter(organisation=home, external_id=external).first():
            return made
        language = run.course.language
        options = list(row["options"])
        Random(row["key"]).shuffle(options)
        several = sum(correct for correct, _text, _why in options) > 1
        return actions.create_question(
            by=author, text=content.spaced(row["q"], language), language=language,
            feedback=content.spaced(row["why"], language), category=run.course.title,
            kind=Question.Kind.MULTIPLE if several else Question.Kind.SINGLE, external_id=external,
            options=[
                actions.Choice(content.spaced(text, language), correct, content.spaced(why, language))
                for correct, text, why in options
            ],
        )  # fmt: skip

    def _date(self, run: Run, before: int) -> None:
        """What was just made was made when the run opened: rows, conversations and log."""
        at = run.opened
        Event.objects.filter(pk__gt=before).update(at=at)
        Course.objects.filter(pk=run.course.pk).update(created_at=at, published_at=at)
        Module.objects.filter(course=run.course).update(published_at=at)
        Session.objects.filter(pk=run.session.pk).update(created_at=at)
        space = run.session.space
        Space.objects.filter(pk=space.pk).update(created_at=at)
        Membership.objects.filter(space=space).update(joined_at=at, charter_accepted_at=at)
        Thread.objects.filter(space=space).update(created_at=at, last_post_at=at)
        Post.objects.filter(thread__space=space).update(created_at=at, changed_at=at)
        self.places.seats[space.pk] = {
            seat.user_id: seat for seat in Membership.objects.filter(space=space).select_related("user")
        }
        for seat in self.places.seats[space.pk].values():
            seat.user = self.people[self.people.keys[seat.user_id]]

    def _let_in(self, run: Run, terms: dict[str, Any], *, talks: bool) -> None:
        home = terms["organisation"]
        at_home = {self.people.keys[user.pk] for user in self.people.of(home)}
        writers = {reply.author for talk in run.described["talk"].values() for reply in talk.replies if talks}
        keys = sorted(writers & at_home) + self._audience(run, terms, writers)
        keys = list(dict.fromkeys(keys))[: max(terms["learners"], len(writers))]
        space = run.session.space
        seated = {self.people.keys[pk] for pk in self.places.seats[space.pk]}
        facilitators = [key for key in run.described["facilitators"] if key in at_home]
        newcomers = [key for key in dict.fromkeys(facilitators + keys) if key not in seated]
        since = (self.clock.now - run.opened) / timedelta(days=1)
        self.places.seat(space, newcomers, facilitators=facilitators, since=since)
        for key in keys:
            user = self.people[key]
            at = self.places.seats[space.pk][user.pk].joined_at
            run.enrolments.append(
                Enrolment(session=run.session, user=user, course_version=run.course.version, enrolled_at=at)
            )
        Enrolment.objects.bulk_create(run.enrolments)
        for enrolment in run.enrolments:
            self.log.add(
                "courses.enrolled", enrolment.user, enrolment, enrolment.enrolled_at, space_id=space.pk,
                session_id=run.session.pk, data={"by": enrolment.user_id, "course": run.course.pk},
            )  # fmt: skip

    def _audience(self, run: Run, terms: dict[str, Any], writers: set[str]) -> list[str]:
        """Awa first, then people of the units the course is for, in an order that never changes."""
        units, since = terms["units"], self.clock.now - timedelta(days=30)
        people = [
            user
            for user in self.people.of(terms["organisation"])
            if (not units or self.people.parts[user.pk].unit in units)
            and (user.left_at is None or user.left_at > since)
        ]
        author = terms["by"]
        keys = [
            self.people.keys[user.pk] for user in people if self.people.keys[user.pk] not in (author, "awa")
        ]
        Random(run.described["slug"]).shuffle(keys)
        known = run.described["folder"] in ("relation-client", "rgpd")
        return (["awa"] if known else []) + keys

    def _talk(self, run: Run, described: dict[str, Any], module: Module) -> None:
        talk = run.described["talk"].get(described["key"])
        if talk is None:
            return
        thread = ModuleThread.objects.get(module=module, space=run.session.space).thread
        self.conversations.follow(thread, talk, run.opened)
