from datetime import UTC, datetime

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import timezone, translation

from core.icons import icon_body, icon_svg
from people.models import Profile, Standing, User


def draw(source: str, **context) -> str:
    return Template(source).render(Context(context))


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def awa(**fields) -> User:
    return User(pk=11, name="Awa Mbaye", handle="awa", **fields)


def test_an_icon_is_hidden_from_screen_readers():
    svg = draw('{% icon "play" class="size-4" %}')
    assert 'aria-hidden="true"' in svg
    assert 'class="size-4 shrink-0"' in svg
    assert "<path" in svg


def test_an_unknown_icon_draws_nothing_and_never_reads_outside_its_folder():
    assert icon_body("../../package") is None
    assert icon_svg("no-such-icon", "size-4").endswith('aria-hidden="true"></svg>')


def test_a_person_without_a_picture_keeps_their_colour():
    first, again = draw("{% avatar person %}", person=awa()), draw("{% avatar person %}", person=awa())
    assert first == again
    assert ">AM</span>" in first
    assert "tint-3" in first
    assert "style=" not in first


def test_someone_who_left_has_a_neutral_face():
    assert "bg-base-300" in draw("{% avatar None %}")
    assert "Former member" in draw("{% person_chip None %}")


def test_a_picture_and_a_standing_show_only_when_the_page_joined_them():
    person = awa()
    assert "Expert" not in draw("{% person_chip person link=False %}", person=person)
    person._state.fields_cache["profile"] = Profile(user=person, picture="people/awa.webp")
    person._state.fields_cache["standing"] = Standing(user=person, role="trainer", expertise="Expert <em>")
    chip = draw("{% person_chip person link=False %}", person=person)
    assert 'src="/media/people/awa.webp"' in chip
    assert "Trainer" in chip
    assert "Expert &lt;em&gt;" in chip


def test_a_role_in_this_place_is_said_instead_of_the_one_known_everywhere():
    person, source = awa(), '{% person_chip person role="Facilitates here" %}'
    assert "Facilitates here" in draw(source, person=person)
    person._state.fields_cache["standing"] = Standing(user=person, role="facilitator", expertise="Sound")
    chip = draw(source, person=person)
    assert "Facilitates here" in chip
    assert "Facilitator" not in chip
    assert "Sound" in chip


@pytest.mark.parametrize(
    ("done", "total", "seats", "filled"),
    [
        (3, 8, 8, 3),
        (0, 6, 6, 0),
        (6, 6, 6, 6),
        (0, 0, 0, 0),
        (1, 60, 24, 1),
        (59, 60, 24, 23),
        (60, 60, 24, 24),
    ],
)
def test_the_ring_seats_one_dot_per_module_and_groups_past_24(done, total, seats, filled):
    svg = draw("{% ring done total %}", done=done, total=total)
    assert svg.count("<circle") == seats
    assert svg.count("fill-primary") == filled
    assert f'aria-label="{done} of {total} modules done"' in svg


def test_a_button_with_an_address_is_a_link_and_its_attributes_are_escaped():
    source = "{% button words href='/x' hx_get='/y' data_note=note disabled=False %}"
    drawn = draw(source, words="Go <b>", note='"><script>')
    assert drawn.startswith("<a ")
    assert "Go &lt;b&gt;" in drawn
    assert 'hx-get="/y"' in drawn
    assert "<script>" not in drawn
    assert "disabled" not in drawn


def test_a_button_that_is_only_an_icon_has_a_name():
    drawn = draw('{% button "Close" icon="x" hidden_label=True type="button" %}')
    assert 'aria-label="Close"' in drawn
    assert ">Close<" not in drawn


class Letter(forms.Form):
    subject = forms.CharField(help_text="Short is better.")
    body = forms.CharField(widget=forms.Textarea, required=False)
    urgent = forms.BooleanField(required=False)
    tone = forms.ChoiceField(choices=[("warm", "Warm"), ("dry", "Dry")], widget=forms.RadioSelect)


def test_a_refused_field_keeps_the_text_and_is_wired_to_its_error():
    form = Letter({"subject": "", "body": "What I <typed>", "tone": "loud"})
    assert not form.is_valid()
    subject = draw("{% field form.subject %}", form=form)
    assert 'aria-invalid="true"' in subject
    assert 'aria-describedby="id_subject_helptext id_subject_error"' in subject
    assert 'id="id_subject_error"' in subject
    assert 'id="id_subject_helptext"' in subject
    assert '<label class="text-sm font-medium" for="id_subject">' in subject
    assert "What I &lt;typed&gt;" in draw("{% field form.body %}", form=form)


def test_choices_are_a_fieldset_with_a_legend():
    drawn = draw("{% field form.tone %}", form=Letter())
    assert "<fieldset" in drawn
    assert "Tone</legend>" in drawn
    assert drawn.count('type="radio"') == 2


def test_the_pager_keeps_the_filters_of_the_address():
    page = Paginator(range(30), 10).page(2)
    request = RequestFactory().get("/courses/", {"q": "sécurité", "page": "2"})
    drawn = draw("{% pager page %}", page=page, request=request)
    assert "?q=s%C3%A9curit%C3%A9&amp;page=1" in drawn
    assert "?q=s%C3%A9curit%C3%A9&amp;page=3" in drawn
    assert draw("{% pager page %}", page=Paginator([1], 10).page(1), request=request).strip() == ""


def test_a_time_falls_back_to_the_full_date_in_the_zone_and_language_of_the_reader():
    moment = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
    with timezone.override("Europe/Paris"), translation.override("fr"):
        drawn = draw("{% time moment %}", moment=moment)
    assert "21 novembre 2026 à 00:30" in drawn
    with timezone.override("Europe/Paris"), translation.override("en"):
        assert "21 November 2026, 00:30" in draw("{% time moment %}", moment=moment)
    assert 'datetime="2026-11-20T23:30:00+00:00"' in drawn


def test_a_chart_brings_its_table_and_its_definition():
    figure = {
        "kind": "line",
        "title": "Participation",
        "labels": ["W36", "W37"],
        "series": [{"label": "Active", "values": [61, None], "tone": "primary"}],
        "unit": "%",
        "definition": "People who wrote </script> at least once.",
    }
    drawn = draw('{% chart "participation" figure %}', figure=figure)
    assert drawn.count("</script>") == 1
    assert 'data-chart="participation-data"' in drawn
    assert "61 %" in drawn
    assert "—" in drawn
    assert "People who wrote &lt;/script&gt; at least once." in drawn


def test_blocks_wrap_what_is_between_them():
    assert "<p>Inside</p>" in draw('{% card title="A" %}<p>Inside</p>{% endcard %}')
    dialog = draw('{% dialog id="d" title="Are you sure?" %}Words{% enddialog %}')
    assert 'aria-labelledby="d-title"' in dialog
    menu = draw('{% menu id="m" label="More" %}<li>One</li>{% endmenu %}')
    assert 'popovertarget="m"' in menu
    assert 'aria-label="More"' in menu
