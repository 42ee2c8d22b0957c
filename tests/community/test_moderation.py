from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from community import actions
from community.models import Decision, Flag, Post, Resolution
from core.errors import Refused
from events.models import Event
from tests import making

pytestmark = pytest.mark.django_db
FRAGMENT = {"HX-Request": "true"}


@pytest.fixture
def post(thread, karim):
    return actions.write_post(thread, author=karim, body="Franchement…")


def test_a_flag_reaches_who_facilitates_and_nobody_else(post, awa, julie, karim, marc, ines, lumen):
    actions.flag_post(post, by=awa, reason="tone", comment="Blessant")
    actions.flag_post(post, by=awa, reason="tone")
    other = making.make_user("Autre", organisation=lumen)
    making.join(making.make_space(lumen), other, role="facilitator")
    assert [(flag.post, flag.by) for flag in Flag.objects.to_decide_by(julie)] == [(post, awa)]
    assert [list(Flag.objects.to_decide_by(one)) for one in (awa, karim, marc, ines, other)] == [[]] * 5
    assert Event.objects.filter(verb="community.post_flagged").count() == 1


def test_nobody_flags_or_judges_their_own_message(post, thread, karim, julie):
    with pytest.raises(Refused):
        actions.flag_post(post, by=karim, reason="tone")
    own = actions.write_post(thread, author=julie, body="Le mien")
    with pytest.raises(PermissionDenied):
        actions.decide(own, by=julie, kind="hide")
    assert (Flag.objects.count(), Decision.objects.count()) == (0, 0)


@pytest.mark.parametrize("kind", ["keep", "rephrase"])
def test_keeping_and_asking_to_rephrase_leave_the_message(post, awa, julie, kind):
    actions.flag_post(post, by=awa, reason="tone")
    actions.decide(post, by=julie, kind=kind, note="Merci de reformuler.")
    assert Post.objects.visible_to(awa).filter(pk=post.pk).exists()
    assert Flag.objects.get().decision.kind == kind
    assert not Flag.objects.to_decide_by(julie).exists()


def test_hiding_takes_the_message_from_readers_and_from_the_answers(post, thread, awa, julie, karim, sign_in):
    actions.accept_answer(post, by=awa)
    actions.flag_post(post, by=awa, reason="wrong")
    actions.decide(post, by=julie, kind="hide")
    thread.refresh_from_db()
    assert (thread.number_of_posts, Resolution.objects.count()) == (1, 0)
    url = thread.get_absolute_url()
    assert "Franchement" not in sign_in(awa).get(url).content.decode()
    # Its author and the facilitator still read it, and see that it is hidden.
    assert "Masqué par l’animation" in sign_in(karim).get(url).content.decode()
    assert "Franchement" in sign_in(julie).get(url).content.decode()


def test_a_decision_made_twice_is_one(post, awa, julie):
    actions.flag_post(post, by=awa, reason="tone")
    first = actions.decide(post, by=julie, kind="hide")
    assert actions.decide(post, by=julie, kind="hide").pk == first.pk
    assert Event.objects.filter(verb="community.post_decided").count() == 1


def test_a_decision_is_taken_back_within_a_day(post, thread, awa, julie):
    actions.flag_post(post, by=awa, reason="tone")
    decision = actions.decide(post, by=julie, kind="hide")
    actions.undo_decision(decision, by=julie)
    actions.undo_decision(decision, by=julie)
    thread.refresh_from_db()
    assert thread.number_of_posts == 2
    assert Flag.objects.to_decide_by(julie).get().post == post
    late = actions.decide(post, by=julie, kind="hide")
    Decision.objects.filter(pk=late.pk).update(at=timezone.now() - timedelta(hours=25))
    with pytest.raises(Refused):
        actions.undo_decision(late, by=julie)


def test_the_queue_posts_its_decision_and_gets_the_undo(post, awa, julie, sign_in):
    actions.flag_post(post, by=awa, reason="tone")
    url = reverse("community:decision", args=[post.pk])
    answer = sign_in(julie).post(url, {"kind": "hide", "note": "Ton"}, headers=FRAGMENT)
    made = Decision.objects.get()
    assert (made.kind, made.note, made.by) == ("hide", "Ton", julie)
    assert reverse("community:decision_undoing", args=[made.pk]) in answer.content.decode()


def test_a_member_gets_403_and_a_stranger_404_for_deciding(post, awa, ines, sign_in):
    url = reverse("community:decision", args=[post.pk])
    assert sign_in(awa).post(url, {"kind": "hide"}).status_code == 403
    assert sign_in(ines).post(url, {"kind": "hide"}).status_code == 404
    assert Decision.objects.count() == 0


