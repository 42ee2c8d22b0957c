import pytest

from community import actions
from tests import making


@pytest.fixture
def space(lumen, awa, karim, julie):
    """A space of Lumen: Awa and Karim are members, Julie facilitates."""
    space = making.make_space(lumen)
    making.join(space, awa, karim)
    making.join(space, julie, role="facilitator")
    return space


@pytest.fixture
def thread(space, awa):
    return actions.start_thread(space, author=awa, title="Qui valide un devis ?", body="Je cherche.")
