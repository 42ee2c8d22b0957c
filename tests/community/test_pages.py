import html
import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from community import actions
from community.models import Draft, Post, ReadState, Resolution, Space, Thread, Vote, Watch
from community.queries.conversation import conversation_page
from community.queries.threads import thread_for
from core.markdown import render
from people.models import User
from tests import making

pytestmark = pytest.mark.django_db
FRAGMENT = {"HX-Request": "true"}


def numbers_of(answer) -> list[int]:
    return [int(number) for number in re.findall(r'id="post-(\d+)"', answer.content.decode())]


def test_a_thread_shows_its_posts_with_replies_under_their_parent(thread, awa, karim, julie, sign_in):
    first = actions.write_post(thread, author=karim, body="Le **manager**.")
    actions.write_post(thread, author=julie, body="Ou moi.")
    actions.write_post(thread, author=awa, body="Merci", parent=first)
    answer = sign_in(awa).get(thread.get_absolute_url())
    assert numbers_of(answer) == [1, 2, 4, 3]
    assert "<strong>manager</strong>" in answer.content.decode()


def test_the_most_useful_come_first_when_asked(thread, awa, karim, julie, sign_in):
    actions.write_post(thread, author=karim, body="Peut-être.")
    useful = actions.write_post(thread, author=julie, body="Sûrement.")
    actions.react(useful, user=awa)
    assert numbers_of(sign_in(awa).get(f"{thread.get_absolute_url()}?sort=useful")) == [1, 3, 2]


def test_what_is_new_since_the_last_visit_is_said_once(thread, awa, karim, sign_in):
    client = sign_in(awa)
    client.get(thread.get_absolute_url())
    actions.write_post(thread, author=karim, body="Une")
    actions.write_post(thread, author=karim, body="Deux")
    assert "2 nouvelles depuis votre visite" in client.get(thread.get_absolute_url()).content.decode()
    assert "depuis votre visite" not in client.get(thread.get_absolute_url()).content.decode()


def test_a_list_leads_to_the_first_post_that_is_new(thread, awa, karim, julie, sign_in):
    client, space = sign_in(awa), thread.space
    client.get(thread.get_absolute_url())
    for number in range(2, 60):
        actions.write_post(thread, author=karim, body=f"Message {number}")
    actions.mark_read(thread, user=awa, number=55)
    entry = f"{thread.get_absolute_url()}unread/"
    assert f'href="{entry}"' in client.get(space.get_absolute_url()).content.decode()
    first = client.get(thread.get_absolute_url()).content.decode()
    assert f'href="{entry}"' in first, "the page itself leads there, where the news stands on another one"
    assert client.get(entry).url == f"{thread.get_absolute_url()}?page=2#news"
    page = client.get(f"{thread.get_absolute_url()}?page=2").content.decode()
    assert page.index('id="post-55"') < page.index('id="news"') < page.index('id="post-56"')
    assert 'href="#news"' in page
    assert client.get(entry).url == thread.get_absolute_url(), "nothing is new any more"
    assert f'href="{entry}"' not in client.get(space.get_absolute_url()).content.decode()


def test_removed_and_own_posts_lead_nowhere_and_a_closed_gate_stays_closed(
    thread, awa, karim, julie, sign_in
):
    client = sign_in(awa)
    entry = f"{thread.get_absolute_url()}unread/"
    client.get(thread.get_absolute_url())
    gone = actions.write_post(thread, author=karim, body="Un")
    actions.delete_post(gone, by=karim)
    assert client.get(entry).url == thread.get_absolute_url()
    actions.write_post(thread, author=karim, body="Deux")
    assert client.get(entry).url == f"{thread.get_absolute_url()}#news"
    Thread.objects.filter(pk=thread.pk).update(gate="after_reply")
    assert client.get(entry).url == thread.get_absolute_url()


def test_a_list_says_who_spoke_last(thread, awa, karim, julie, sign_in):
    actions.write_post(thread, author=karim, body="Un")
    last = actions.write_post(thread, author=julie, body="Deux")
    page = sign_in(awa).get(thread.space.get_absolute_url()).content.decode()
    assert "dernière réponse\u00a0: Julie Dubois" in page
    api = f"/api/v1/spaces/{thread.space.slug}/threads/"
    assert sign_in(awa).get(api).json()["results"][0]["last_speaker"] == "Julie Dubois"
    actions.delete_post(last, by=julie)
    page = sign_in(awa).get(thread.space.get_absolute_url()).content.decode()
    assert "dernière réponse\u00a0: Karim Touré" in page or "dernière réponse\u00a0: Karim Toure" in page