def test_only_who_may_decide_takes_a_decision_back(post, awa, julie, karim, ines, lumen, sign_in):
    trainer, elsewhere = (making.make_user(name, organisation=lumen) for name in ("Formatrice", "Animateur"))
    making.grant_role(trainer, "trainer")
    making.join(making.make_space(lumen), elsewhere, role="facilitator")
    actions.flag_post(post, by=awa, reason="tone")
    made = actions.decide(post, by=julie, kind="hide")
    url = reverse("community:decision_undoing", args=[made.pk])

    def state():
        made.refresh_from_db()
        post.refresh_from_db()
        return made.undone_at, post.hidden_at, Flag.objects.get().decision, Event.objects.count()

    before = state()
    for other, refusal in ((awa, 403), (karim, 403), (trainer, 403), (elsewhere, 403), (ines, 404)):
        assert (other.name, sign_in(other).post(url).status_code) == (other.name, refusal)
        assert state() == before
    assert sign_in(julie).post(url).status_code == 302
    assert Post.objects.get(pk=post.pk).hidden_at is None


def test_a_decision_goes_back_to_our_own_pages_only(post, julie, sign_in):
    url = reverse("community:decision", args=[post.pk])
    answer = sign_in(julie).post(url, {"kind": "keep", "next": "https://evil.example/"})
    assert answer.url == f"{post.thread.get_absolute_url()}#post-2"


def test_the_flag_form_says_what_is_missing(post, awa, sign_in):
    answer = sign_in(awa).post(reverse("community:flag", args=[post.pk]), {"comment": "Blessant"})
    assert answer.status_code == 422
    assert "Blessant" in answer.content.decode()
    assert Flag.objects.count() == 0


def test_only_the_asker_a_facilitator_or_a_trainer_accepts(post, thread, lumen, awa, karim, julie, marc):
    for stranger in (karim, marc):
        with pytest.raises(PermissionDenied):
            actions.accept_answer(post, by=stranger)
    trainer = making.make_user("Formatrice", organisation=lumen)
    making.grant_role(trainer, "trainer")
    for judge in (awa, julie, trainer):
        actions.accept_answer(post, by=judge)
        assert Resolution.objects.get(thread=thread).by == judge
        actions.unaccept_answer(thread, by=judge)
    assert Event.objects.filter(verb="community.answer_accepted").count() == 3
    assert Event.objects.filter(verb="community.answer_unaccepted").count() == 3


def test_another_answer_takes_the_place_of_the_first(post, thread, awa, karim):
    better = actions.write_post(thread, author=karim, body="Mieux")
    actions.accept_answer(post, by=awa)
    actions.accept_answer(post, by=awa)
    actions.accept_answer(better, by=awa)
    verbs = Event.objects.filter(verb__contains="accepted").order_by("id").values_list("verb", "post_id")
    assert list(verbs) == [
        ("community.answer_accepted", post.pk),
        ("community.answer_unaccepted", post.pk),
        ("community.answer_accepted", better.pk),
    ]
    assert Resolution.objects.get().post_id == better.pk


def test_the_author_of_a_hidden_post_lands_on_it_with_all_they_need(post, awa, julie, karim, sign_in):
    actions.flag_post(post, by=awa, reason="tone")
    actions.decide(post, by=julie, kind="hide", note="Dites-le sans viser Jean.")
    client = sign_in(karim)
    landed = client.get(post.get_absolute_url(), follow=True)
    page = landed.content.decode()
    assert landed.redirect_chain[-1][0].endswith("#post-2")
    for words in ("Franchement…", "a masqué ce message", "Ton blessant", "Dites-le sans viser Jean."):
        assert words in page
    assert f"/posts/{post.pk}/edit/" in page
    assert f"/posts/{post.pk}/contest/" in page
    assert sign_in(awa).get(post.get_absolute_url()).status_code == 404
    assert "viser Jean" not in sign_in(awa).get(post.thread.get_absolute_url()).content.decode()
    changed = sign_in(karim).post(f"/posts/{post.pk}/edit/", {"body": "Parlons-en."})
    post.refresh_from_db()
    assert (changed.status_code, post.body) == (302, "Parlons-en.")


def test_asking_to_rephrase_tells_the_author_until_they_did(post, julie, karim, awa, sign_in):
    actions.decide(post, by=julie, kind="rephrase", note="Plus calmement ?")
    page = sign_in(karim).get(post.thread.get_absolute_url()).content.decode()
    assert "vous demande une autre formulation" in page
    assert "Plus calmement ?" in page
    assert "Plus calmement ?" not in sign_in(awa).get(post.thread.get_absolute_url()).content.decode()
    actions.edit_post(post, by=karim, body="Calmement.")
    assert "Plus calmement ?" not in sign_in(karim).get(post.thread.get_absolute_url()).content.decode()


