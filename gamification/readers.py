"""What is recognised when an event goes by. Usefulness only: never volume, speed or presence."""

from events.models import Event
from events.reading import reader
from gamification import actions
from gamification.definitions import RELEVANT_ANSWER


@reader(
    "gamification.recognition",
    verbs={"community.answer_accepted", "community.answer_unaccepted"},
    reset=actions.forget_everything,
)
def recognise_answers(event: Event) -> None:
    author, asker = event.data.get("author"), event.data.get("asker")
    if author is None:
        return
    evidence = f"post:{event.post_id}"
    if event.verb == "community.answer_unaccepted":
        actions.revoke(RELEVANT_ANSWER, user_id=author, evidence=evidence, event=event)
    # One's own answer proves nothing: neither to one's own question, nor accepted by oneself.
    elif author not in (asker, event.actor_id):
        actions.grant(RELEVANT_ANSWER, user_id=author, evidence=evidence, event=event)