def test_a_thread_lights_up_its_space_in_the_side_bar(thread, awa, sign_in):
    page = sign_in(awa).get(thread.get_absolute_url()).content.decode()
    lit = re.findall(r'<a href="([^"]+)"[^>]*aria-current="true"', page)
    assert {"/spaces/", thread.space.get_absolute_url()} <= set(lit)
    thread.space.about_url = "/courses/relation-client/"
    thread.space.save(update_fields=["about_url"])
    page = sign_in(awa).get(thread.get_absolute_url()).content.decode()
    lit = re.findall(r'<a href="([^"]+)"[^>]*aria-current="true"', page)
    assert "/courses/" in lit
    assert "/spaces/" not in lit


def test_a_page_fetched_ahead_of_a_click_was_read_by_nobody(thread, karim, sign_in):
    sign_in(karim).get(thread.get_absolute_url(), headers={"Sec-Purpose": "prefetch"})
    assert not ReadState.objects.filter(user=karim).exists()


def test_each_reader_sees_a_post_as_it_is_for_them(thread, awa, karim, julie, sign_in):
    post = actions.write_post(thread, author=karim, body="Le manager.")

    def page_of(person):
        page = " ".join(sign_in(person).get(thread.get_absolute_url()).content.decode().split())
        return page.partition('id="post-2"')[2]

    actions.react(post, user=awa)
    pressed = f'id="useful-{post.pk}" aria-pressed="true"'
    assert pressed in page_of(awa)
    assert pressed not in page_of(julie)
    actions.unreact(post, user=awa)
    assert pressed not in page_of(awa)
    Post.objects.filter(pk=post.pk).update(hidden_at=timezone.now())
    assert "Le manager." in page_of(karim)
    assert "Le manager." in page_of(julie)
    assert "Le manager." not in page_of(awa)
    Post.objects.filter(pk=post.pk).update(hidden_at=None)
    actions.edit_post(Post.objects.get(pk=post.pk), by=karim, body="La direction.")
    assert "La direction." in page_of(awa)
    assert "Le manager." not in page_of(awa)


def test_a_composer_drawn_with_a_draft_is_shown_to_nobody_else(thread, awa, karim, sign_in):
    """A composer is kept as it was drawn, by its text and what was wrong with it."""
    place = f"thread:{thread.pk}"
    actions.save_draft(karim, place=place, body="À moi seul.", sequence=7)

    def page_of(person):
        return sign_in(person).get(thread.get_absolute_url()).content.decode()

    for _time in range(2):
        assert "À moi seul." in page_of(karim)
        assert "À moi seul." not in page_of(awa)
    refused = sign_in(awa).post(f"{thread.get_absolute_url()}posts/", {"body": " "})
    assert refused.status_code == 422
    assert "textarea-error" in refused.content.decode()
    assert "textarea-error" not in page_of(awa)


def test_what_stands_above_a_thread_changes_with_it(thread, awa, sign_in):
    client = sign_in(awa)
    address = thread.get_absolute_url()
    client.get(address)
    Thread.objects.filter(pk=thread.pk).update(title="Autrement", pinned_at=timezone.now())
    User.objects.filter(pk=thread.author_id).update(name="Autre Nom")
    page = client.get(address).content.decode()
    assert "Autrement</h1>" in page
    assert "Autre Nom</a>" in page
    assert "Épinglée</span>" in page


@pytest.mark.parametrize("number", [1, 50])
def test_a_thread_page_asks_the_same_few_queries(
    thread, karim, julie, sign_in, django_assert_num_queries, number
):
    for _n in range(number):
        actions.write_post(thread, author=karim, body="Voici.")
    client = sign_in(julie)
    client.get(thread.get_absolute_url())
    with django_assert_num_queries(8):
        client.get(thread.get_absolute_url())


