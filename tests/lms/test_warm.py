from django.template import engines

from lms.warm import FIRST_PAGES, warm_up


def test_first_pages_are_drawn_without_a_database(client):
    assert [client.get(path).status_code for path in FIRST_PAGES] == [200] * len(FIRST_PAGES)


def test_templates_are_loaded_before_they_are_asked_for():
    environment = engines["jinja2"].env
    environment.cache.clear()
    warm_up()
    assert any(name == "document.html" for _loader, name in list(environment.cache))
