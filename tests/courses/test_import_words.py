"""What a bank's words become: every sign stays, a question is refused alone, and nothing that is sent is a fault of ours."""

from html import escape

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import Refused
from core.importing import Report
from courses.imports import import_questions, read_questions
from courses.models import Option, Question

pytestmark = pytest.mark.usefixtures("english")

SIGNS = [
    "> 18 ans",
    "- 18 °C",
    "+ 4 °C",
    "+",
    "-",
    "# 3",
    "---",
    "===",
    "1. Paris",
    "10 * 3",
    "a_b_c",
    "a &amp; b",
    "<b>",
]


def bring(content, by):
    report = Report()
    import_questions(read_questions("bank", content.encode()), by=by, language="fr", report=report)
    return report


def gift(options, format_=""):
    signs = [re_escape(option) for option in options]
    return f"::Q:: {format_}Laquelle ? {{={signs[0]} " + " ".join(f"~{sign}" for sign in signs[1:]) + "}"


def re_escape(text):
    return "".join(f"\\{sign}" if sign in "~=#{}:\\" else sign for sign in text)


def xml(*questions, format_="html"):
    drawn = []
    for name, text, options in questions:
        answers = "".join(
            f'<answer fraction="{0 if number else 100}" format="{format_}"><text><![CDATA[{option}]]></text></answer>'
            for number, option in enumerate(options)
        )
        words = text.replace("]]>", "]]]]><![CDATA[>")
        drawn.append(
            f'<question type="multichoice"><name><text>{name}</text></name><questiontext format="{format_}">'
            f"<text><![CDATA[{words}]]></text></questiontext><single>true</single>{answers}</question>"
        )
    return f"<quiz>{''.join(drawn)}</quiz>"


def shown():
    return [option.html for option in Option.objects.order_by("position")]


FORMATS = {
    "gift": lambda: gift(SIGNS, "[plain]"),
    "gift as moodle writes it": lambda: gift([sign for sign in SIGNS if "&" not in sign and sign != "<b>"]),
    "gift in html": lambda: gift([f"<p>{escape(sign)}</p>" for sign in SIGNS], "[html]"),
    "xml in html": lambda: xml(("Q", "Laquelle ?", [f"<p>{escape(sign)}</p>" for sign in SIGNS])),
    "xml in plain": lambda: xml(("Q", "Laquelle ?", SIGNS), format_="plain_text"),
}


@pytest.mark.parametrize("name", FORMATS)
def test_options_keep_their_signs(julie, name):
    report = bring(FORMATS[name](), julie)
    assert report.refused_items == []
    kept = [
        sign for sign in SIGNS if name != "gift as moodle writes it" or ("&" not in sign and sign != "<b>")
    ]
    assert shown() == [f"<p>{escape(sign)}</p>\n" for sign in kept]


def test_powers_stay_powers(julie):
    bring(xml(("Q", "Combien ?", ["10<sup>3</sup>", "103", "10<sub>3</sub>"])), julie)
    assert shown() == ["<p>10³</p>\n", "<p>103</p>\n", "<p>10₃</p>\n"]


@pytest.mark.parametrize(
    "words", ["a<![0]b", "<![if gte mso 9]>", "<!-->", "<" * 2000, "<b>" * 3000, "<td colspan='²'>a"]
)
def test_html_that_cannot_be_read_costs_no_other_question(julie, words):
    bring(
        xml(("A", "Laquelle ?", ["a", "b"]), ("B", f"x {words}", ["a", "b"]), ("C", "Et là ?", ["a", "b"])),
        julie,
    )
    assert set(Question.objects.values_list("name", flat=True)) >= {"A", "C"}


def test_another_file_whose_questions_bear_the_same_names_comes_in(julie):
    first, second = gift(["un", "deux"]), gift(["trois", "quatre"])
    assert bring(first, julie).made["questions"] == 1
    assert bring(second, julie).made["questions"] == 1
    assert bring(first.replace("::Q::", "::Autre nom::"), julie).there["questions"] == 1
    assert Question.objects.count() == 2


DATA = "data:image/png;base64," + "A" * 9000


def test_pictures_inside_leave_their_words_and_a_note(julie):
    text = f'<p>Voici <img src="{DATA}" alt="le plan"></p><p><a href="@@PLUGINFILE@@/a.pdf">le texte</a></p>'
    report = bring(xml(("Q", text, ["oui", f'non <image src="{DATA}">'])), julie)
    assert Question.objects.get().html == "<p>Voici le plan</p>\n<p>le texte</p>\n"
    assert shown() == ["<p>oui</p>\n", "<p>non</p>\n"]
    assert dict(report.differences) == {"pictures and files inside questions were left out": 1}


def test_pictures_of_markdown_leave_their_words_and_a_note(julie):
    report = bring(xml(("Q", f"Voici ![le plan]({DATA}) ?", ["oui", "non"]), format_="markdown"), julie)
    assert Question.objects.get().html == "<p>Voici le plan ?</p>\n"
    assert dict(report.differences) == {"pictures and files inside questions were left out": 1}


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["oui", f'<img src="{DATA}">'], "An option is empty."),
        (["oui", "<p>&nbsp;</p>"], "An option is empty."),
        (["<b>oui</b>", "<b>oui</b><span></span>"], "Two options can no longer be told apart."),
    ],
)
def test_options_that_would_show_nothing_or_the_same_are_refused(julie, options, reason):
    report = bring(xml(("A", "Laquelle ?", options), ("B", "Et là ?", ["a", "b"])), julie)
    assert [item.reason for item in report.refused_items] == [reason]
    assert Question.objects.get().name == "B"


@pytest.mark.parametrize(
    ("content", "looks"),
    [
        ("Quel port ?\nA. 80\nB. 443\nANSWER: A\n\nEt là ?\nA) un\nB) deux\nANSWER: B\n", "Aiken"),
        ('[{"question": "Quel port ?", "options": ["80", "443"]}]', "JSON"),
        ('{"questions": []}', "JSON"),
    ],
)
def test_a_file_of_another_format_is_called_by_its_name(content, looks):
    with pytest.raises(Refused, match=f"This is not GIFT, it looks like {looks}"):
        read_questions("bank", content.encode())


def test_answers_without_a_sign_are_told_what_signs_are(julie):
    (refused,) = bring("Combien ? {One}", julie).refused_items
    assert "a right one begins with “=”" in refused.reason


typed = st.text(max_size=60) | st.text(alphabet="<>!-/[]=~{}#%\\\"'&;:? \n0aximgsp²@|*_`", max_size=60)


@given(text=typed, options=st.lists(typed, min_size=2, max_size=3))
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_a_bank_holds_it_is_brought_in_or_refused(julie, text, options):
    safe = [word.replace("]]>", "").replace("\x00", "") for word in options]
    for content in (gift([text, *options]), gift(options, "[html]"), text, xml(("Q", text, safe))):
        try:
            report = bring(content.encode("utf-8", "replace").decode(), julie)
        except Refused:
            continue
        for figures in report.rows():
            assert figures[1] == sum(figures[2:])