@pytest.mark.parametrize("number", [1, 12])
def test_a_space_page_asks_the_same_few_queries(
    space, awa, karim, sign_in, django_assert_num_queries, number
):
    for n in range(number):
        actions.start_thread(space, author=awa, title=f"Question {n}", body="?", tags=["devis"])
    client = sign_in(karim)
    client.get(space.get_absolute_url())
    with django_assert_num_queries(6):
        client.get(space.get_absolute_url())


@pytest.mark.parametrize("number", [1, 6])
def test_the_spaces_page_asks_the_same_few_queries(lumen, awa, sign_in, django_assert_num_queries, number):
    for n in range(number):
        making.make_space(lumen, f"Espace {n}")
    client = sign_in(awa)
    client.get("/spaces/")
    with django_assert_num_queries(3):
        client.get("/spaces/")


def test_the_fifty_first_replies_are_on_the_page_and_a_posts_address_finds_the_others(
    thread, awa, karim, sign_in
):
    posts = [actions.write_post(thread, author=karim, body=f"Message {n}") for n in range(60)]
    client = sign_in(awa)
    assert numbers_of(client.get(thread.get_absolute_url())) == list(range(1, 52))
    assert numbers_of(client.get(f"{thread.get_absolute_url()}?page=2")) == list(range(52, 62))
    answer = client.get(reverse("community:post", args=[posts[-1].pk]))
    assert answer.url == f"{thread.get_absolute_url()}?page=2#post-61"
    assert client.get(posts[0].get_absolute_url()).url == f"{thread.get_absolute_url()}#post-2"


def test_an_open_page_gets_each_new_post_once_and_what_changed(thread, awa, karim, sign_in):
    old = actions.write_post(thread, author=karim, body="Ancien")
    Post.objects.update(changed_at=timezone.now() - timedelta(hours=1))
    client = sign_in(awa)
    since = (timezone.now() - timedelta(minutes=1)).isoformat()
    url = reverse("community:posts", args=[thread.pk])
    assert numbers_of(client.get(url, {"after": 2, "since": since})) == []
    actions.write_post(thread, author=karim, body="Nouveau")
    actions.edit_post(old, by=karim, body="Corrigé")
    assert numbers_of(client.get(url, {"after": 2, "since": since})) == [2, 3]
    assert (
        numbers_of(client.get(url, {"after": 3, "since": (timezone.now() + timedelta(1)).isoformat()})) == []
    )


def test_an_open_page_learns_of_a_removal_and_not_of_its_words(thread, awa, karim, sign_in):
    post = actions.write_post(thread, author=karim, body="Regretté")
    since = timezone.now().isoformat()
    actions.delete_post(post, by=karim)
    url = reverse("community:posts", args=[thread.pk])
    html = sign_in(awa).get(url, {"after": 2, "since": since}).content.decode()
    assert "data-removed" in html
    assert "Regretté" not in html


def test_behind_a_gate_only_ones_own_posts_are_shown(space, awa, karim, sign_in):
    case = actions.start_thread(
        space, author=awa, title="Un cas", body="Que faire ?", gate="after_reply", kind="case"
    )
    actions.write_post(case, author=awa, body="Motsecret")
    client = sign_in(karim)
    page = client.get(case.get_absolute_url()).content.decode()
    assert "1 réponse attend la vôtre" in page
    assert "Motsecret" not in page
    assert (
        "Motsecret"
        not in client.get(reverse("community:posts", args=[case.pk]), {"after": 0}).content.decode()
    )
    client.post(reverse("community:posts", args=[case.pk]), {"body": "Je rappelle."})
    assert "Motsecret" in client.get(case.get_absolute_url()).content.decode()


def test_a_reply_is_written_without_scripts(thread, karim, sign_in):
    answer = sign_in(karim).post(
        reverse("community:posts", args=[thread.pk]), {"body": "Voici."}, follow=True
    )
    assert answer.redirect_chain[-1][0] == f"{thread.get_absolute_url()}#post-2"
    assert "Voici." in answer.content.decode()


def test_a_refused_reply_keeps_what_was_typed(thread, julie, karim, sign_in):
    actions.lock_thread(thread, by=julie)
    url = reverse("community:posts", args=[thread.pk])
    answer = sign_in(karim).post(url, {"body": "Mon texte précieux"})
    assert answer.status_code == 422
    assert "Mon texte précieux" in answer.content.decode()
    assert "Cette discussion est close" in answer.content.decode()
    assert thread.posts.count() == 1


