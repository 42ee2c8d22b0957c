"""How far the people of the demo academy went in their courses: opened, watched, tried, done, week after week."""

from datetime import datetime, timedelta
from random import Random
from typing import Any

from community.models import Post, Thread, ThreadPass
from courses import grading
from courses.actions import count_talk
from courses.actions.conversations import thread_of_question
from courses.models import Answer, Attempt, Enrolment, Module, ModuleThread, Progress, Question, WatchedRange
from events.models import Event
from lms.demo.lessons import Lessons, Run

# Where Awa is: (modules done, seconds into the film of the next one, hours since she was there).
AWA = {"relation-client": (3, 40.0, 26), "rgpd": (5, 0.0, 150)}


class Studies:
    def __init__(self, lessons: Lessons) -> None:
        self.lessons, self.clock, self.log = lessons, lessons.clock, lessons.log
        self.people, self.places = lessons.people, lessons.places
        self.progress: list[Progress] = []
        self.ranges: list[WatchedRange] = []
        self.attempts: list[Attempt] = []
        self.answers: list[Answer] = []
        self.questions: dict[int, list[tuple[Question, list[Any]]]] = {}
        self.threads: dict[tuple[int, int], Thread] = {}
        # Who wrote beside which module, and when first.
        self.written: dict[int, dict[int, datetime]] = {}

    def happen(self) -> None:
        for run in self.lessons.runs:
            written = self._first_words(run)
            for author, modules in written.items():
                self.written.setdefault(author, {}).update(modules)
            for enrolment in run.enrolments:
                self._study(run, enrolment, written.get(enrolment.user_id, {}))
        self._save()

    def _first_words(self, run: Run) -> dict[int, dict[int, datetime]]:
        """When each person first wrote beside each module: they had opened it by then."""
        rows = Post.objects.filter(number__gt=1, thread__space=run.session.space).order_by("-created_at")
        by_thread = dict(run.session.space.threads.values_list("pk", "title"))
        modules = {module.title: module.pk for _described, module in run.modules}
        found: dict[int, dict[int, datetime]] = {}
        for author, thread, at in rows.values_list("author", "thread", "created_at"):
            found.setdefault(author, {})[modules[by_thread[thread]]] = at
        return found

    def _study(self, run: Run, enrolment: Enrolment, written: dict[int, datetime]) -> None:
        chance = Random(f"{run.course.slug} {enrolment.user.handle}")
        done = self._depth(run, enrolment, written, chance)
        opened = self._openings(run, enrolment, written, done, chance)
        seconds = 0.0
        if self._is_awa(enrolment) and run.described["folder"] in AWA:
            seconds = AWA[run.described["folder"]][1]
        last = enrolment.enrolled_at
        for position, ((described, module), at) in enumerate(zip(run.modules, opened, strict=False)):
            progress = Progress(enrolment=enrolment, module=module, opened_at=at)
            self.progress.append(progress)
            self._tell("courses.module_opened", run, enrolment, module, at)
            if described["kind"] == "video":
                self._watch(run, progress, chance, finished=position < done, seconds=seconds)
            if position < done:
                last = self._finish(run, progress, described, chance)
            enrolment.last_module, enrolment.last_seen_at = module, max(at, last)
        if self._is_awa(enrolment):
            hours = AWA[run.described["folder"]][2]
            enrolment.last_seen_at = self.clock.now - timedelta(hours=hours)
        if done == len(run.modules):
            enrolment.completed_at = last
            self.log.add("courses.course_completed", enrolment.user, run.course, last, role=self._role(run, enrolment),
                         session_id=run.session.pk, space_id=run.session.space_id,
                         data={"enrolment": enrolment.pk})  # fmt: skip

    def _voice(self, enrolment: Enrolment) -> int:
        return self.people.parts[enrolment.user_id].voice

    def _is_awa(self, enrolment: Enrolment) -> bool:
        return enrolment.user_id == self.people["awa"].pk

    def _depth(self, run: Run, enrolment: Enrolment, written: dict, chance: Random) -> int:
        """How many modules are done: more for those who talk, fewer for those who came late."""
        if self._is_awa(enrolment):
            return AWA[run.described["folder"]][0]
        here = (self.clock.now - enrolment.enrolled_at) / timedelta(days=60)
        share = chance.gauss(run.pace + 0.1 * (self._voice(enrolment) - 2), 0.3) * min(1.0, 0.35 + here)
        done = round(max(0.0, min(share, 1.0)) * len(run.modules))
        spoken = [n for n, (_described, module) in enumerate(run.modules, 1) if module.pk in written]
        return max([done, *spoken])

    def _openings(
        self, run: Run, enrolment: Enrolment, written: dict, done: int, chance: Random
    ) -> list[datetime]:
        """When each module was opened, in order, later weeks busier; before what was written beside it."""
        count = min(done + (self._is_awa(enrolment) or chance.random() < 0.55), len(run.modules))
        start, end = enrolment.enrolled_at, self._end(enrolment, chance)
        moments = sorted(start + (end - start) * chance.random() ** 0.7 for _number in range(count))
        moments = [self.clock.awake(moment) for moment in moments]
        for position in reversed(range(count)):
            spoke = written.get(run.modules[position][1].pk)
            latest = [spoke - timedelta(hours=1)] if spoke else []
            if position + 1 < count:
                latest.append(moments[position + 1] - timedelta(minutes=35))
            moments[position] = max(min([moments[position], *latest]), start)
        return moments

    def _end(self, enrolment: Enrolment, chance: Random) -> datetime:
        """Until when somebody studied: among the silent, one in two has not come back for weeks."""
        last = enrolment.user.left_at or self.clock.now - timedelta(hours=8)
        if self._voice(enrolment) <= 1 and chance.random() < 0.5:
            last -= timedelta(days=chance.uniform(16, 45))
        return max(last, enrolment.enrolled_at + timedelta(hours=3))

    def _watch(self, run: Run, progress: Progress, chance: Random, *, finished: bool, seconds: float) -> None:
        duration = progress.module.video.duration
        end = duration if chance.random() < 0.7 else duration * chance.uniform(0.82, 0.99)
        if not finished:
            end = seconds or duration * chance.uniform(0.12, 0.7)
        progress.coverage, progress.resume_at = end / duration, end
        progress.heard_at = progress.opened_at + timedelta(seconds=end + 4)
        self.ranges.append(WatchedRange(progress=progress, start=0, end=end))
        self._tell("courses.video_played", run, progress.enrolment, progress.module,
                   progress.opened_at + timedelta(seconds=5))  # fmt: skip

    def _finish(self, run: Run, progress: Progress, described: dict[str, Any], chance: Random) -> datetime:
        at = progress.opened_at + timedelta(minutes=chance.uniform(3, 16))
        if described["kind"] == "quiz":
            at = progress.passed_at = self._try(run, progress, chance)
        elif described["kind"] == "text":
            progress.read_at = at
        progress.completed_at = at
        self._tell("courses.module_completed", run, progress.enrolment, progress.module, at,
                   data={"enrolment": progress.enrolment_id})  # fmt: skip
        return at

    def _try(self, run: Run, progress: Progress, chance: Random) -> datetime:
        """One, two or three tries at a quiz, the last one passed; the moment of success."""
        quiz = progress.module.quiz
        questions = self._questions_of(progress.module)
        at = progress.opened_at + timedelta(minutes=1)
        skill = 0.6 + 0.05 * self._voice(progress.enrolment)
        for number in (1, 2, 3):
            attempt = Attempt(enrolment=progress.enrolment, quiz=quiz, number=number, started_at=at)
            answers = []
            for question, options in questions:
                at += timedelta(seconds=chance.randint(14, 50))
                answers.append(self._answer(attempt, question, options, skill, at, chance))
            attempt.finished_at = at = at + timedelta(seconds=5)
            attempt.score = grading.total_of(answer.score for answer in answers)
            attempt.max_score = len(answers)
            self.attempts.append(attempt)
            self.answers.extend(answers)
            if attempt.passed(quiz.pass_mark):
                break
            # Whoever failed has read the explanations, and comes back an hour or a night later.
            skill = 0.85 if number == 1 else 1.0
            at = self.clock.awake(at + timedelta(minutes=chance.choice([4, 25, 70])))
        return at

    def _questions_of(self, module: Module) -> list[tuple[Question, list[Any]]]:
        if module.pk not in self.questions:
            rows = module.quiz.quiz_questions.select_related("question").prefetch_related("question__options")
            self.questions[module.pk] = [(row.question, list(row.question.options.all())) for row in rows]
        return self.questions[module.pk]

    def _answer(
        self,
        attempt: Attempt,
        question: Question,
        options: list[Any],
        skill: float,
        at: datetime,
        chance: Random,
    ) -> Answer:
        """A right answer, or one of the wrong ones: the first of them tempts more than the others."""
        right = {option.pk for option in options if option.correct}
        wrong = [option.pk for option in options if not option.correct]
        chosen = set(right)
        if chance.random() > skill:
            tempting = wrong[0] if len(wrong) == 1 or chance.random() < 0.65 else chance.choice(wrong[1:])
            chosen = {tempting} if len(right) == 1 else set(sorted(right)[1:]) | {tempting}
        return Answer(
            attempt=attempt, question=question, question_version=question.version, options=sorted(chosen),
            score=float(grading.share_of(right, chosen, single=question.kind == Question.Kind.SINGLE)), at=at,
        )  # fmt: skip

    def _save(self) -> None:
        Progress.objects.bulk_create(self.progress)
        WatchedRange.objects.bulk_create(self.ranges)
        Attempt.objects.bulk_create(self.attempts)
        Answer.objects.bulk_create(self.answers)
        for run in self.lessons.runs:
            Enrolment.objects.bulk_update(run.enrolments, ["completed_at", "last_module", "last_seen_at"])
        self._tell_tries()
        for progress in self.progress:
            if progress.module_id in self.written.get(progress.enrolment.user_id, {}):
                count_talk(progress)

    def _tell_tries(self) -> None:
        runs = {run.session.pk: run for run in self.lessons.runs}
        for attempt in self.attempts:
            run = runs[attempt.enrolment.session_id]
            self._tell_of(run, "courses.attempt_started", attempt, attempt.started_at)
            passed = attempt.passed(attempt.quiz.pass_mark)
            self._tell_of(run, "courses.attempt_finished", attempt, attempt.finished_at or self.clock.now, score=float(attempt.score or 0),
                          max_score=attempt.max_score, passed=passed)  # fmt: skip
        passes = {}
        for answer in sorted(self.answers, key=lambda answer: answer.at):
            run = runs[answer.attempt.enrolment.session_id]
            thread = self._thread_of(run, answer)
            passes[thread.pk, answer.attempt.enrolment.user_id] = thread
            self._tell_of(run, "courses.question_answered", answer.attempt, answer.at, subject=answer.question,
                          thread_id=thread.pk, question=answer.question_id, version=answer.question_version,
                          answer=answer.pk, score=answer.score)  # fmt: skip
        own = {
            (row.module_id, row.space_id): row.thread for row in ModuleThread.objects.select_related("thread")
        }
        for attempt in self.attempts:
            space = runs[attempt.enrolment.session_id].session.space_id
            if (talk := own.get((attempt.quiz.module_id, space))) is not None:
                passes[talk.pk, attempt.enrolment.user_id] = talk
        rows = [ThreadPass(thread=thread, user_id=user) for (_thread, user), thread in passes.items()]
        ThreadPass.objects.bulk_create(rows, ignore_conflicts=True)

    def _thread_of(self, run: Run, answer: Answer) -> Thread:
        """The question's own conversation, born with the first answer."""
        place = (answer.question_id, run.session.space_id)
        if place not in self.threads:
            thread = thread_of_question(answer.question, run.session.space, module=answer.attempt.quiz.module)
            Thread.objects.filter(pk=thread.pk).update(created_at=answer.at, last_post_at=answer.at)
            thread.posts.update(created_at=answer.at, changed_at=answer.at)
            Event.objects.filter(thread_id=thread.pk).update(at=answer.at)
            self.threads[place] = thread
        return self.threads[place]

    def _role(self, run: Run, enrolment: Enrolment) -> str:
        return self.places.role_in(self.places.seats[run.session.space_id][enrolment.user_id])

    def _tell_of(
        self,
        run: Run,
        verb: str,
        attempt: Attempt,
        at: datetime,
        *,
        subject=None,
        thread_id=None,
        **data: Any,
    ) -> None:
        enrolment = attempt.enrolment
        self.log.add(
            verb, enrolment.user, subject or attempt, at, role=self._role(run, enrolment), thread_id=thread_id,
            session_id=run.session.pk, space_id=run.session.space_id, module_id=attempt.quiz.module_id,
            data={"attempt": attempt.pk, **data},
        )  # fmt: skip

    def _tell(
        self,
        verb: str,
        run: Run,
        enrolment: Enrolment,
        module: Module,
        at: datetime,
        data: dict | None = None,
    ) -> None:
        self.log.add(
            verb, enrolment.user, module, at, role=self._role(run, enrolment), module_id=module.pk,
            session_id=run.session.pk, space_id=run.session.space_id,
            data={"enrolment": enrolment.pk, **(data or {})},
        )  # fmt: skip
