import pytest
from django.db import transaction

from events.models import Event
from events.recording import record


@pytest.mark.django_db(transaction=True)
def test_a_sentence_outside_a_transaction_is_refused(awa):
    with pytest.raises(RuntimeError):
        record("people.user_joined", actor=awa, subject=awa)

    assert not Event.objects.exists()


def test_a_verb_that_is_not_listed_is_refused(awa):
    with pytest.raises(ValueError, match="listed"):
        record("people.user_danced", actor=awa, subject=awa)


def test_a_sentence_keeps_who_with_which_role_did_what(julie):
    with transaction.atomic():
        event = record("people.user_joined", actor=julie, subject=julie)

    event.refresh_from_db()
    assert (event.verb, event.actor_id, event.role) == ("people.user_joined", julie.pk, "trainer")
    assert (event.subject_type, event.subject_id) == ("people.user", julie.pk)
    assert event.organisation_id == julie.organisation_id
    assert event.txid > 0