def test_the_composer_gets_another_key_for_the_next_message(thread, karim, sign_in):
    client, url = sign_in(karim), reverse("community:posts", args=[thread.pk])
    key = re.search(r'name="key" value="([^"]+)"', client.get(thread.get_absolute_url()).content.decode())[1]
    answer = client.post(url, {"body": "Un", "key": key}, headers=FRAGMENT)
    fresh = re.search(r'name="key"[^>]* value="([^"]+)"', answer.content.decode())[1]
    client.post(url, {"body": "Deux", "key": fresh}, headers=FRAGMENT)
    client.post(url, {"body": "Deux", "key": fresh}, headers=FRAGMENT)
    assert list(thread.posts.order_by("number").values_list("body", flat=True)) == [
        "Je cherche.",
        "Un",
        "Deux",
    ]


def test_a_draft_is_kept_and_found_again_and_does_not_come_back_after_publishing(thread, karim, sign_in):
    client, place = sign_in(karim), f"thread:{thread.pk}"
    saved = client.post("/drafts/", {"place": place, "body": "À moitié", "sequence": "7"})
    assert saved.status_code == 204
    assert "À moitié" in client.get(thread.get_absolute_url()).content.decode()
    client.post(reverse("community:posts", args=[thread.pk]), {"body": "Entier", "sequence": "8"})
    client.post("/drafts/", {"place": place, "body": "À moitié, en retard", "sequence": "8"})
    assert Draft.objects.get(user=karim, place=place).body == ""


def test_reactions_acceptance_vote_and_watch_work_from_the_page(space, awa, karim, sign_in):
    case = actions.start_thread(space, author=awa, title="Cas", body="?", kind="case", choices=["Oui", "Non"])
    post = actions.write_post(case, author=karim, body="Oui, car…")
    client = sign_in(awa)
    client.post(reverse("community:reaction", args=[post.pk, "useful"]), {"on": "1"})
    client.post(reverse("community:reaction", args=[post.pk, "useful"]), {"on": "1"})
    client.post(reverse("community:resolution", args=[case.pk]), {"post": post.pk})
    voted = client.post(
        reverse("community:vote", args=[case.pk]), {"choice": case.choices.get(text="Oui").pk}
    )
    assert voted.url == f"{case.get_absolute_url()}#choices"
    client.post(reverse("community:watch", args=[case.pk]), {"state": "muted"})
    post.refresh_from_db()
    assert post.useful_count == 1
    assert Resolution.objects.get(thread=case).post_id == post.pk
    assert Vote.objects.get(thread=case, user=awa).choice.text == "Oui"
    assert Watch.objects.get(thread=case, user=awa).muted
    page = client.get(case.get_absolute_url()).content.decode()
    assert "Réponse retenue" in page
    assert "100\xa0%" in page


def test_the_first_choice_is_said_to_be_the_only_one(space, awa, karim, sign_in):
    case = actions.start_thread(space, author=awa, title="Cas", body="?", kind="case", choices=["Oui", "Non"])
    choice = case.choices.get(text="Oui")

    def told(person) -> str:
        page = sign_in(person).get(case.get_absolute_url()).text
        return page[page.index('id="choices"') :]

    actions.vote(choice, user=karim)
    assert "votre choix est le seul pour l’instant." in told(karim)
    actions.vote(choice, user=awa)
    assert "les 2 choix sont maintenant visibles." in told(karim)


def test_the_choices_keep_their_order_whatever_was_chosen(space, awa, karim, julie, sign_in):
    words = [f"Choix {letter}" for letter in "abcdefghij"]
    case = actions.start_thread(space, author=awa, title="Cas", body="?", kind="case", choices=words)
    for person, word in ((awa, "Choix j"), (karim, "Choix d"), (julie, "Choix d")):
        actions.vote(case.choices.get(text=word), user=person)
    page = sign_in(awa).get(case.get_absolute_url()).text
    shown = page[page.index('id="choices"') :]
    assert re.findall(r"Choix [a-j]", shown)[:10] == words


def test_votes_of_others_are_shown_to_who_has_chosen(space, awa, karim, sign_in):
    case = actions.start_thread(space, author=awa, title="Cas", body="?", kind="case", choices=["Oui", "Non"])
    actions.vote(case.choices.get(text="Non"), user=awa)
    client = sign_in(karim)
    assert "100\xa0%" not in client.get(case.get_absolute_url()).content.decode()
    actions.vote(case.choices.get(text="Oui"), user=karim)
    assert "50\xa0%" in client.get(case.get_absolute_url()).content.decode()


