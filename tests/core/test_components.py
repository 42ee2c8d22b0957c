from datetime import UTC, datetime

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template, engines
from django.test import RequestFactory
from django.utils import timezone, translation

from core.components import icon_body
from people.queries.person_card import PersonCard


def draw(source: str, **context) -> str:
    return (
        engines["jinja2"].env.from_string('{% import "components/ui.html" as ui %}' + source).render(context)
    )


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def awa(**fields) -> PersonCard:
    return PersonCard(pk=11, name="Awa Mbaye", handle="awa", **fields)


def test_an_icon_is_hidden_from_screen_readers():
    svg = draw('{{ ui.icon("play", "size-4") }}')
    assert 'aria-hidden="true"' in svg
    assert 'class="size-4 shrink-0"' in svg
    assert "<path" in svg


def test_an_unknown_icon_draws_nothing_and_never_reads_outside_its_folder():
    assert icon_body("../../package") is None
    assert draw('{{ ui.icon("no-such-icon") }}').endswith('aria-hidden="true"></svg>')


@pytest.mark.parametrize(
    "call", ['badge("x", colour="red")', 'button("x", hx_get="/y")', 'icon("x", size=4)']
)
def test_a_component_refuses_a_prop_it_does_not_know(call):
    with pytest.raises(TypeError, match="takes no keyword argument"):
        draw(f"{{{{ ui.{call} }}}}")


def test_a_person_without_a_picture_keeps_their_colour():
    first, again = (
        draw("{{ ui.avatar(person) }}", person=awa()),
        draw("{{ ui.avatar(person) }}", person=awa()),
    )
    assert first == again
    assert ">AM</span>" in first
    assert "tint-3" in first
    assert "style=" not in first


def test_someone_who_left_has_a_neutral_face_and_no_link():
    assert "bg-base-300" in draw("{{ ui.avatar(none) }}")
    assert "Former member" in draw("{{ ui.person_chip(none) }}")
    gone = draw("{{ ui.person_chip(person) }}", person=awa(anonymised_at=timezone.now()))
    assert "Former member" in gone
    assert "href" not in gone


def test_a_picture_and_a_standing_are_those_of_the_card_and_words_are_escaped():
    person = awa(picture="people/awa.webp", role="trainer", expertise="Expert <em>")
    chip = draw("{{ ui.person_chip(person) }}", person=person)
    assert 'src="/media/people/awa.webp"' in chip
    assert "Trainer" in chip
    assert "Expert &lt;em&gt;" in chip
    assert 'href="/people/awa/"' in chip


def test_a_role_in_this_place_is_said_instead_of_the_one_known_everywhere():
    person = awa(role="facilitator", expertise="Sound")
    chip = draw('{{ ui.person_chip(person, role="Facilitates here") }}', person=person)
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
    svg = draw("{{ ui.ring(done, total) }}", done=done, total=total)
    assert svg.count("<circle") == seats
    assert svg.count("fill-primary") == filled
    assert f'aria-label="{done} of {total} modules done"' in svg


def test_a_button_with_an_address_is_a_link_and_its_attributes_are_escaped():
    source = '{{ ui.button(words, href="/x", attrs={"hx-get": "/y", "data-note": note, "disabled": none}) }}'
    drawn = draw(source, words="Go <b>", note='"><script>')
    assert drawn.startswith("<a ")
    assert "Go &lt;b&gt;" in drawn
    assert 'hx-get="/y"' in drawn
    assert "<script>" not in drawn
    assert "disabled" not in drawn


def test_a_button_that_is_only_an_icon_has_a_name():
    drawn = draw('{{ ui.button("Close", icon="x", hidden_label=True, type="button") }}')
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
    subject = " ".join(draw("{{ ui.field(form.subject) }}", form=form).split())
    assert 'aria-invalid="true"' in subject
    assert 'aria-describedby="id_subject_helptext id_subject_error"' in subject
    assert 'id="id_subject_error"' in subject
    assert 'id="id_subject_helptext"' in subject
    assert '<label class="text-sm font-medium" for="id_subject">' in subject
    assert "input-error" in subject
    assert "What I &lt;typed&gt;" in draw("{{ ui.field(form.body) }}", form=form)


def test_a_composer_keeps_what_was_typed_and_knows_its_draft():
    form = Letter({"body": "</textarea><b>"})
    drawn = draw('{{ ui.composer(form.body, place="thread:1", sequence=3, attrs={"rows": 7}) }}', form=form)
    assert "&lt;/textarea&gt;&lt;b&gt;" in drawn
    assert drawn.count("</textarea>") == 1
    assert 'data-place="thread:1" data-sequence="3"' in drawn
    assert 'rows="7"' in drawn
    assert 'dir="auto"' in drawn


def test_choices_are_a_fieldset_with_a_legend():
    drawn = draw("{{ ui.field(form.tone) }}", form=Letter())
    assert "<fieldset" in drawn
    assert "Tone</legend>" in drawn
    assert drawn.count('type="radio"') == 2


def test_the_pager_keeps_the_filters_of_the_address():
    page = Paginator(range(30), 10).page(2)
    request = RequestFactory().get("/courses/", {"q": "sécurité", "page": "2"})
    drawn = draw("{{ ui.pager(page, request) }}", page=page, request=request)
    assert "?q=s%C3%A9curit%C3%A9&amp;page=1" in drawn
    assert "?q=s%C3%A9curit%C3%A9&amp;page=3" in drawn
    alone = draw("{{ ui.pager(page, request) }}", page=Paginator([1], 10).page(1), request=request)
    assert alone.strip() == ""


def test_a_time_falls_back_to_the_full_date_in_the_zone_and_language_of_the_reader():
    at = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
    with timezone.override("Europe/Paris"), translation.override("fr"):
        drawn = draw("{{ ui.time(at) }}", at=at)
    assert "21 novembre 2026 à 00:30" in drawn
    with timezone.override("Europe/Paris"), translation.override("en"):
        assert "21 November 2026, 00:30" in draw("{{ ui.time(at) }}", at=at)
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
    drawn = draw('{{ ui.chart("participation", figure) }}', figure=figure | {"note": "</script>"})
    assert drawn.count("</script>") == 1
    assert 'data-chart="participation-data"' in drawn
    assert "61 %" in drawn
    assert "—" in drawn
    assert "People who wrote &lt;/script&gt; at least once." in drawn


def test_blocks_wrap_what_is_between_them():
    assert "<p>Inside</p>" in draw('{% call ui.card(title="A") %}<p>Inside</p>{% endcall %}')
    dialog = draw('{% call ui.dialog(id="d", title="Are you sure?") %}Words{% endcall %}')
    assert 'aria-labelledby="d-title"' in dialog
    table = draw('{% call ui.table("Figures", small=True) %}<tbody></tbody>{% endcall %}')
    assert 'tabindex="0" role="region" aria-label="Figures"><table class="table table-sm">' in table
    menu = draw('{% call ui.menu(id="m", label="More") %}<li>One</li>{% endcall %}')
    assert 'popovertarget="m"' in menu
    assert 'aria-label="More"' in menu


def test_pages_of_others_take_the_same_components_and_escape_alike():
    source = '{% load components %}{% component "button" words kind="ghost" %}{% card title=words %}<i>in</i>{% endcard %}'
    drawn = Template(source).render(Context({"words": "Go <b>"}))
    assert 'class="btn btn-ghost">Go &lt;b&gt;</button>' in drawn
    assert "Go &lt;b&gt;</h2>" in drawn
    assert "<i>in</i>" in drawn
