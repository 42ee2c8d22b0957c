import json
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import Refused
from core.importing import RefusedItem
from courses.formats import gift, moodle_xml
from courses.formats.questions import Kind, ReadQuestion
from tests.samples import SAMPLES, needs_samples

pytestmark = pytest.mark.usefixtures("english")


def one(text):
    (item,) = gift.read(text)
    return item


def test_comments_titles_categories_and_escapes_are_read():
    question = one(
        "$CATEGORY: $course$/top/Réseaux/Ports\n\n// [tag:facile] une remarque\n"
        "::Le port \\: HTTP:: Quel port \\= \\{web\\} ? {\n =80#oui\n ~443#non\\: c'est \\~HTTPS\n ####Voir le cours.\n}\n"
    )
    assert (question.title, question.text) == ("Le port : HTTP", "Quel port = {web} ?")
    assert (question.category, question.tags, question.where) == ("Réseaux/Ports", ("facile",), "line 4")
    assert [(o.text, o.is_right, o.feedback) for o in question.options] == [
        ("80", True, "oui"),
        ("443", False, "non: c'est ~HTTPS"),
    ]
    assert question.feedback == "Voir le cours."


def test_the_feedback_of_the_wrong_answer_comes_first():
    question = one("Le soleil se lève à l'est. {T#Regardez encore.#Bravo.}")
    assert (question.is_true, question.true_feedback, question.false_feedback) == (
        True,
        "Bravo.",
        "Regardez encore.",
    )


def test_blank_lines_inside_braces_do_not_end_a_question():
    assert len(one("Q {\n=a\n\n~b\n}").options) == 2


def test_a_brace_never_closed_costs_one_question_only():
    first, second = gift.read("::Un:: Q {\n=a\n~b\n\n::Deux:: R {=a ~b}")
    assert isinstance(first, RefusedItem)
    assert (first.where, first.name) == ("line 1", "Un")
    assert second.title == "Deux"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Q {=a}", "short answer"),
        ("Q {#3:1}", "numerical"),
        ("Q {}", "essay"),
        ("Q {=a -> b =c -> d}", "matching"),
        ("just words", "asks nothing"),
        ("Q {=a =b ~c}", "only one may be chosen"),
        ("Q {~a ~b}", "No option is right"),
        ("Q {=a ~}", "empty"),
        ("{=a ~b}", "no text"),
        ("Q {=a ~b} et {=c ~d}", "Several gaps"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_its_reason(text, reason):
    refused = one(text)
    assert isinstance(refused, RefusedItem)
    assert reason in refused.reason


def test_a_part_of_the_points_is_named_as_a_difference():
    assert one("Q {=a ~%50%b ~c}").notes
    assert not one("Q {~%50%a ~%50%b ~%-100%c}").notes


@given(st.text(alphabet="{}=~#%:\\/$\n [T->]aé1", max_size=200))
@settings(max_examples=200, deadline=None)
def test_no_text_breaks_the_gift_reader(text):
    for item in gift.read(text):
        assert isinstance(item, ReadQuestion | RefusedItem)


XML = """<quiz>
<question type="category"><category><text>$course$/top/Bases</text></category></question>
<question type="multichoice"><name><text>m</text></name>
 <questiontext format="html"><text><![CDATA[<p>Lesquels ?</p>]]></text></questiontext><single>false</single>
 <answer fraction="50"><text>a</text><feedback><text>oui</text></feedback></answer>
 <answer fraction="50"><text>b</text></answer><answer fraction="-100"><text>c</text></answer>
 <tags><tag><text>facile</text></tag></tags></question>
<question type="truefalse"><name><text>t</text></name><questiontext format="plain_text"><text>Vrai ?</text></questiontext>
 <answer fraction="0"><text>true</text><feedback><text>non</text></feedback></answer>
 <answer fraction="100"><text>false</text></answer></question>
<question type="matching"><name><text>x</text></name></question>
</quiz>"""


def test_moodle_xml_gives_what_can_be_asked_and_names_the_rest():
    several, truth, refused = moodle_xml.read(XML.encode())
    assert (several.kind, several.category, several.tags) == (Kind.MULTIPLE, "Bases", ("facile",))
    assert [(o.text, o.is_right, o.feedback) for o in several.options] == [
        ("a", True, "oui"),
        ("b", True, ""),
        ("c", False, ""),
    ]
    assert (truth.kind, truth.is_true, truth.true_feedback, truth.format) == (
        Kind.TRUE_FALSE,
        False,
        "non",
        "plain",
    )
    assert (refused.where, refused.name) == ("question 4", "x")
    assert "matching" in refused.reason


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<quiz>",
        b"<other/>",
        b'<!DOCTYPE a [<!ENTITY b "c">]><quiz>&b;</quiz>',
        b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><quiz>&b;</quiz>',
    ],
)
def test_a_file_that_is_no_question_bank_is_refused(content):
    with pytest.raises(Refused):
        list(moodle_xml.read(content))


def expected_of(question):
    """Our reading in the words of the published expected parse."""
    if question.kind is Kind.TRUE_FALSE:
        return {"type": "TF", "stem": question.text, "isTrue": question.is_true}
    choices = [
        (
            option.text,
            option.is_right if question.kind is Kind.SINGLE else False,
            option.weight,
            option.feedback or None,
        )
        for option in question.options
    ]
    return {"type": "MC", "stem": question.text, "choices": choices}


def published(entry):
    if entry["type"] == "TF":
        return {"type": "TF", "stem": entry["stem"]["text"], "isTrue": entry["isTrue"]}
    choices = [
        (c["text"]["text"], c["isCorrect"], c["weight"], c["feedback"] and c["feedback"]["text"])
        for c in entry["choices"]
    ]
    return {"type": "MC", "stem": entry["stem"]["text"], "choices": choices}


class TestOnSamples:
    pytestmark = needs_samples

    def test_gift_files_are_read_as_their_published_parse_says(self):
        kinds = Counter()
        files = sorted((SAMPLES / "gift").glob("*.gift"))
        assert len(files) == 12
        for file in files:
            entries = [
                e for e in json.loads(file.with_suffix(".json").read_text()) if e["type"] != "Category"
            ]
            items = list(gift.read(file.read_text()))
            assert len(items) == len(entries), file.name
            for item, entry in zip(items, entries, strict=True):
                kinds[entry["type"]] += 1
                if entry["type"] in ("MC", "TF"):
                    assert expected_of(item) == published(entry)
                    assert (item.title or None, item.format) == (entry["title"], entry["stem"]["format"])
                else:
                    assert isinstance(item, RefusedItem)
        assert kinds == {
            "MC": 4,
            "TF": 4,
            "Description": 1,
            "Essay": 1,
            "Matching": 2,
            "Numerical": 10,
            "Short": 2,
        }

    def test_the_french_questions_come_out_of_both_formats_alike(self):
        folder = SAMPLES / "quiz-fr"
        from_gift = list(gift.read((folder / "openquizzdb-fr.gift").read_text()))
        from_xml = list(moodle_xml.read((folder / "openquizzdb-fr-extrait.moodle.xml").read_bytes()))
        assert Counter(item.kind for item in from_gift) == {Kind.SINGLE: 240}
        assert Counter(item.category for item in from_gift).most_common()[-1][1] == 30
        assert len(from_xml) == 60
        by_title = {question.title: question for question in from_gift}
        for question in from_xml:
            twin = by_title[question.title]
            assert [(o.text, o.is_right) for o in question.options] == [
                (o.text, o.is_right) for o in twin.options
            ]
            assert question.feedback == twin.feedback
