import pytest

from community import actions


@pytest.fixture
def thread(space, awa):
    return actions.start_thread(space, author=awa, title="Qui valide un devis ?", body="Je cherche.")
