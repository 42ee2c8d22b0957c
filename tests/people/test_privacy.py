import io
import json
import re
import zipfile
from datetime import timedelta

import pytest
from django.apps import apps
from django.urls import reverse
from django.utils import timezone

from events.models import Event
from people.actions import ask_for_data, carry_out_erasures, declare_skill, fill_export
from people.models import DataRequest, Skill, User
from people.privacy import REGISTRY
from people.processing import PROCESSINGS, processing_of
from tests import making


def models_that_hold_a_person():
    """Models with a key to a person, and those that keep a person's id without one."""
    names = {"actor_id", "recipient_id", "user_id", "author_id", "asker_id"}
    for model in apps.get_models():
        if model._meta.proxy:
            continue
        keys = [f for f in model._meta.get_fields() if f.many_to_one or f.one_to_one]
        points = any(f.related_model is User and f.concrete for f in keys)
        if points or names & {f.name for f in model._meta.concrete_fields}:
            yield model


@pytest.mark.parametrize("model", models_that_hold_a_person(), ids=lambda model: model._meta.label)
def test_every_model_that_holds_a_person_declares_export_and_erasure(model):
    assert model in REGISTRY


def test_a_person_takes_their_data_along(sign_in, awa, karim):
    declare_skill(awa, name="Écoute")
    declare_skill(karim, name="Secret de Karim")
    asked = ask_for_data(awa, kind="export")
    fill_export(asked)

    response = sign_in(awa).get(reverse("people:download_data", args=[asked.pk]))

    archive = zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))
    assert json.loads(archive.read("json/people.user.json"))[0]["email"] == awa.email
    assert json.loads(archive.read("json/people.userskill.json"))[0]["skill__name"] == "Écoute"
    heading, *rows = archive.read("people.userskill.csv").decode("utf-8-sig").splitlines()
    assert heading == "skill__name;declared_at;validated_at"
    assert [row.split(";")[0] for row in rows] == ["Écoute"]
    assert "Secret de Karim" not in "".join(archive.read(name).decode() for name in archive.namelist())
    tables = [name for name in archive.namelist() if name.startswith("json/")]
    assert len(tables) == len(REGISTRY)


def test_the_copy_of_somebody_else_is_not_there(sign_in, awa, karim):
    asked = ask_for_data(awa, kind="export")
    fill_export(asked)

    assert sign_in(karim).get(reverse("people:download_data", args=[asked.pk])).status_code == 404


def test_asking_twice_is_asking_once(awa):
    assert ask_for_data(awa, kind="erasure") == ask_for_data(awa, kind="erasure")


def test_an_erasure_waits_a_week_and_can_be_withdrawn(sign_in, awa):
    awa.set_password("palabre-demo")
    awa.save()
    client = sign_in(awa)
    client.post(reverse("people:ask_for_data", args=["erasure"]), {"password": "faux"})
    assert not DataRequest.objects.exists()

    client.post(reverse("people:ask_for_data", args=["erasure"]), {"password": "palabre-demo"})
    assert carry_out_erasures() == 0
    client.post(reverse("people:cancel_request", args=[DataRequest.objects.get().pk]))
    DataRequest.objects.update(requested_at=timezone.now() - timedelta(days=8))

    assert carry_out_erasures() == 0
    assert User.objects.filter(pk=awa.pk).exists()


def test_after_a_week_no_row_holds_the_person_and_the_log_keeps_its_volume(awa):
    user_id = awa.pk
    declare_skill(awa, name="Écoute")
    ask_for_data(awa, kind="erasure")
    DataRequest.objects.update(requested_at=timezone.now() - timedelta(days=8))
    events = Event.objects.count()

    assert carry_out_erasures() == 1

    assert not User.objects.filter(pk=user_id).exists()
    assert not Event.objects.filter(actor_id=user_id).exists()
    assert Event.objects.count() == events + 1
    assert Skill.objects.filter(name="Écoute").exists()
    for model in models_that_hold_a_person():
        for field in model._meta.concrete_fields:
            if field.related_model is User or field.name in {"actor_id", "recipient_id", "user_id"}:
                assert not model._default_manager.filter(**{field.attname: user_id}).exists(), field


def test_every_registered_model_stands_in_the_register_of_processing():
    assert [model for model in REGISTRY if processing_of(model) is None] == []
    assert {processing_of(model) for model in REGISTRY} == set(PROCESSINGS)


@pytest.mark.parametrize("held", ["hr", "administrator"])
def test_the_register_and_the_delays_of_requests_have_a_page(sign_in, lumen, awa, karim, ines, held):
    officer = making.make_user("Ada Min", organisation=lumen)
    making.grant_role(officer, held)
    for person, days in ((awa, 3), (karim, 9), (ines, 40)):
        asked = ask_for_data(person, kind="erasure")
        DataRequest.objects.filter(pk=asked.pk).update(requested_at=timezone.now() - timedelta(days=days))
    carry_out_erasures()
    client, address = sign_in(officer), reverse("people:data_protection")
    page = client.get(address).text
    figures = re.findall(r'<dd class="text-2xl">(\d+)</dd>', page)
    # Two asked, one of them is erased; Ines asked elsewhere.
    assert figures == ["2", "1", "3", "1"]
    assert "Registre des traitements" in page
    main = page.partition('id="main"')[2]
    assert re.search(r"<h1[^>]*>(.*?)</h1>", main)[1] == "Protection des données"
    assert re.findall(r"\b[a-z]+\.[A-Z]\w+", main) == []
    assert "Awa" not in main
    assert f'href="{address}"' in client.get(reverse("people:organisation")).text
    assert sign_in(awa).get(address).status_code == 403


def test_who_answers_for_data_asks_that_somebody_who_left_be_forgotten(sign_in, lumen, awa, ines):
    admin = making.make_user("Ada Min", organisation=lumen)
    making.grant_role(admin, "administrator")
    client, address = sign_in(admin), reverse("people:ask_erasure", args=[awa.pk])
    client.post(address)
    assert not awa.data_requests.exists()
    User.objects.filter(pk=awa.pk).update(is_active=False)
    for _turn in range(2):
        client.post(address)
    assert [one.kind for one in awa.data_requests.all()] == ["erasure"]
    assert "Awa Mbaye" in client.get(reverse("people:data_requests")).text.partition('id="main"')[2]
    making.grant_role(ines, "administrator")
    assert sign_in(ines).post(address).status_code == 404
    assert "Awa Mbaye" not in sign_in(ines).get(reverse("people:data_requests")).text
