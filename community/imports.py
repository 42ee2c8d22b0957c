"""Bringing a question-and-answer community in: many rows in one transaction, each found again by its number.

Dates, authors, replies, accepted answers and votes are kept. What the dump does not hold is not invented:
there is no vote by person, so a score stays a number beside our own reactions; there is no date of acceptance.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import override

from community.formats.stackexchange import DumpComment, DumpPost, read_comments, read_posts
from community.live import announce_space
from community.models import Post, Resolution, Space, Tag, Thread
from core.errors import Refused
from core.importing import RefusedItem, Report, batches
from core.markdown import RENDERER_VERSION, render, to_markdown
from events.models import Event
from events.recording import record_many
from people.importing import Progress, silent
from people.models import Profile, Standing, User

BATCH = 500
COMMUNITY_USER = -1  # the account in whose name Stack Exchange acts by itself


@dataclass
class Said:
    """A question, an answer or a comment on its way in."""

    external_id: str
    thread: str
    # What a comment is about: an answer, or the question.
    about: str | None
    at: datetime
    edited_at: datetime | None
    owner: int | None
    score: int
    body: str
    pictures: int = 0
    html: str = ""
    post: Post | None = None

    @property
    def parent(self) -> str | None:
        """Here the opening post is the thread itself: a comment on the question is a reply like the others."""
        return None if self.about == self.thread else self.about


@dataclass
class Import:
    """One run: where it goes, and what it has found so far."""

    space: Space
    site: str
    language: str
    report: Report
    progress: Progress = silent
    people: dict[int, User] = field(default_factory=dict)
    said: dict[str, Said] = field(default_factory=dict)

    def external_id(self, kind: str, number: int) -> str:
        return f"{self.site}:{self.space.organisation_id}:{kind}{number}"

    def person(self, owner: int | None) -> User | None:
        return None if owner is None else self.people[owner]


def import_community(
    folder: Path, *, space: Space, site: str, language: str, report: Report, progress: Progress = silent
) -> None:
    """Read a Stack Exchange dump into `space`; must run in a transaction. Raises Refused for an unreadable dump.

    `site` is the host the dump comes from: the profile of each author links to their page there, as the
    licence asks. Run again, or with a later dump, it adds only what is not there yet.
    """
    run = Import(space, site, language, report, progress)
    questions = _read_posts(run, folder)
    _read_comments(run, folder)
    _render_all(run)
    _bring_people(run)
    threads = _bring_threads(run, questions)
    _bring_posts(run, threads)
    _bring_tags(run, questions, threads)
    _bring_resolutions(run, questions, threads)
    _name_differences(run, folder)
    announce_space(space.pk)


def _read_posts(run: Import, folder: Path) -> dict[str, DumpPost]:
    questions: dict[str, DumpPost] = {}
    answers: list[DumpPost] = []
    for item in read_posts(folder):
        if isinstance(item, RefusedItem):
            run.report.refuse(_("other posts"), item)
        elif item.parent is None:
            questions[run.external_id("p", item.id)] = item
        else:
            answers.append(item)
    for key, question in questions.items():
        _hear(run, key, question, thread=key, body=to_markdown(question.body))
    for answer in answers:
        thread = run.external_id("p", answer.parent or 0)
        key = run.external_id("p", answer.id)
        if thread in questions:
            _hear(run, key, answer, thread=thread, body=to_markdown(answer.body))
        else:
            item = RefusedItem(f"Posts {answer.id}", "", _("The question it answers is not in the dump."))
            run.report.refuse(_("answers"), item)
    return questions


def _read_comments(run: Import, folder: Path) -> None:
    for item in read_comments(folder):
        if isinstance(item, RefusedItem):
            run.report.refuse(_("comments"), item)
            continue
        about = run.said.get(run.external_id("p", item.post))
        if about is None:
            refused = RefusedItem(
                f"Comments {item.id}", item.text[:80], _("The post it is about is not there.")
            )
            run.report.refuse(_("comments"), refused)
        else:
            key = run.external_id("c", item.id)
            _hear(run, key, item, thread=about.thread, about=about.external_id, body=item.text)


def _hear(
    run: Import, key: str, item: DumpPost | DumpComment, *, thread: str, body: str, about: str | None = None
) -> None:
    edited_at, pictures = None, 0
    if isinstance(item, DumpPost):
        edited_at, pictures = item.edited_at, item.body.count("<img")
    at, owner, score = item.created_at, item.owner, item.score
    run.said[key] = Said(key, thread, about, at, edited_at, owner, score, body, pictures)


def kind_of(said: Said) -> str:
    if said.about:
        return _("comments")
    return _("questions") if said.external_id == said.thread else _("answers")


def _render_all(run: Import) -> None:
    """Render what is new; a text that cannot be shown is refused together with what hangs on it."""
    there = set(_existing(Post, run.said).values_list("external_id", flat=True))
    for done, (key, said) in enumerate(list(run.said.items()), 1):
        if done % BATCH == 0 or done == len(run.said):
            run.progress(_("reading"), done, len(run.said))
        if key in there:
            run.report.take(kind_of(said), there=1)
            continue
        try:
            said.html = render(said.body).html
            if not said.html.strip():
                raise Refused(_("It says nothing."))
        except Refused as refusal:
            run.report.refuse(kind_of(said), RefusedItem(key, said.body[:80], str(refusal)))
            del run.said[key]
    _drop_orphans(run)


def _drop_orphans(run: Import) -> None:
    for key, said in list(run.said.items()):
        if said.thread not in run.said or (said.about and said.about not in run.said):
            run.report.refuse(
                kind_of(said), RefusedItem(key, said.body[:80], _("What it answers was refused."))
            )
            del run.said[key]


def _existing(model, keys: Iterable[str]):
    return model.objects.filter(external_id__in=list(keys))


def _bring_people(run: Import) -> None:
    """Authors become accounts nobody can sign in to, named by their number: the dump holds no names."""
    spans: dict[int, list[datetime]] = defaultdict(list)
    for said in run.said.values():
        if said.owner is not None:
            spans[said.owner].append(said.at)
    organisation = run.space.organisation
    ids = {f"{run.site}:{owner}": owner for owner in spans}
    for user in organisation.users.filter(external_id__in=ids):
        run.people[ids[user.external_id or ""]] = user
    new = {owner: _account(run, owner, spans[owner]) for owner in sorted(spans.keys() - run.people.keys())}
    run.report.take(_("accounts"), made=len(new), there=len(run.people))
    User.objects.bulk_create(new.values(), batch_size=BATCH)
    Standing.objects.bulk_create([Standing(user=user) for user in new.values()], batch_size=BATCH)
    profiles = [
        Profile(user=user, source_url=f"https://{run.site}/users/{owner}") for owner, user in new.items()
    ]
    Profile.objects.bulk_create(profiles, batch_size=BATCH)
    run.people |= new


def _account(run: Import, owner: int, dates: list[datetime]) -> User:
    organisation = run.space.organisation
    with override(organisation.language):
        name = _("Community") if owner == COMMUNITY_USER else _("Member %(number)d") % {"number": owner}
    user = User(
        organisation=organisation,
        email=None,
        handle=f"{slugify(run.site.split('.stackexchange.')[0].replace('.', '-'))[:40]}-{owner}-{organisation.pk}",
        name=name,
        language=run.language,
        time_zone=organisation.time_zone,
        is_active=False,
        joined_at=min(dates),
        left_at=max(dates),
        external_id=f"{run.site}:{owner}",
    )
    user.set_unusable_password()
    return user


def _bring_threads(run: Import, questions: dict[str, DumpPost]) -> dict[str, Thread]:
    # Locked, because people may be writing in a thread that a later dump continues.
    threads = {thread.external_id: thread for thread in _existing(Thread, questions).select_for_update()}
    new = []
    for key, question in questions.items():
        if key in run.said and key not in threads:
            threads[key] = Thread(
                space=run.space,
                kind=Thread.Kind.QUESTION,
                title=question.title[:200] or _("Untitled"),
                language=run.language,
                author=run.person(question.owner),
                created_at=question.created_at,
                last_post_at=question.created_at,
                locked_at=question.closed_at,
                external_id=key,
            )
            new.append(threads[key])
    Thread.objects.bulk_create(new, batch_size=BATCH)
    return threads


def _bring_posts(run: Import, threads: dict[str, Thread]) -> None:
    """Number what is new in the order in which it was said; answers before the comments about them."""
    fresh = sorted((said for said in run.said.values() if said.html), key=_order_of)
    for post in _existing(Post, run.said):
        run.said[post.external_id or ""].post = post
    for said in fresh:
        said.post = _post(run, said, threads[said.thread])
        run.report.take(kind_of(said), made=1)
    # Parents first: a reply needs the number its parent got from the database.
    for level in ([s for s in fresh if not s.parent], [s for s in fresh if s.parent]):
        for done, batch in enumerate(batches(level, BATCH), 1):
            for said in batch:
                if said.parent and said.post:
                    said.post.parent = run.said[said.parent].post
            Post.objects.bulk_create([said.post for said in batch if said.post])
            run.progress(_("writing"), min(done * BATCH, len(level)), len(level))
    changed = {threads[said.thread].pk: threads[said.thread] for said in fresh}
    Thread.objects.bulk_update(
        changed.values(), ["last_number", "number_of_posts", "last_post_at"], batch_size=BATCH
    )
    record_many(_event_of(run, said, threads[said.thread]) for said in fresh)


def _order_of(said: Said) -> tuple[datetime, bool, str]:
    return (said.at, said.about is not None, said.external_id)


def _post(run: Import, said: Said, thread: Thread) -> Post:
    thread.last_number += 1
    thread.number_of_posts += 1
    thread.last_post_at = max(thread.last_post_at, said.at)
    return Post(
        thread=thread,
        number=thread.last_number,
        author=run.person(said.owner),
        body=said.body,
        html=said.html,
        renderer=RENDERER_VERSION,
        language=run.language,
        # What is shown is the sum of our reactions and of the score, never below zero; see actions/reactions.py.
        useful_count=max(said.score, 0),
        imported_useful=said.score,
        created_at=said.at,
        edited_at=said.edited_at,
        external_id=said.external_id,
    )


def _event(run: Import, verb: str, key: str, owner: int | None, at: datetime, thread: Thread) -> Event:
    unknown = owner is None or owner == COMMUNITY_USER
    author = run.person(owner)
    return Event(
        verb=verb,
        at=at,
        actor_id=author.pk if author else None,
        role=Event.Role.SYSTEM if unknown else Event.Role.LEARNER,
        organisation_id=run.space.organisation_id,
        space_id=run.space.pk,
        thread_id=thread.pk,
        key=f"import:{key}",
        data={"imported": True},
    )


def _event_of(run: Import, said: Said, thread: Thread) -> Event:
    started = said.external_id == said.thread
    verb = "community.thread_started" if started else "community.post_written"
    event = _event(run, verb, said.external_id, said.owner, said.at, thread)
    post = said.post
    event.post_id = post.pk if post else None
    event.subject_type, event.subject_id = "community.post", event.post_id
    if started:
        event.subject_type, event.subject_id = "community.thread", thread.pk
        event.data |= {"kind": thread.kind, "length": len(said.body)}
    elif post:
        to = post.parent.author_id if post.parent else thread.author_id
        event.data |= {"number": post.number, "parent": post.parent_id, "to": to, "length": len(said.body)}
    return event


def _bring_tags(run: Import, questions: dict[str, DumpPost], threads: dict[str, Thread]) -> None:
    names = {name[:40] for question in questions.values() for name in question.tags}
    # Only on what is new: a tag that somebody took away here stays away.
    wanted = {key: [name[:40] for name in questions[key].tags] for key in threads if run.said[key].html}
    organisation = run.space.organisation
    there = set(Tag.objects.filter(organisation=organisation, name__in=names).values_list("name", flat=True))
    Tag.objects.bulk_create([Tag(organisation=organisation, name=name) for name in sorted(names - there)])
    run.report.take(_("tags"), made=len(names - there), there=len(there))
    tags = {tag.name: tag.pk for tag in Tag.objects.filter(organisation=organisation, name__in=names)}
    link = Thread.tags.through
    link.objects.bulk_create(
        [
            link(thread_id=threads[key].pk, tag_id=tags[name])
            for key, names in wanted.items()
            for name in names
        ],
        ignore_conflicts=True,
    )


def _bring_resolutions(run: Import, questions: dict[str, DumpPost], threads: dict[str, Thread]) -> None:
    resolved = set(Resolution.objects.filter(thread__in=threads.values()).values_list("thread_id", flat=True))
    new: list[Resolution] = []
    events: list[Event] = []
    for key, question in questions.items():
        if question.accepted is None or key not in threads:
            continue
        answer, thread = run.said.get(run.external_id("p", question.accepted)), threads[key]
        if answer is None or answer.post is None or answer.thread != key:
            missing = RefusedItem(key, question.title, _("The accepted answer is not in the dump."))
            run.report.refuse(_("accepted answers"), missing)
        elif thread.pk in resolved:
            run.report.take(_("accepted answers"), there=1)
        else:
            run.report.take(_("accepted answers"), made=1)
            new.append(
                Resolution(thread=thread, post=answer.post, by=run.person(question.owner), at=answer.at)
            )
            event = _event(
                run, "community.answer_accepted", f"{key}:accepted", question.owner, answer.at, thread
            )
            event.subject_type, event.subject_id = "community.post", answer.post.pk
            event.post_id = answer.post.pk
            event.data |= {"author": answer.post.author_id, "asker": thread.author_id}
            events.append(event)
    Resolution.objects.bulk_create(new, batch_size=BATCH)
    record_many(events)


def _name_differences(run: Import, folder: Path) -> None:
    new = [said for said in run.said.values() if said.html]
    counted: list[tuple[str, Callable[[Said], bool]]] = [
        (_("edited: the earlier versions are not in the dump"), lambda said: said.edited_at is not None),
        (_("without an author: the account was deleted there"), lambda said: said.owner is None),
        (
            _("comments on a question, which are replies in its discussion here"),
            lambda said: bool(said.about) and not said.parent,
        ),
        (_("with pictures, which became links to where they are"), lambda said: said.pictures > 0),
        (
            _("with votes, kept as a score: the dump does not say whose they were"),
            lambda said: said.score != 0,
        ),
    ]
    for sentence, holds in counted:
        run.report.differences[sentence] = sum(map(holds, new))
    made = run.report.made[_("accepted answers")]
    run.report.differences[_("accepted on the date of the answer: the dump holds no other")] = made
    for name in ("Badges", "Votes", "PostHistory", "PostLinks"):
        if any((folder / f"{name}{suffix}").is_file() for suffix in (".xml", ".xml.gz")):
            run.report.differences[_("%(name)s: a file that is not imported") % {"name": name}] = 1
    run.report.differences = +run.report.differences