def test_ones_own_message_is_refused_as_useful_with_a_sentence(thread, awa, sign_in):
    opening = thread.posts.get(number=1)
    url = reverse("community:reaction", args=[opening.pk, "useful"])
    answer = sign_in(awa).post(url, {"on": "1"}, headers=FRAGMENT)
    assert answer.status_code == 422
    assert "Laissez les autres dire" in answer.content.decode()
    opening.refresh_from_db()
    assert opening.useful_count == 0


def test_a_message_is_edited_and_its_history_shows_what_it_said(thread, karim, awa, sign_in):
    post = actions.write_post(thread, author=karim, body="Avant")
    sign_in(karim).post(reverse("community:edit_post", args=[post.pk]), {"body": "Après"})
    page = sign_in(awa).get(reverse("community:post_history", args=[post.pk])).content.decode()
    assert "Avant" in page
    assert "Après" in page


def test_a_message_is_removed_and_the_toast_offers_to_undo(thread, karim, sign_in):
    post = actions.write_post(thread, author=karim, body="Regretté")
    client = sign_in(karim)
    answer = client.post(reverse("community:removal", args=[post.pk]), {"on": "1"}, headers=FRAGMENT)
    undo = reverse("community:restoration", args=[post.pk])
    assert undo in answer.content.decode()
    post.refresh_from_db()
    assert post.deleted_at is not None
    client.post(undo, headers=FRAGMENT)
    post.refresh_from_db()
    assert post.deleted_at is None


def test_mentions_are_completed_with_people_who_can_read_the_thread(thread, karim, marc, ines, sign_in):
    Thread.objects.get(pk=thread.pk).space.memberships.all()
    thread.space.visibility = "closed"
    thread.space.save()
    url = reverse("community:thread_people", args=[thread.pk])
    client = sign_in(karim)
    assert "Awa Mbaye" in client.get(url, {"q": "aw"}).content.decode()
    everybody = client.get(url).content.decode()
    assert "Marc Petit" not in everybody
    assert "Ines Roy" not in everybody
    # The composers of the thread ask there, and not the whole directory.
    for page in (thread.get_absolute_url(), f"/posts/{thread.posts.first().pk}/reply/"):
        assert f'data-suggest-url="{url}"' in client.get(page).content.decode()


def test_what_people_wrote_is_shown_as_text(thread, karim, awa, sign_in):
    karim.name = "<b>Karim</b>"
    karim.save()
    actions.write_post(thread, author=karim, body="<script>alert(1)</script>")
    page = sign_in(awa).get(thread.get_absolute_url()).content.decode()
    assert "<script>alert(1)" not in page
    assert "<b>Karim</b>" not in page
    assert "&lt;b&gt;Karim&lt;/b&gt;" in page


def test_a_post_that_came_while_the_page_was_made_is_read_when_it_is_shown(lumen, awa, karim):
    space = making.make_space(lumen, "Managers")
    making.join(space, awa, karim)
    thread = thread_for(awa, making.make_thread(space, karim).pk)
    actions.write_post(Thread.objects.get(pk=thread.pk), author=karim, body="Entre-temps.")

    assert thread.last_number == 1
    assert conversation_page(thread, awa).last_shown == 2


def test_two_tabs_that_change_one_message_lose_neither_text(thread, karim, sign_in):
    post = actions.write_post(thread, author=karim, body="Avant")
    client, url = sign_in(karim), reverse("community:edit_post", args=[post.pk])
    version = re.search(r'name="version" value="(\d+)"', client.get(url).content.decode())[1]
    client.post(url, {"body": "Du premier onglet", "version": version})
    refused = client.post(url, {"body": "Du second onglet", "version": version})
    page = refused.content.decode()
    assert refused.status_code == 422
    assert "Du premier onglet" in page
    assert re.search(r"<textarea[^>]*>\s*Du second onglet</textarea>", page)
    post.refresh_from_db()
    assert post.body == "Du premier onglet"
    again = re.search(r'name="version" value="(\d+)"', page)[1]
    client.post(url, {"body": "Les deux", "version": again})
    post.refresh_from_db()
    assert (post.body, post.revisions.count()) == ("Les deux", 2)


