import gzip
from collections import Counter
from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F, Sum

from community.formats.stackexchange import DumpPost, read_comments, read_posts
from community.models import Post, Resolution, Space, Tag, Thread
from events.models import Event, ParkedEvent
from events.reading import State, read_all
from people.models import Organisation, User
from tests.making import make_organisation, make_space
from tests.samples import SAMPLES, needs_samples

pytestmark = pytest.mark.usefixtures("english")

SITE = "history.meta.stackexchange.com"
POSTS = """<posts>
  <row Id="1" PostTypeId="1" AcceptedAnswerId="3" CreationDate="2011-10-11T10:00:00" Score="-3" Title="Où ?"
       Body="&lt;p&gt;&lt;em&gt;ici&lt;/em&gt;&lt;/p&gt;" OwnerUserId="12" Tags="&lt;lieux&gt;" />
  <row Id="2" PostTypeId="2" ParentId="1" CreationDate="2011-10-11T11:00:00" Score="4" Body="là" OwnerUserId="13" />
  <row Id="3" PostTypeId="2" ParentId="1" CreationDate="2011-10-11T13:00:00" Score="0" Body="là-bas" />
  <row Id="4" PostTypeId="2" ParentId="99" CreationDate="2011-10-11T13:00:00" Score="0" Body="perdue" />
  <row Id="5" PostTypeId="1" CreationDate="2011-10-12T10:00:00" Score="0" Title="Vide" Body=" " OwnerUserId="12" />
  <row Id="6" PostTypeId="2" ParentId="5" CreationDate="2011-10-12T10:00:00" Score="0" Body="avec la vide" />
</posts>"""
COMMENTS = """<comments>
  <row Id="1" PostId="2" Score="2" Text="D'accord, voir [ici](http://a.test)." CreationDate="2011-10-11T12:00:00" UserId="12" />
  <row Id="2" PostId="4" Score="0" Text="perdu" CreationDate="2011-10-11T14:00:00" UserId="12" />
</comments>"""


@pytest.fixture
def dump(tmp_path):
    (tmp_path / "Posts.xml").write_text(POSTS)
    (tmp_path / "Comments.xml.gz").write_bytes(gzip.compress(COMMENTS.encode()))
    return tmp_path


def bring_in(folder, organisation, **options):
    call_command(
        "import_community", folder, organisation=organisation.slug, space="lieux", site=SITE, **options
    )


def everything():
    return [Model.objects.count() for Model in (Space, Thread, Post, User, Tag, Resolution, Event)]


def test_a_question_its_answers_and_comments_come_in_order(dump, lumen, capsys):
    bring_in(dump, lumen)
    thread = Thread.objects.get()
    rows = thread.posts.order_by("number").values_list(
        "number", "parent__number", "body", "imported_useful", "created_at__hour"
    )
    assert list(rows) == [
        (1, None, "*ici*", -3, 10),
        (2, None, "là", 4, 11),
        (3, 2, "D'accord, voir [ici](http://a.test).", 2, 12),
        (4, None, "là-bas", 0, 13),
    ]
    assert list(thread.posts.order_by("number").values_list("useful_count", flat=True)) == [0, 4, 2, 0]
    assert thread.posts.get(number=1).html == "<p><em>ici</em></p>\n"
    assert (thread.kind, thread.title, thread.last_number, thread.number_of_posts) == (
        "question",
        "Où ?",
        4,
        4,
    )
    assert thread.last_post_at == datetime(2011, 10, 11, 13, tzinfo=UTC)
    assert thread.resolution.post.number == 4
    assert [tag.name for tag in thread.tags.all()] == ["lieux"]
    out = capsys.readouterr().out
    assert "Posts 4" in out
    assert [line.split()[-4:] for line in out.splitlines() if line.startswith("answers")] == [
        ["4", "2", "0", "2"]
    ]


def test_authors_are_accounts_nobody_signs_in_to_with_their_page_named(dump, lumen):
    Organisation.objects.update(language="en")
    bring_in(dump, lumen)
    asker = Thread.objects.get().author
    assert (asker.name, asker.email, asker.is_active, asker.has_usable_password()) == (
        "Member 12",
        None,
        False,
        False,
    )
    assert asker.profile.source_url == f"https://{SITE}/users/12"
    assert asker.organisation == lumen
    assert Post.objects.get(body="là-bas").author is None


def test_events_keep_their_dates_and_places(dump, lumen):
    bring_in(dump, lumen)
    thread = Thread.objects.get()
    rows = Event.objects.order_by("at", "verb").values_list(
        "verb", "at__hour", "role", "thread_id", "space_id"
    )
    assert list(rows) == [
        ("community.thread_started", 10, "learner", thread.pk, thread.space_id),
        ("community.post_written", 11, "learner", thread.pk, thread.space_id),
        ("community.post_written", 12, "learner", thread.pk, thread.space_id),
        ("community.answer_accepted", 13, "learner", thread.pk, thread.space_id),
        ("community.post_written", 13, "system", thread.pk, thread.space_id),
    ]


