"""Twenty people at work: each sends one act after the other and keeps at it until it is acknowledged."""

import json
import random
import re
import threading
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from http.client import HTTPException

from django.core.files.base import ContentFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from bench.client import Answer, Client, sign_in
from bench.faults.academy import HOUR, PASSWORD, Academy
from bench.faults.journal import Act, Journal

NUMBER = re.compile(rb'id="post-(\d+)"')
REFUSAL = re.compile(rb'role="alert"[^>]*>(?:<[^>]*>|\s)*([^<]{3,120})')
PATIENCE = 15.0


class Person(threading.Thread):
    def __init__(self, place: int, port: int, academy: Academy, journal: Journal, seed: int) -> None:
        super().__init__(daemon=True, name=f"person {place}")
        self.place, self.academy, self.journal = place, academy, journal
        self.random = random.Random(f"{seed}:{place}")
        self.client = sign_in("127.0.0.1", port, f"person-{place}", PASSWORD)
        self.client.patience = PATIENCE
        self.guest = Client("127.0.0.1", port, patience=PATIENCE)
        self.ending, self.wants_mail = threading.Event(), threading.Event()
        self.liked = list(academy.posts)
        self.random.shuffle(self.liked)
        self.question = -1
        self.round = 0
        self.opened = False
        self.began = time.monotonic()
        self.takes_back: int | None = None
        self.choices: dict[Callable[[], None], int] = {
            self.write: 30, self.like: 12, self.answer: 16, self.watch: 10, self.draft: 16,
            self.read: 10, self.accept: 4, self.upload: 3, self.forget_password: 1,
        }  # fmt: skip

    def run(self) -> None:
        acts, weights = list(self.choices), list(self.choices.values())
        while not self.ending.is_set():
            if self.wants_mail.is_set():
                self.wants_mail.clear()
                self.forget_password()
            self.random.choices(acts, weights)[0]()
            self.ending.wait(self.random.uniform(0.2, 0.6))
        self.client.close()
        self.guest.close()

    # One act, until it is acknowledged.

    def insist(
        self, act: Act, ask: Callable[[], Answer], read: Callable[[Answer], dict] | None = None
    ) -> None:
        """Again after each failure, with the same key; a person who leaves lets the act stay unknown."""
        while not self.ending.is_set():
            answer = self.once(act, ask, read)
            if act.acknowledged is not None or (answer is not None and answer.status == 422):
                return
            self.ending.wait(self.random.uniform(0.3, 0.8))

    def once(self, act: Act, ask: Callable[[], Answer], read: Callable[[Answer], dict] | None = None):
        self.journal.send(act)
        try:
            answer = ask()
        except (OSError, HTTPException):
            self.client.close()
            self.guest.close()
            self.journal.no_answer()
            return None
        if answer.headers.get("location", "").startswith("/accounts/login/"):
            self.journal.surprise(f"{act.kind}: signed out")
            return answer
        if 400 <= answer.status < 500 or answer.status == 500:
            sentence = REFUSAL.search(answer.body)
            said = sentence[1].decode(errors="replace").strip() if sentence else ""
            self.journal.surprise(f"{act.kind}: {answer.status} {said}")
        self.journal.answer(act, answer.status, read(answer) if read and answer.status < 300 else None)
        return answer

    def act(self, kind: str, **facts: object) -> Act:
        return Act(self.place, kind, facts)

    # What people do.

    def write(self) -> None:
        thread, key = self.random.choice(self.academy.talks), str(uuid.UUID(int=self.random.getrandbits(128)))
        fields = {"body": f"Text {key}", "key": key}
        act = self.act("post", thread=thread, **fields)
        if self.random.random() < 0.15:
            # The client is cut right after it has sent, and comes again with the same key.
            self.cut(act, f"/threads/{thread}/posts/", fields)
        self.insist(act, lambda: self.client.post(f"/threads/{thread}/posts/", fields))

    def cut(self, act: Act, path: str, fields: dict[str, str]) -> None:
        self.journal.send(act)
        patience, self.client.patience = self.client.patience, self.random.choice((0.001, 0.01, 0.03))
        self.client.close()
        with suppress(OSError, HTTPException):
            self.client.post(path, fields)
        self.client.patience = patience
        self.client.close()
        self.journal.no_answer()

    def like(self) -> None:
        on = self.takes_back is None
        if on and not self.liked:
            return
        post = self.liked.pop() if self.takes_back is None else self.takes_back
        self.takes_back = None
        act = self.act("like", post=post, on=on)
        path = f"/posts/{post}/reactions/useful/"
        self.insist(act, lambda: self.client.post(path, {"on": "1" if on else "0"}))
        # Taken back only when nothing of it may still be on its way: this act carries no order.
        if on and act.sent == 1 and self.random.random() < 0.4:
            self.takes_back = post

    def answer(self) -> None:
        base = f"/courses/{self.academy.course}/modules/{self.academy.quiz}"
        if self.question in (-1, len(self.academy.questions)):
            self.insist(self.act("attempt"), lambda: self.client.post(f"{base}/attempts/", {}))
            self.question, self.round = 0, self.round + 1
        question, option = self.academy.questions[self.question]
        act = self.act("answer", question=question, option=option, round=self.round)
        place = self.question
        self.insist(act, lambda: self.client.post(f"{base}/answers/", self._answer_fields(question, place)))
        self.question += 1

    def _answer_fields(self, question: int, place: int) -> dict[str, str]:
        """Everybody chooses the option of the same words; each attempt has its own value for it."""
        quiz = self.client.get(f"/api/v1/courses/{self.academy.course}/modules/{self.academy.quiz}/quiz/")
        if quiz.status != 200:
            raise HTTPException
        asked = next(one for one in json.loads(quiz.body)["questions"] if one["id"] == question)
        words = f"<p>{(place + 1) % 3 + 1}</p>"
        return {
            "question": str(question),
            "option": next(option["id"] for option in asked["options"] if option["html"] == words),
        }

    def watch(self) -> None:
        path = f"/courses/{self.academy.course}/modules/{self.academy.video}"
        if not self.opened:
            self.insist(self.act("open"), lambda: self.client.get(f"{path}/"))
            self.opened = True
        seen = min(time.monotonic() - self.began, HOUR)
        body = json.dumps({"ranges": [[0, seen]], "position": seen}).encode()
        headers = {"Content-Type": "application/json", "X-CSRFToken": self.client.token}
        self.insist(
            self.act("watch", seen=seen),
            lambda: self.client.send("POST", f"{path}/watching/", body, headers),
            lambda answer: {"coverage": json.loads(answer.body)["coverage"]},
        )

    def draft(self) -> None:
        sequence = time.time_ns() // 1000
        body = f"Draft {sequence} " + "of words " * self.random.randrange(20)
        fields = {"place": f"thread:{self.academy.drafts}", "body": body, "sequence": str(sequence)}
        # As the page does: a draft that failed is not repeated, the next one says more.
        act = self.act("draft", sequence=sequence, body=body)
        self.once(act, lambda: self.client.post("/drafts/", fields))

    def read(self) -> None:
        thread = self.random.choice(self.academy.talks)
        self.insist(
            self.act("read", thread=thread),
            lambda: self.client.get(f"/threads/{thread}/"),
            lambda answer: {"number": max((int(n) for n in NUMBER.findall(answer.body)), default=0)},
        )

    def accept(self) -> None:
        thread = self.academy.asked[self.place]
        post = self.random.choice(self.academy.answers[self.place])
        self.insist(
            self.act("accept", thread=thread, post=post),
            lambda: self.client.post(f"/threads/{thread}/resolution/", {"post": str(post)}),
        )

    def upload(self) -> None:
        """A small file; half of the time the line is cut in the middle of it."""
        name = f"f{self.random.getrandbits(60):x}.pdf"
        body = b"%PDF-1.4\n" + self.random.randbytes(self.random.randrange(20_000, 60_000))
        request, headers = multipart({"place": f"thread:{self.academy.talks[0]}"}, name, body)
        headers["X-CSRFToken"] = self.client.token
        if self.random.random() < 0.5:
            self.cut_upload(self.act("cut upload", name=name), request, headers)
            return
        act = self.act("upload", name=name, size=len(body))
        self.once(act, lambda: self.client.send("POST", "/attachments/", request, headers))

    def cut_upload(self, act: Act, request: bytes, headers: dict[str, str]) -> None:
        self.journal.send(act)
        half = request[: len(request) // 2]
        headers = {**headers, "Content-Length": str(len(request))}
        patience, self.client.patience = self.client.patience, 0.2
        self.client.close()
        with suppress(OSError, HTTPException):
            self.client.send("POST", "/attachments/", half, headers)
        self.client.patience = patience
        self.client.close()
        self.journal.no_answer()

    def forget_password(self) -> None:
        address = f"person{self.place}@bench.test"
        act = self.act("mail", address=address)
        with suppress(OSError, HTTPException):
            self.guest.get("/accounts/password/reset/")
        self.once(act, lambda: self.guest.post("/accounts/password/reset/", {"email": address}))


def multipart(fields: dict[str, str], name: str, content: bytes) -> tuple[bytes, dict[str, str]]:
    form = encode_multipart(BOUNDARY, {**fields, "file": ContentFile(content, name)})
    return form, {"Content-Type": MULTIPART_CONTENT}
