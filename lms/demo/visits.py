"""Ninety days of coming by: who reads what and when, and who finds it useful. Some every week, some never."""

import math
from bisect import bisect_right
from collections import defaultdict
from datetime import datetime, timedelta
from random import Random

from community.models import Membership, Post, Reaction, ReadState, Thread
from lms.demo.clock import Clock
from lms.demo.conversations import Conversations
from lms.demo.log import Log
from lms.demo.places import Places
from lms.demo.population import Population
from people.models import User

WEEKS = 13
# Trades that sit before a screen come by more often.
HABIT = {
    "atelier": 0.6,
    "logistique": 0.65,
    "production": 0.7,
    "chantiers": 0.75,
    "finance": 0.85,
    "juridique": 0.9,
}
KINDS = [Reaction.Kind.THANKS, Reaction.Kind.LEARNED, Reaction.Kind.QUESTION]
# What Awa has not opened yet, by the first words of its title: it waits for her in the list.
AWA_LAST_VISIT = timedelta(hours=7, minutes=20)
AWA_HAS_NOT_OPENED = ("Comment clôturer", "Racontez un retour", "Deux personnes")
AWA_READ_BEFORE = {
    "Racontez un retour": timedelta(hours=20),
    "Deux personnes": timedelta(hours=7, minutes=30),
}


