"""What shows nothing is not written, and what has no room is refused, not cut."""

import pytest

from community import actions as talk
from community.forms import RemovalForm, SpaceForm
from core.errors import Refused
from core.words import as_read, checked_words, is_visible
from courses.forms.studio import CourseForm, NewModuleForm, QuestionForm, SectionForm, SessionForm
from people import actions as people
from people.forms import SkillForm
from tests import making

UNSEEN = ["\u200b", " \u202e\u2066 ", "\u00ad\u00ad", "\u3164", "\u2800", "\ufeff\n", "\ufffc", "\U0001d159"]


@pytest.mark.parametrize("text", UNSEEN)
def test_signs_that_show_nothing_are_no_words(text):
    assert not is_visible(text)
    assert checked_words(text, "title", most=10) == ""
    with pytest.raises(Refused) as refusal:
        checked_words(text, "title", most=10, needed="Say why.")
    assert (str(refusal.value), refusal.value.code) == ("Say why.", "title")


@pytest.mark.parametrize("text", ["é", "?", "3", "👍", "好", "-"])
def test_one_letter_figure_or_sign_is_enough(text):
    assert checked_words(f" {text}\n", "title", most=1, needed="Say why.") == text


def test_two_texts_that_look_alike_read_the_same():
    assert as_read(" Un\u200b \u2066devis\n") == "Un devis"
    assert as_read("e\u0301te\u0301") != as_read("ete")
    assert as_read("Devis") != as_read("devis")


def test_a_line_break_is_one_sign_however_a_browser_sends_it():
    line = "é\r\n"
    assert RemovalForm({"reason": line * 299 + "é"}).is_valid()
    assert checked_words(line * 299 + "é", "reason", most=600).count("\n") == 299
    assert not RemovalForm({"reason": line * 300 + "é"}).is_valid()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("form", "field"),
    [
        (SpaceForm, "name"),
        (CourseForm, "title"),
        (SectionForm, "title"),
        (NewModuleForm, "title"),
        (SessionForm, "name"),
        (QuestionForm, "text"),
        (SkillForm, "name"),
    ],
)
def test_a_form_asks_for_a_name_that_can_be_seen(form, field):
    for text in UNSEEN:
        # White space alone is already nothing to Django; each of the others is one error of this field.
        assert len(form({field: text}).errors[field]) == 1
    assert field not in form({field: "L’accueil"}).errors


def test_a_reason_of_unseen_signs_and_one_that_is_cut_are_refused(space, julie, karim):
    for reason in ["\u200b", "é" * 601]:
        with pytest.raises(Refused) as refusal:
            talk.mute_member(space, user=karim, by=julie, reason=reason, days=1)
        assert refusal.value.code == "reason"
        with pytest.raises(Refused):
            talk.remove_member(space, user=karim, by=julie, reason=reason)


def test_a_discussion_has_a_title_choices_and_tags_that_can_be_seen_and_fit(space, awa):
    def begin(**changes):
        said = {"title": "Qui valide un devis ?", "body": "Je cherche.", **changes}
        return talk.start_thread(space, author=awa, **said)

    for code, changes in [
        ("title", {"title": "\u200b"}),
        ("title", {"title": "é" * 201}),
        ("tags", {"tags": ["é" * 41]}),
        ("choices", {"kind": "poll", "choices": ["Oui", "\u2800", "\u00ad"]}),
        ("choices", {"kind": "poll", "choices": ["Oui", "o\u200bui "]}),
    ]:
        with pytest.raises(Refused) as refusal:
            begin(**changes)
        assert refusal.value.code == code, changes
    assert not space.threads.exists()
    thread = begin(tags=[" #Devis ", "\u200b"], kind="poll", choices=["Oui", "\u200b", "Non"])
    assert list(thread.tags.values_list("name", flat=True)) == ["devis"]
    assert list(thread.choices.values_list("text", flat=True)) == ["Oui", "Non"]


def test_words_about_a_message_are_seen_and_whole(space, awa, julie, karim):
    post = making.make_thread(space, author=awa).posts.get(number=1)
    for say in [
        lambda words: talk.flag_post(post, by=karim, reason="tone", comment=words),
        lambda words: talk.decide(post, by=julie, kind="hide", note=words),
    ]:
        with pytest.raises(Refused):
            say("é" * 1001)
    assert not post.flags.exists()
    assert not post.decisions.exists()
    talk.decide(post, by=julie, kind="hide", note="\u200b")
    assert post.decisions.get().note == ""
    for words in ["\u200b", "é" * 1001]:
        with pytest.raises(Refused) as refusal:
            talk.contest_decision(post, by=awa, words=words)
        assert refusal.value.code == "words"


def test_a_unit_keeps_its_whole_name_or_the_one_it_had(lumen, marc, sign_in):
    unit = making.make_unit(lumen, "Ventes")
    page = sign_in(marc)
    for name in ["é" * 121, "\u200b", ""]:
        with pytest.raises(Refused):
            people.rename_unit(unit, name=name)
        with pytest.raises(Refused):
            people.add_unit(lumen, name=name)
        page.post(f"/organisation/units/{unit.pk}/name/", {"name": name})
        unit.refresh_from_db()
        assert unit.name == "Ventes"


def test_a_skill_has_a_name_that_can_be_seen(awa):
    with pytest.raises(Refused):
        people.declare_skill(awa, name="\u200b")
