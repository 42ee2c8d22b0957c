import pytest

from core.captions import Cue
from core.errors import Refused
from courses.formats import markdown_course
from tests.samples import SAMPLES, needs_samples

pytestmark = pytest.mark.usefixtures("english")

VTT = "WEBVTT\n\n00:00.000 --> 00:02.000\nBonjour\n"


@pytest.fixture
def folder(tmp_path):
    root = tmp_path / "01-securite_du_poste"
    root.mkdir()
    return root


def write(folder, name, text):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_titles_front_matter_and_order_are_read(folder):
    write(folder, "2.10-dernier.md", "# Le *dernier* [mot](x)\n\nfin")
    write(folder, "2.9-avant.md", "---\ntitle: Avant\nobjective: Savoir\nminutes: 12\n---\n# Titre\n\ntexte")
    write(folder, "1-sans-titre.md", "seulement du texte")
    course = markdown_course.read(folder)
    assert course.title == "securite du poste"
    assert [(lesson.key, lesson.section, lesson.title) for lesson in course.lessons] == [
        ("1-sans-titre.md", "", "sans titre"),
        ("2.9-avant.md", "2", "Avant"),
        ("2.10-dernier.md", "2", "Le dernier mot"),
    ]
    assert (course.lessons[1].objective, course.lessons[1].minutes, course.lessons[1].text) == (
        "Savoir",
        12,
        "texte",
    )


def test_a_description_names_the_course_and_its_sections(folder):
    write(
        folder,
        "course.yml",
        "title: Sécurité\nlanguage: fr\nobjectives: [Voir, Agir]\nsections: {1: Bases}\n",
    )
    write(folder, "1.1-a.md", "a")
    course = markdown_course.read(folder)
    assert (course.title, course.language, course.section_titles) == ("Sécurité", "fr", {"1": "Bases"})
    assert course.objectives == "- Voir\n- Agir"


def test_comments_go_except_those_shown_as_code(folder):
    write(
        folder,
        "a.md",
        "<!--\nTRANSLATOR {}\n-->\n# T\n\nun <!-- deux --> trois\n\n```html\n<!-- gardé -->\n```\n",
    )
    assert markdown_course.read(folder).lessons[0].text == "un trois\n\n```html\n<!-- gardé -->\n```"


def test_pictures_are_found_linked_or_left_out_with_a_word(folder):
    write(folder, "img/plan é.png", b"png")
    write(folder, "../secret.png", b"png")
    write(
        folder,
        "a.md",
        "![plan](img/plan%20%C3%A9.png)\n\n![loin](https://a.test/b.png)\n\n"
        "[![Voir la vidéo](absente.png)](https://video.test)\n\n![image](perdue.png)\n\n![x](../secret.png)\n\n`![y](z.png)`",
    )
    lesson = markdown_course.read(folder).lessons[0]
    assert lesson.images == {"img/plan%20%C3%A9.png": (folder / "img" / "plan é.png").resolve()}
    assert lesson.text == (
        "![plan](img/plan%20%C3%A9.png)\n\n[loin](https://a.test/b.png)\n\n"
        "[Voir la vidéo](https://video.test)\n\nx\n\n`![y](z.png)`"
    )
    assert len(lesson.notes) == 4


def test_captions_and_video_beside_a_lesson_belong_to_it(folder):
    write(folder, "1.1-a.md", "# A\n")
    write(folder, "1.1-a.fr.vtt", VTT)
    write(folder, "1.1-a.mp4", b"video")
    write(folder, "1.1-autre.mp4", b"video")
    course = markdown_course.read(folder)
    (lesson,) = course.lessons
    assert (lesson.cues, lesson.captions_language, lesson.video.name) == (
        [Cue(0, 2, "Bonjour")],
        "fr",
        "1.1-a.mp4",
    )
    assert [(item.where, item.name) for item in course.refused] == [("1.1-autre.mp4", "1.1-autre.mp4")]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("vide.md", "# Titre seul\n"),
        ("latin.md", "é".encode("latin-1")),
        ("yaml.md", "---\na: [\n---\ntexte"),
        ("bombe.md", "---\na: &a [x]\nb: [*a, *a]\n---\ntexte"),
        ("long.md", "a" * 40_001),
    ],
)
def test_a_lesson_that_cannot_be_taken_is_named_and_the_others_are(folder, name, content):
    write(folder, name, content)
    write(folder, "bonne.md", "texte")
    course = markdown_course.read(folder)
    assert [lesson.key for lesson in course.lessons] == ["bonne.md"]
    assert [item.where for item in course.refused] == [name]


def test_a_link_out_of_the_folder_is_not_followed(folder, tmp_path):
    (tmp_path / "secret.md").write_text("secret")
    (folder / "a.md").symlink_to(tmp_path / "secret.md")
    with pytest.raises(Refused):
        markdown_course.read(folder)


class TestOnSamples:
    pytestmark = needs_samples

    def test_the_twelve_french_lessons_are_read_in_three_sections(self):
        course = markdown_course.read(SAMPLES / "course-fr-cyber")
        assert {section: len(lessons) for section, lessons in course.sections.items()} == {
            "1": 6,
            "2": 3,
            "3": 3,
        }
        assert course.refused == []
        assert course.lessons[0].title == "La triade CIA et autres concepts clés"
        assert not any("CO_OP_TRANSLATOR" in lesson.text for lesson in course.lessons)
        notes = [note for lesson in course.lessons for note in lesson.notes]
        assert sum("missing" in sentence for sentence, _path in notes) == 16
        assert sum("became links" in sentence for sentence, _path in notes) == 1