class Visits:
    def __init__(
        self, clock: Clock, log: Log, people: Population, places: Places, conversations: Conversations
    ) -> None:
        self.clock, self.log, self.people, self.places = clock, log, people, places
        self.conversations = conversations
        self.threads = sorted(conversations.threads, key=lambda thread: thread.created_at)
        self.moments: dict[int, list[datetime]] = defaultdict(list)
        self.read: dict[tuple[int, int], tuple[int, datetime]] = {}
        self.seen: dict[int, datetime] = {}
        self.passed = set(Thread.objects.exclude(gate=Thread.Gate.OPEN).values_list("passes__user", "pk"))

    def happen(self) -> None:
        posts = Post.objects.filter(thread__in=self.threads).order_by("thread", "number")
        for thread, at in posts.values_list("thread", "created_at"):
            self.moments[thread].append(at)
        self._writers_read()
        for user in self.people.by_key.values():
            if user != self.people["awa"]:
                self._come_by(user, Random(f"visits {user.handle}"))
        self._react()
        self._awa()
        self._save()

    def _number_at(self, thread: Thread, at: datetime) -> int:
        return bisect_right(self.moments[thread.pk], at)

    def _open(self, user: User, thread: Thread, at: datetime) -> None:
        """One presence: the log hears of a first opening, and of coming back to something new."""
        number = self._number_at(thread, at)
        known, when = self.read.get((user.pk, thread.pk), (0, at))
        if number <= known or (known and at < when):
            return
        seat = self.places.seats[thread.space_id].get(user.pk)
        if seat is None or seat.joined_at > at:
            return
        self.read[user.pk, thread.pk] = (number, at)
        self.seen[user.pk] = max(at, self.seen.get(user.pk, at))
        self.log.add(
            "community.thread_read" if known else "community.thread_opened", user, thread, at,
            role=self.places.role_in(seat), organisation_id=thread.space.organisation_id,
            space_id=thread.space_id, thread_id=thread.pk, data={"number": number},
        )  # fmt: skip

    def _writers_read(self) -> None:
        by_id = {thread.pk: thread for thread in self.threads}
        rows = Post.objects.filter(thread__in=by_id).order_by("created_at")
        people = {user.pk: user for user in self.people.by_key.values()}
        for author, thread, at in rows.values_list("author", "thread", "created_at"):
            self._open(people[author], by_id[thread], at)

    def _come_by(self, user: User, chance: Random) -> None:
        part = self.people.parts[user.pk]
        habit = HABIT.get(part.unit, 1.0) * (0.01 + 0.13 * part.voice)
        for week in range(WEEKS - 1, -1, -1):
            # More people each week, as word of mouth goes.
            if chance.random() > habit * (1.0 - 0.055 * week):
                continue
            days = 1 + sum(chance.random() < 0.3 + 0.06 * part.voice for _day in range(3))
            for day in chance.sample(range(7), days):
                at = self.clock.days_ago(week * 7 + day + 0.35, chance)
                if at >= user.joined_at and (user.left_at is None or at < user.left_at):
                    self._sit_down(user, at, chance)

    def _sit_down(self, user: User, at: datetime, chance: Random) -> None:
        mine = [thread for thread in self.threads if self._may_open(user, thread, at)]
        if not mine:
            return
        voice = self.people.parts[user.pk].voice
        weights = [math.exp(-((at - thread.created_at) / timedelta(days=12))) + 0.02 for thread in mine]
        for thread in chance.choices(mine, weights, k=1 + chance.randint(0, 1 + voice // 2)):
            at += timedelta(minutes=chance.randint(1, 7))
            self._open(user, thread, min(at, self.clock.now - timedelta(minutes=5)))

    def _may_open(self, user: User, thread: Thread, at: datetime) -> bool:
        seat = self.places.seats[thread.space_id].get(user.pk)
        return seat is not None and seat.joined_at <= at and self.moments[thread.pk][0] <= at

    def _react(self) -> None:
        rows, counts = [], []
        for said in self.conversations.said:
            reactors = self._readers_of(said.post, said.useful)
            for number, (user, at) in enumerate(reactors):
                self._open(user, said.post.thread, at)
                # The file counts those who found it useful; one in six says something else as well.
                kinds = [Reaction.Kind.USEFUL] + ([KINDS[number % 3]] if number % 6 == 5 else [])
                rows += [Reaction(post=said.post, user=user, kind=kind, at=at) for kind in kinds]
            if reactors:
                said.post.useful_count = len(reactors)
                counts.append(said.post)
        Reaction.objects.bulk_create(rows)
        Post.objects.bulk_update(counts, ["useful_count"])
        for row in rows:
            seat = self.places.seats[row.post.thread.space_id][row.user_id]
            self.log.add(
                "community.post_reacted", row.user, row.post, row.at, role=self.places.role_in(seat),
                organisation_id=row.post.thread.space.organisation_id, space_id=row.post.thread.space_id,
                thread_id=row.post.thread_id, post_id=row.post_id,
                data={"kind": row.kind, "author": row.post.author_id},
            )  # fmt: skip

    def _readers_of(self, post: Post, wanted: int) -> list[tuple[User, datetime]]:
        """As many people of the space as the file says, those who talk more often; each a while later."""
        chance = Random(post.body)
        seats = [
            seat
            for seat in self.places.seats[post.thread.space_id].values()
            if seat.user_id != post.author_id and self._voice(seat) and self._may_react(seat.user, post)
        ]
        seats.sort(key=lambda seat: chance.random() ** (1 / self._voice(seat) ** 1.6), reverse=True)
        left = (self.clock.now - post.created_at) * 0.9
        found = []
        for seat in seats[:wanted]:
            wait = min(timedelta(hours=chance.expovariate(1 / 14)), left)
            at = self.clock.awake(post.created_at + wait)
            found.append((seat.user, max(at, post.created_at + timedelta(seconds=40))))
        return found

    def _voice(self, seat: Membership) -> int:
        return self.people.parts[seat.user_id].voice

    def _may_react(self, user: User, post: Post) -> bool:
        seat = self.places.seats[post.thread.space_id][user.pk]
        gone = user.left_at is not None and user.left_at < post.created_at + timedelta(days=5)
        closed = post.thread.gate != Thread.Gate.OPEN and (user.pk, post.thread_id) not in self.passed
        # Awa's last visit is before the newest posts: she has not seen them.
        unseen = user == self.people["awa"] and post.created_at > self.clock.now - AWA_LAST_VISIT - timedelta(
            days=1
        )
        return not (gone or closed or unseen) and seat.joined_at <= post.created_at

    def _awa(self) -> None:
        """Awa has read everything of hers up to her last visit, but for what waits for her."""
        awa = self.people["awa"]
        last = self.clock.now - AWA_LAST_VISIT
        for thread in self.threads:
            seat = self.places.seats[thread.space_id].get(awa.pk)
            if seat is None or thread.title.startswith(AWA_HAS_NOT_OPENED[0]):
                continue
            before = next(
                (ago for title, ago in AWA_READ_BEFORE.items() if thread.title.startswith(title)), None
            )
            self._open(awa, thread, self.clock.now - before if before else last)

    def _save(self) -> None:
        states = [
            ReadState(user_id=user, thread_id=thread, last_number=number, updated_at=at)
            for (user, thread), (number, at) in self.read.items()
        ]
        ReadState.objects.bulk_create(
            states,
            update_conflicts=True,
            unique_fields=["user", "thread"],
            update_fields=["last_number", "updated_at"],
        )
        seen = [user for user in self.people.by_key.values() if user.pk in self.seen]
        for user in seen:
            user.last_visit_at = self.seen[user.pk]
        User.objects.bulk_update(seen, ["last_visit_at"])
