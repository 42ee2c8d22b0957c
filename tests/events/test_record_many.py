from datetime import UTC, datetime

import pytest

from events.models import Event
from events.recording import record_many

AT = datetime(2019, 9, 9, 12, tzinfo=UTC)


def event(key, verb="community.post_written", **fields):
    return Event(verb=verb, at=AT, key=key, subject_type="imported", data={"n": 1}, **fields)


@pytest.mark.django_db
def test_events_of_the_past_are_written_once_each():
    assert record_many([event("a", actor_id=7), event("b")]) == 2
    assert record_many([event("b"), event("c"), event("c")]) == 1
    rows = Event.objects.order_by("key").values_list("key", "at", "actor_id", "data", "role")
    assert list(rows) == [
        ("a", AT, 7, {"n": 1}, "learner"),
        ("b", AT, None, {"n": 1}, "learner"),
        ("c", AT, None, {"n": 1}, "learner"),
    ]
    assert not Event.objects.filter(txid=None).exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong", [event(None), event("a", verb="community.unheard_of"), Event(verb="courses.enrolled", key="a")]
)
def test_an_event_without_key_verb_or_date_is_refused(wrong):
    with pytest.raises(ValueError):
        record_many([event("good"), wrong])
    assert not Event.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_nothing_is_recorded():
    with pytest.raises(RuntimeError):
        record_many([event("a")])
    assert not Event.objects.exists()
