"""What is recognised when events go by. Usefulness only: never volume, speed or presence."""

from collections import defaultdict

from events.models import Event
from events.reading import reader
from gamification import actions
from gamification.evidence import Pair, pairs_of_asker, pairs_of_the_erased

ANSWERS = {"community.answer_accepted", "community.answer_unaccepted"}
ACCOUNTS = {"people.user_joined", "people.user_deactivated"}
ERASED = "people.user_erased"


@reader("gamification.recognition", verbs={*ANSWERS, *ACCOUNTS, ERASED})
def recognise_answers(events: list[Event]) -> None:
    """Look again at every pair of people that these events touch. A rebuild looks at all, and finds all as it is."""
    touched: dict[Pair, list[Event]] = defaultdict(list)
    for event in events:
        for pair in _pairs(event):
            touched[pair].append(event)
    for pair, theirs in touched.items():
        actions.settle(pair, events=theirs)


def _pairs(event: Event) -> set[Pair]:
    if event.verb == ERASED:
        return pairs_of_the_erased(event.organisation_id)
    if event.verb in ACCOUNTS:
        return pairs_of_asker(event.subject_id) if event.subject_id else set()
    author = event.data.get("author")
    return {Pair.of(author, event.data.get("asker"))} if author else set()
