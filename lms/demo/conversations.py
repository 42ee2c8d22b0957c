"""Lets the people of the demo academy talk, through the same actions as everyone, in the order it happened."""

import heapq
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from community.actions import accept_answer, decide, flag_post, pin_thread, start_thread, vote, write_post
from community.models import Flag, Post, Space, Thread, ThreadPass
from lms.demo.clock import Clock, span
from lms.demo.content import Reply, Talk
from lms.demo.places import Places
from lms.demo.population import Population

# What the log of a conversation needs between two sentences, so that their order is certain.
BREATH = timedelta(minutes=1)
FLAG_WORDS = {
    "tone": "Cette phrase blesse quelqu’un qui débute.",
    "private": "On reconnaît le client, et sa vie privée n’a rien à faire ici.",
    "wrong": "Un code écrit sous la caisse, ce n’est pas une solution.",
}
HELD_WORDS = "Retenu automatiquement : premier message avec trois liens."


@dataclass
class Said:
    """A post with what the other makers of the demo need to know of it."""

    post: Post
    useful: int


class Conversations:
    def __init__(self, clock: Clock, people: Population, places: Places) -> None:
        self.clock, self.people, self.places = clock, people, places
        self.acts: list[tuple[datetime, int, Callable[[], object]]] = []
        self.order = 0
        self.threads: list[Thread] = []
        self.said: list[Said] = []

    def plan(self, at: datetime, act: Callable[[], object]) -> None:
        self.order += 1
        heapq.heappush(self.acts, (at, self.order, act))

    def happen(self) -> None:
        """Everything that was planned, oldest first, whichever conversation it belongs to."""
        while self.acts:
            _at, _order, act = heapq.heappop(self.acts)
            act()

    def open(self, space: Space, talk: Talk, about: tuple[str, str] = ("", "")) -> None:
        """Plan a thread of a space and everything that follows in it."""
        started = self._started(talk)

        def start() -> None:
            thread = start_thread(
                space, author=self.people[talk.marks["by"]], title=talk.title, body=talk.body, kind=talk.kind,
                gate=talk.marks.get("gate", Thread.Gate.OPEN), choices=[text for text, _votes in talk.choices],
                tags=[tag for tag in talk.marks.get("tags", "").split(",") if tag], language=talk.language,
                about_title=about[0], about_url=about[1], ends_at=self._ends(talk), at=started,
            )  # fmt: skip
            if "pinned" in talk.marks:
                pin_thread(thread, by=self.people[talk.marks["by"]])
            self._vote(thread, talk, started)
            self.follow(thread, talk, started)

        self.plan(started, start)

    def follow(self, thread: Thread, talk: Talk, started: datetime) -> None:
        """Plan the replies of a thread that exists; its opening post counts as the first."""
        opening = thread.posts.get(number=1)
        self.threads.append(thread)
        self.said.append(Said(opening, 3 + len(talk.replies) if talk.kind == Thread.Kind.RESOURCE else 0))
        posts, at = [opening], started
        for reply in talk.replies:
            # A week-end moves a thread, never the day somebody arrived.
            seat = self.places.seats[thread.space_id][self.people[reply.author].pk]
            at = max(self._when(reply, started), at + BREATH, seat.joined_at + BREATH)
            self._plan_reply(thread, reply, posts, at)

    def _plan_reply(self, thread: Thread, reply: Reply, posts: list[Post], at: datetime) -> None:
        def write() -> None:
            parent = posts[int(reply.marks["to"]) - 1] if "to" in reply.marks else None
            moment = int(reply.marks["moment"]) if "moment" in reply.marks else None
            if thread.gate == Thread.Gate.PASS:  # Whoever speaks of a quiz has tried it.
                ThreadPass.objects.get_or_create(thread=thread, user=self.people[reply.author])
            post = write_post(
                thread, author=self.people[reply.author], body=reply.body, parent=parent, moment=moment,
                language=reply.language, at=at,
            )  # fmt: skip
            posts.append(post)
            self.said.append(Said(post, reply.useful))
            self._mark(thread, post, reply, at)

        self.plan(at, write)

    def _mark(self, thread: Thread, post: Post, reply: Reply, at: datetime) -> None:
        """What others did about a reply: accepted, flagged, held back, decided upon."""
        chance = Random(post.body)
        later = min(at + timedelta(minutes=chance.randint(10, 90)), self.clock.now - BREATH)
        if "accepted" in reply.marks:
            accept_answer(post, by=thread.author, at=later)
        if "flag" in reply.marks:
            reason, _sign, witnesses = reply.marks["flag"].partition(":")
            for key in witnesses.split(","):
                flag_post(post, by=self.people[key], reason=reason, comment=FLAG_WORDS[reason], at=later)
        if "decided" in reply.marks:
            judges = thread.space.memberships.filter(role="facilitator").exclude(user=post.author)
            decide(
                post, by=judges.earliest("pk").user, kind=reply.marks["decided"], note="", at=later + BREATH
            )
        if "held" in reply.marks:
            self._hold(post, at)

    def _hold(self, post: Post, at: datetime) -> None:
        """A first message with links waits for a facilitator: nobody flags it, the house does."""
        Flag.objects.create(post=post, by=None, reason=Flag.Reason.OTHER, comment=HELD_WORDS, at=at)
        Post.objects.filter(pk=post.pk).update(hidden_at=at)
        Thread.objects.filter(pk=post.thread_id).update(number_of_posts=post.number - 1)

    def _vote(self, thread: Thread, talk: Talk, started: datetime) -> None:
        """Who chooses what: a reply may say it (`vote=2`), others of the space make up the number."""
        chance = Random(talk.title)
        said = {reply.author: int(reply.marks["vote"]) for reply in talk.replies if "vote" in reply.marks}
        # Awa has not chosen yet where nothing says so: that case is hers to play.
        said |= {"awa": int(talk.marks["awa"])} if "awa" in talk.marks else {}
        apart = {
            thread.author_id,
            self.people["awa"].pk,
            *(self.people[reply.author].pk for reply in talk.replies),
        }
        seats = self.places.seats[thread.space_id].values()
        others = [seat.user for seat in seats if seat.user.is_active and seat.user_id not in apart]
        chance.shuffle(others)
        for choice, (_text, votes) in zip(thread.choices.order_by("position"), talk.choices, strict=True):
            known = [self.people[key] for key, position in said.items() if position == choice.position]
            for voter in known + [others.pop() for _number in range(votes - len(known))]:
                self._plan_vote(choice, voter, started, chance)

    def _plan_vote(self, choice, voter, started: datetime, chance: Random) -> None:
        spoken = max(self.clock.now - started - timedelta(hours=4), timedelta(minutes=30))
        at = self.clock.awake(started + spoken * chance.random() ** 2)
        self.plan(at, lambda: vote(choice, user=voter, at=at))

    def _started(self, talk: Talk) -> datetime:
        ago = span(talk.marks["ago"])
        if ago <= timedelta(hours=36):
            return self.clock.now - ago
        return self.clock.days_ago(ago.days, Random(talk.title))

    def _ends(self, talk: Talk) -> datetime | None:
        """`ends=2d` is in two days, `ends=-5d` was five days ago."""
        if "ends" not in talk.marks:
            return None
        ends = talk.marks["ends"]
        return self.clock.now - span(ends[1:]) if ends.startswith("-") else self.clock.now + span(ends)

    def _when(self, reply: Reply, started: datetime) -> datetime:
        if reply.when.startswith("-"):
            return self.clock.now - span(reply.when[1:])
        return self.clock.awake(started + span(reply.when.removeprefix("+")))
