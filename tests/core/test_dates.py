import pytest
from django.utils import translation

from core import dates
from courses.forms.studio import CourseForm, SessionForm
from people.forms import MoveForm


@pytest.mark.parametrize("year", ["0001", "1999", "2100", "9999"])
def test_a_year_of_no_calendar_is_refused_with_a_sentence(year):
    form = SessionForm({"name": "Automne", "opens_at": f"{year}-01-01T00:00"})
    with translation.override("en"):
        assert form.errors["opens_at"] == ["Check the year: it lies between 2000 and 2099."]


@pytest.mark.django_db
def test_a_plausible_date_is_kept():
    assert SessionForm({"name": "Automne", "opens_at": "2026-11-28T09:30"}).is_valid()


@pytest.mark.parametrize(
    ("form", "name"),
    [(CourseForm, "due_on"), (SessionForm, "opens_at"), (SessionForm, "closes_at"), (MoveForm, "on")],
)
def test_every_date_that_is_typed_is_of_a_class_of_the_house(form, name):
    assert isinstance(form.base_fields[name], dates.DateField | dates.DateTimeField)