def test_readers_take_what_was_imported(dump, lumen):
    bring_in(dump, lumen)
    assert read_all(fenced=False) is State.DONE
    assert not ParkedEvent.objects.exists()


def test_twice_changes_nothing_and_a_dry_run_keeps_nothing(dump, lumen):
    before = everything()
    bring_in(dump, lumen, dry_run=True)
    assert everything() == before
    bring_in(dump, lumen)
    after = everything()
    assert after != before
    rows = list(Post.objects.order_by("pk").values())
    bring_in(dump, lumen)
    assert everything() == after
    assert list(Post.objects.order_by("pk").values()) == rows


def test_a_later_dump_adds_what_is_new_after_what_was_said_here(dump, lumen, awa):
    bring_in(dump, lumen)
    thread = Thread.objects.get()
    Post.objects.create(thread=thread, number=5, author=awa, body="moi", html="<p>moi</p>")
    Thread.objects.update(last_number=5, number_of_posts=5)
    more = '<row Id="7" PostTypeId="2" ParentId="1" CreationDate="2012-01-01T00:00:00" Body="tard" OwnerUserId="13" /></posts>'
    (dump / "Posts.xml").write_text(POSTS.replace("</posts>", more))
    bring_in(dump, lumen)
    thread.refresh_from_db()
    assert [post.body for post in thread.posts.order_by("number")][-2:] == ["moi", "tard"]
    assert (thread.last_number, thread.number_of_posts) == (6, 6)


def test_a_failure_in_the_middle_leaves_nothing(dump, lumen, monkeypatch):
    def fail(*args):
        raise OSError("disk full")

    monkeypatch.setattr("community.imports._bring_resolutions", fail)
    before = everything()
    with pytest.raises(OSError, match="disk full"):
        bring_in(dump, lumen)
    assert everything() == before


def test_two_organisations_import_the_same_dump_apart(dump, lumen, atelier):
    bring_in(dump, lumen)
    call_command("import_community", dump, organisation=atelier.slug, space="autres", site=SITE)
    assert Counter(User.objects.values_list("organisation__name", flat=True)) == {
        "Lumen": 2,
        "Atelier Nord": 2,
    }
    assert Counter(Thread.objects.values_list("space__organisation__name", flat=True)) == {
        "Lumen": 1,
        "Atelier Nord": 1,
    }


def test_the_space_of_another_organisation_is_refused(dump, lumen):
    make_space(make_organisation("Autre"))
    Space.objects.update(slug="lieux")
    with pytest.raises(CommandError):
        bring_in(dump, lumen)
    assert not Thread.objects.exists()


class TestOnSamples:
    pytestmark = needs_samples

    @pytest.mark.django_db
    def test_the_counts_that_go_in_come_out(self, lumen, capsys, tmp_path):
        folder = SAMPLES / "discussions"
        posts = [post for post in read_posts(folder) if isinstance(post, DumpPost)]
        comments = list(read_comments(folder))
        refused = tmp_path / "refused.csv"
        bring_in(folder, lumen, language="en", refused=refused)

        assert Thread.objects.filter(kind="question", language="en").count() == 556
        # A comment on an answer is a reply to it; one on a question is a reply in its discussion, and is named.
        assert Post.objects.filter(parent=None, number__gt=1).count() == 1095 + 1282
        assert Post.objects.filter(parent__isnull=False).count() == 2172
        # 1,657 posts are in the dump: 6 of them describe tags, and each is named.
        lines = refused.read_text("utf-8-sig").splitlines()
        assert [line.split(",")[0] for line in lines[1:]] == [
            f"Posts {n}" for n in (215, 216, 852, 853, 2218, 2219)
        ]
        assert Post.objects.count() == 1657 - 6 + 3454
        assert Resolution.objects.count() == 181
        assert Post.objects.aggregate(Sum("imported_useful"))["imported_useful__sum"] == sum(
            item.score for item in [*posts, *comments]
        )
        assert set(Post.objects.values_list("created_at", flat=True)) == {
            item.created_at for item in [*posts, *comments]
        }
        assert User.objects.count() == len({item.owner for item in [*posts, *comments]} - {None}) == 384
        assert Counter(Event.objects.values_list("verb", flat=True)) == {
            "community.thread_started": 556,
            "community.post_written": 1095 + 3454,
            "community.answer_accepted": 181,
        }
        assert not Post.objects.filter(parent__parent__isnull=False).exists()
        assert not Thread.objects.exclude(last_number=F("number_of_posts")).exists()
        out = capsys.readouterr().out
        assert "1282 × comments on a question" in out
        assert f"{sum('<img' in post.body for post in posts)} × with pictures" in out
        assert "796 × edited" in out
        assert "188 × without an author" in out
        assert "181 × accepted on the date of the answer" in out

        rows = everything()
        bring_in(folder, lumen, language="en")
        assert everything() == rows
