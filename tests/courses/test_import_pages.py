import io
import zipfile

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse

from courses.models import Course, Module, Question
from tests.making import grant_role, make_user

pytestmark = pytest.mark.usefixtures("english")

GIFT = b"::Un:: Quel port ? {=80 ~443}\n\n::Deux:: Expliquez. {}\n"


@pytest.fixture(autouse=True)
def _in_english(client, settings, tmp_path):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    settings.MEDIA_ROOT = tmp_path / "media"


def a_file(content, name="bank.gift"):
    file = io.BytesIO(content)
    file.name = name
    return file


def a_zip(**members):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, text in members.items():
            archive.writestr(name.replace("__", "/") + ".md", text)
    return file.getvalue()


def send(client, content=GIFT, name="bank.gift"):
    return client.post(reverse("courses:imports"), {"file": a_file(content, name), "language": "en"})


@pytest.fixture
def trainer(lumen):
    return make_user("Julie Dubois", organisation=lumen, language="en", role="trainer")


def test_a_bank_is_shown_before_it_is_brought_in(sign_in, trainer):
    client = sign_in(trainer)
    page = client.get(send(client).url)
    text = page.content.decode()
    assert "bank.gift" in text
    assert '<li dir="auto">Un</li>' in text
    assert "Questions of the kind “essay” are not asked here yet." in text
    assert not Question.objects.exists()
    answer = client.post(page.request["PATH_INFO"], {"language": "en"})
    (batch,) = set(Question.objects.values_list("batch", flat=True))
    assert answer.url == f"{reverse('courses:studio-questions')}?batch={batch}"
    assert list(Question.objects.values_list("name", "language", "organisation")) == [
        ("Un", "en", trainer.organisation_id)
    ]
    assert "1 item was brought in. 1 was refused." in client.get(answer.url).content.decode()


def test_once_brought_in_the_file_is_gone_and_twice_is_once(sign_in, trainer):
    client = sign_in(trainer)
    address = send(client).url
    client.post(address)
    again = client.post(address)
    assert again.status_code == 404
    assert "it was brought in already, or you chose another one since" in again.text
    assert 'type="file"' in again.text
    assert default_storage.listdir(f"imports/{trainer.pk}")[1] == []
    client.post(send(client).url)
    assert Question.objects.count() == 1


def test_what_a_broken_archive_would_refuse_is_a_sentence(sign_in, trainer):
    client = sign_in(trainer)
    send(client, b"PK\x03\x04broken", "x.zip")
    (kept,) = default_storage.listdir(f"imports/{trainer.pk}")[1]
    answer = client.get(reverse("courses:import-refused", args=[kept.split("-")[0]]), follow=True)
    assert answer.redirect_chain == [(reverse("courses:imports"), 302)]
    assert answer.status_code == 200


def test_what_is_refused_can_be_downloaded(sign_in, trainer):
    client = sign_in(trainer)
    send(client)
    (kept,) = default_storage.listdir(f"imports/{trainer.pk}")[1]
    answer = client.get(reverse("courses:import-refused", args=[kept.split("-")[0]]))
    assert answer.content.decode().splitlines()[1].startswith("line 3,Deux,")


def test_a_zip_becomes_a_draft_of_a_course(sign_in, trainer):
    client = sign_in(trainer)
    content = a_zip(**{"reseaux__1.1-un": "# Un\n\ntexte", "reseaux__2.1-deux": "# Deux\n\ntexte"})
    answer = client.post(send(client, content, "x.zip").url)
    course = Course.objects.get()
    assert answer.url == reverse("courses:studio-course", args=[course.slug])
    assert (course.title, course.published_at, course.created_by) == ("Un", None, trainer)
    assert list(Module.objects.values_list("title", "section__title")) == [
        ("Un", "Part 1"),
        ("Deux", "Part 2"),
    ]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00\x01",
        b"<quiz>",
        b"PK\x03\x04broken",
        a_zip(**{"..__..__1-out": "# Out"}),
        a_zip(),
        b"   \n",
    ],
)
def test_a_file_that_cannot_be_read_is_answered_on_the_form(sign_in, trainer, content):
    answer = send(sign_in(trainer), content)
    assert answer.status_code == 422
    assert 'type="file"' in answer.content.decode()
    assert (Course.objects.count(), Question.objects.count()) == (0, 0)


def test_a_picture_is_refused_for_what_it_is(sign_in, trainer):
    answer = send(sign_in(trainer), b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "photo.png")
    assert "This kind of file cannot be imported." in answer.text
    assert "UTF-8" not in answer.text


def test_the_way_back_from_undoing_an_import_is_not_called_the_same(sign_in, trainer):
    asked = sign_in(trainer).post(reverse("courses:import-undoing", args=["a" * 16]))
    assert "Keep these questions" in asked.text
    assert "Cancel" not in asked.text.split("<main")[1].split("</main")[0]


def test_a_learner_is_not_let_in_and_another_trainer_finds_nothing(sign_in, trainer, awa, client):
    address = send(sign_in(trainer)).url
    colleague = make_user("Paul", organisation=trainer.organisation)
    grant_role(colleague, "trainer")
    assert sign_in(colleague).get(address).status_code == 404
    assert sign_in(colleague).post(address).status_code == 404
    refused = sign_in(awa)
    assert refused.get(reverse("courses:imports")).status_code == 403
    assert refused.get(address).status_code == 403
    assert refused.post(address).status_code == 403
    assert not Question.objects.exists()
    client.logout()
    assert client.get(reverse("courses:imports")).status_code == 302


def test_a_bank_of_which_nothing_came_in_says_so(sign_in, trainer):
    client = sign_in(trainer)
    told = client.post(send(client, b"Who?{=Me ~You").url, follow=True).text
    assert "Nothing was brought in. 1 was refused." in told