@pytest.mark.parametrize("body", ["- un\n- deux", "```\ncode\n```", "# Titre", "| a |\n|---|\n| b |"])
def test_a_quotation_keeps_the_block_it_begins_with(thread, karim, awa, sign_in, body):
    post = actions.write_post(thread, author=karim, body=body)
    page = sign_in(awa).get(f"/posts/{post.pk}/reply/?quote=1").content.decode()
    quoted = html.unescape(re.search(r"<textarea[^>]*>\n?(.*?)</textarea>", page, re.S)[1])
    assert quoted.startswith(f"> @{karim.handle} : [#2](/posts/{post.pk}/)\n>\n> ")
    tag = {"-": "<li>", "`": "<pre", "#": "<h4", "|": "<table"}[body[0]]
    assert tag in render(quoted + "Oui").html


def test_the_answer_of_a_quoted_spoiler_stays_closed_and_chosen_words_are_quoted(thread, karim, awa, sign_in):
    post = actions.write_post(thread, author=karim, body="::: spoiler Réponse\nLe manager\n:::\nEt vous ?")
    client = sign_in(awa)
    page = client.get(f"/posts/{post.pk}/reply/?quote=1").content.decode()
    quoted = html.unescape(re.search(r"<textarea[^>]*>\n?(.*?)</textarea>", page, re.S)[1])
    shown = render(quoted).html
    assert shown.index("<details") < shown.index("Le manager") < shown.index("</details>")
    chosen = client.get(f"/posts/{post.pk}/reply/", {"quote": 1, "words": "Et vous ?"}).content.decode()
    assert "&gt; Et vous ?" in chosen
    assert "Le manager" not in re.search(r"<textarea[^>]*>(.*?)</textarea>", chosen, re.S)[1]


def test_the_answer_to_a_reply_carries_what_its_page_has_not_seen(thread, awa, karim, sign_in):
    """One request to reply: the post itself, with what others wrote meanwhile, and no sign to ask again."""
    actions.write_post(thread, author=awa, body="Entre-temps.")
    url = reverse("community:posts", args=[thread.pk])
    data = {"body": "Voici.", "after": 1, "since": timezone.now().isoformat()}
    answer = sign_in(karim).post(url, data, headers=FRAGMENT)
    assert {2, 3} <= set(numbers_of(answer))
    assert 'data-mine="3"' in answer.content.decode()
    assert 'data-heading="2 réponses"' in answer.content.decode()
    assert "HX-Trigger" not in answer.headers


def test_a_moment_of_a_film_is_a_link_that_opens_the_module_there(thread, awa, karim, sign_in):
    Thread.objects.filter(pk=thread.pk).update(about_title="Film", about_url="/courses/x/modules/7/")
    actions.write_post(thread, author=karim, body="Là.", moment=9)
    page = sign_in(awa).get(thread.get_absolute_url()).content.decode()
    assert re.search(r'<a [^>]*href="/courses/x/modules/7/\?t=9"[^>]*>à 0:09</a>', page)


def test_who_is_named_in_a_closed_space_without_reading_it_is_said(
    space, thread, awa, karim, marc, ines, sign_in
):
    Space.objects.filter(pk=space.pk).update(visibility="closed")
    url = reverse("community:posts", args=[thread.pk])
    body = f"@{marc.handle} @{karim.handle} @{ines.handle} voyez"
    client = sign_in(awa)
    answer = client.post(url, {"body": body}, headers={"HX-Request": "true"}).content.decode()
    told = answer.partition("data-toast")[2]
    assert marc.name in told
    assert karim.name not in told
    assert ines.name not in told, "of another organisation: nobody this person knows of"
    assert marc.name in client.post(url, {"body": body}, follow=True).content.decode()

    assert "membres de cet espace" in client.get(f"{space.get_absolute_url()}people/?q=k").content.decode()
    assert marc.name not in client.get(f"{space.get_absolute_url()}people/?q=").content.decode()
    Space.objects.filter(pk=space.pk).update(visibility="open")
    assert (
        "data-toast" not in client.post(url, {"body": body}, headers={"HX-Request": "true"}).content.decode()
    )
    assert marc.name in client.get(f"{space.get_absolute_url()}people/?q=").content.decode()
