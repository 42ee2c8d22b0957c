import pytest

from community import actions
from tests import making

pytestmark = pytest.mark.django_db


@pytest.fixture
def space(lumen, awa, karim, julie):
    space = making.make_space(lumen, charter="Soyons clairs.", charter_html="<p>Soyons clairs.</p>")
    making.join(space, awa, karim)
    making.join(space, julie, role="facilitator")
    return space


@pytest.fixture
def thread(space, awa):
    return actions.start_thread(space, author=awa, title="Qui valide un devis ?", body="Je cherche.")


def test_thread(thread, awa, karim, sign_in):
    post = actions.write_post(thread, author=karim, body="Le **manager**.")
    actions.write_post(thread, author=awa, body="Merci", parent=post)
    r = sign_in(awa).get(thread.get_absolute_url())
    assert r.status_code == 200
    open("/tmp/thread.html", "w").write(r.content.decode())
