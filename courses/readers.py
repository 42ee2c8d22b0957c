"""What courses does when talk goes by: modules that ask for contributions count them."""

from django.db.models import QuerySet

from community.models import Post
from core.prepared import AnyOf, prepared
from courses.actions.completion import count_talk
from courses.models import CompletionRule, Enrolment, ModuleThread, Progress
from events.models import Event
from events.reading import reader

TALK = {
    "community.post_written",
    "community.post_deleted",
    "community.post_restored",
    "community.post_decided",
    "community.decision_undone",
}
COUNTED = [CompletionRule.Kind.CONTRIBUTED, CompletionRule.Kind.REPLIED]


@reader("courses.completion", verbs=TALK)
def count_contributions(events: list[Event]) -> None:
    """Counts again for everyone whose post it is: the author now, or whose post was taken away or given back."""
    threads = {event.thread_id for event in events if event.thread_id}
    for place in _counted_places(threads=sorted(threads)):
        authors = _authors([event for event in events if event.thread_id == place.thread_id])
        enrolments = Enrolment.objects.active().filter(
            user__in=authors, session__space=place.space_id, session__course=place.module.course_id
        )
        for enrolment in enrolments.select_related("session__course", "user"):
            progress, _created = Progress.objects.get_or_create(enrolment=enrolment, module=place.module)
            progress.enrolment, progress.module = enrolment, place.module
            count_talk(progress)


@prepared
def _counted_places(threads: list[int]) -> QuerySet:
    places = ModuleThread.objects.filter(AnyOf("thread", threads), module__rules__kind__in=COUNTED)
    return places.select_related("module").distinct()


def _authors(events: list[Event]) -> set[int]:
    people = {event.actor_id for event in events}
    posts = {event.post_id for event in events if event.post_id}
    people |= set(Post.objects.filter(pk__in=posts).values_list("author", flat=True))
    return {person for person in people if person is not None}