def test_a_decision_is_contested_once_and_the_next_one_stands(post, julie, karim, awa, sign_in):
    actions.decide(post, by=julie, kind="hide", note="Non.")
    client, url = sign_in(karim), f"/posts/{post.pk}/contest/"
    assert client.get(url).status_code == 200
    assert client.post(url, {"words": " "}).status_code == 422
    for _time in range(2):
        client.post(url, {"words": "Je citais le client."})
    asked = Flag.objects.to_decide_by(julie).get()
    assert (asked.post, asked.reason, asked.comment) == (post, "contest", "Je citais le client.")
    assert "demandé un autre regard" in client.get(post.thread.get_absolute_url()).content.decode()
    actions.decide(post, by=julie, kind="hide", note="Toujours non.")
    assert f"/posts/{post.pk}/contest/" not in client.get(post.thread.get_absolute_url()).content.decode()
    again = client.post(url, {"words": "Encore"}, headers=FRAGMENT)
    assert (again.status_code, Flag.objects.filter(decision=None).count()) == (422, 0)
    assert sign_in(awa).get(url).status_code == 404


def test_nobody_flags_in_the_name_of_contesting(post, awa):
    with pytest.raises(Refused):
        actions.flag_post(post, by=awa, reason="contest")


def test_who_facilitates_decides_on_a_post_that_nobody_flagged(post, julie, awa, sign_in):
    menu = sign_in(julie).get(f"/posts/{post.pk}/menu/", headers=FRAGMENT).content.decode()
    assert f"/posts/{post.pk}/decision/" in menu
    client = sign_in(julie)
    assert "Votre décision" in client.get(f"/posts/{post.pk}/decision/").content.decode()
    client.post(f"/posts/{post.pk}/decision/", {"kind": "hide", "note": "Hors sujet."})
    post.refresh_from_db()
    assert post.hidden_at is not None
    assert sign_in(awa).get(f"/posts/{post.pk}/decision/").status_code in (403, 404)


def test_nobody_decides_on_what_its_author_took_away(post, julie, sign_in):
    actions.delete_post(post, by=post.author)
    client, url = sign_in(julie), reverse("community:decision", args=[post.pk])
    assert client.get(url).status_code == client.post(url, {"kind": "hide"}).status_code == 404
    assert Decision.objects.count() == 0


def test_a_second_word_about_a_message_is_kept_or_refused_never_lost(post, karim, awa, julie, space, sign_in):
    author, flagger = post.author, next(one for one in (awa, karim) if one != post.author)
    actions.flag_post(post, by=flagger, reason="tone", comment="Un")
    assert actions.flag_post(post, by=flagger, reason="tone", comment="Un") == post.flags.get()
    with pytest.raises(Refused) as refusal:
        actions.flag_post(post, by=flagger, reason="tone", comment="Deux")
    assert refusal.value.code == "already"
    actions.decide(post, by=julie, kind="rephrase", note="Doucement")
    for note in ("", "Doucement"):
        assert actions.decide(post, by=julie, kind="rephrase", note=note) == post.decisions.get()
    with pytest.raises(Refused):
        actions.decide(post, by=julie, kind="rephrase", note="Autrement")
    actions.contest_decision(post, by=author, words="Regardez")
    with pytest.raises(Refused):
        actions.contest_decision(post, by=author, words="Regardez mieux")
    assert actions.contest_decision(post, by=author, words="Regardez").comment == "Regardez"


def test_the_undo_of_a_decision_is_offered_to_whom_took_it(post, julie, marc, sign_in):
    making.join(post.thread.space, marc, role="facilitator")
    actions.decide(post, by=julie, kind="hide")
    address = reverse("community:decision", args=[post.pk])
    again = sign_in(marc).post(address, {"kind": "hide"}, headers={"HX-Request": "true"})
    assert again.status_code == 200
    assert "undoing" not in again.text


def test_a_note_that_is_too_long_is_told_and_stays_in_its_form(post, julie, karim, sign_in):
    address, note = reverse("community:decision", args=[post.pk]), "é" * 1001
    page = sign_in(julie).post(address, {"kind": "keep", "note": note})
    assert page.status_code == 422
    assert note in page.text
    toast = sign_in(julie).post(address, {"kind": "keep", "note": note}, headers={"HX-Request": "true"})
    assert toast.status_code == 422
    assert "1000" in toast.text
    assert sign_in(karim).post(address, {"kind": "keep", "note": note}).status_code == 403
    assert not post.decisions.exists()
