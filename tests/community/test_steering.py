"""What whoever facilitates does to a whole place: said, taken back, and nobody else's."""

import pytest

from events.models import Event

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("act", ["pin", "lock", "archive"])
def test_what_steers_a_place_says_so_and_is_taken_back(
    act, thread, space, julie, awa, ines, sign_in, english
):
    julie.language = "en"
    julie.save(update_fields=["language"])
    where = {"pin": f"/threads/{thread.pk}/pin/", "lock": f"/threads/{thread.pk}/lock/"}
    address = where.get(act, f"{space.get_absolute_url()}archive/")

    def state():
        thread.refresh_from_db()
        space.refresh_from_db()
        return bool({"pin": thread.pinned_at, "lock": thread.is_locked, "archive": space.archived_at}[act])

    page = sign_in(julie).post(address, {"on": "1"}, follow=True).text
    assert state()
    undo = f"{address}?on=0"
    assert f'action="{undo}"' in page.split('id="toasts"', 1)[1]
    for other, status in ((awa, 403), (ines, 404)):
        assert sign_in(other).post(undo).status_code == status
    # Without scripts it is a form like any other.
    assert f'action="{address}?on=1"' in sign_in(julie).post(undo, follow=True).text
    assert not state()


@pytest.mark.parametrize("act", ["pin", "lock", "archive"])
def test_pressed_twice_it_is_told_to_the_log_once(act, thread, space, julie, sign_in):
    where = {"pin": f"/threads/{thread.pk}/pin/", "lock": f"/threads/{thread.pk}/lock/"}
    client, address = sign_in(julie), where.get(act, f"{space.get_absolute_url()}archive/")
    before = Event.objects.count()
    for _twice in range(2):
        client.post(address, {"on": "1"})
    assert Event.objects.count() == before + 1
