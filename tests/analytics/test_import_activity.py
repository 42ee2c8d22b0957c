from collections import Counter
from datetime import UTC, date, datetime

import pytest
from django.core.management import CommandError, call_command

from analytics.models import LearnerDay
from analytics.rollups.rebuilding import rebuild_dirty
from events.models import Event, ParkedEvent
from events.reading import State, read_all
from people.models import User
from tests.making import make_user
from tests.samples import SAMPLES, needs_samples

pytestmark = pytest.mark.usefixtures("english")

HEAD = "Event.context,user,timecreated,Component,Event.name,Log,Action\n"
LOG = (
    HEAD + "Forum: x,9d74,2019-10-26 09:37:12,Forum,Discussion viewed,l,g\n"
    "Forum: x,9d74,2019-10-26 09:37:12,Forum,Discussion viewed,l,g\n"
    "Forum: x,awa-1,2019-10-27 02:30:00,Forum,Post created,l,g\n"
    "Cours,awa-1,hier,System,Course viewed,l,g\n"
    "Cours,9d74,2019-10-28 10:00:00,System,Course viewed,l,g\n"
)


@pytest.fixture
def log(tmp_path):
    (tmp_path / "log.csv").write_text(LOG)
    return tmp_path / "log.csv"


def bring_in(log, organisation, **options):
    call_command("import_activity", log, organisation=organisation.slug, **options)


def test_lines_become_events_at_their_time_with_the_verb_that_means_the_same(log, lumen, capsys):
    awa = make_user("Awa Mbaye", organisation=lumen, external_id="awa-1")
    bring_in(log, lumen)
    learner = User.objects.exclude(pk=awa.pk).get()
    at = datetime(2019, 10, 26, 7, 37, 12, tzinfo=UTC)
    rows = Event.objects.order_by("at", "id").values_list("verb", "actor_id", "at", "organisation_id", "role")
    assert list(rows) == [
        ("community.thread_opened", learner.pk, at, lumen.pk, "learner"),
        ("community.thread_opened", learner.pk, at, lumen.pk, "learner"),
        ("community.post_written", awa.pk, datetime(2019, 10, 27, 0, 30, tzinfo=UTC), lumen.pk, "learner"),
        (
            "analytics.activity_imported",
            learner.pk,
            datetime(2019, 10, 28, 9, tzinfo=UTC),
            lumen.pk,
            "learner",
        ),
    ]
    assert Event.objects.last().data["name"] == "Course viewed"
    assert (learner.email, learner.has_usable_password(), learner.organisation) == (None, False, lumen)
    out = capsys.readouterr().out
    assert "line 5" in out
    assert "“hier” is not a date and time." in out
    assert "1 × in the hour that exists twice" in out
    assert "1 × kept in their own words" in out


def test_an_hour_that_spring_leaves_out_does_not_exist(tmp_path, lumen, capsys):
    (tmp_path / "log.csv").write_text(HEAD + "Forum: x,awa-1,2019-03-31 02:30:00,Forum,Post created,l,g\n")
    bring_in(tmp_path / "log.csv", lumen)
    assert "“2019-03-31 02:30:00” does not exist" in capsys.readouterr().out
    assert not Event.objects.filter(verb="community.post_written").exists()


def test_the_zone_in_which_the_log_was_written_can_be_said(log, lumen):
    bring_in(log, lumen, time_zone="America/Montreal")
    assert Event.objects.earliest("at").at.hour == 13


def test_twice_changes_nothing_and_a_dry_run_keeps_nothing(log, lumen):
    bring_in(log, lumen, dry_run=True)
    assert (Event.objects.count(), User.objects.count()) == (0, 0)
    bring_in(log, lumen)
    bring_in(log, lumen)
    assert (Event.objects.count(), User.objects.count()) == (4, 2)


def test_a_failure_in_the_middle_leaves_nothing(log, lumen, monkeypatch):
    monkeypatch.setattr("analytics.imports.record_many", lambda events: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        bring_in(log, lumen)
    assert (Event.objects.count(), User.objects.count()) == (0, 0)


def test_what_was_done_elsewhere_counts_in_the_figures_of_its_day(log, lumen):
    bring_in(log, lumen)
    assert read_all(fenced=False) is State.DONE
    assert not ParkedEvent.objects.exists()
    rebuild_dirty()
    rows = LearnerDay.objects.order_by("day").values_list("day", "presences", "contributions")
    # Opening the forum twice on the 26th, and the post of the 27th; what has no equal here is no presence.
    assert [row for row in rows if any(row[1:])] == [(date(2019, 10, 26), 2, 0), (date(2019, 10, 27), 1, 1)]


@pytest.mark.parametrize("options", [{"organisation": "nobody"}, {"time_zone": "Europe/Nowhere"}])
def test_a_wrong_option_is_answered_with_a_sentence(log, lumen, options):
    with pytest.raises(CommandError):
        call_command("import_activity", log, **{"organisation": lumen.slug, **options})


class TestOnSamples:
    pytestmark = needs_samples

    @pytest.mark.django_db
    def test_every_line_of_the_log_is_an_event(self, lumen):
        log = SAMPLES / "activity-log" / "moodle-events.csv.gz"
        bring_in(log, lumen)
        counts = Counter(Event.objects.values_list("verb", flat=True))
        assert counts == {
            "analytics.activity_imported": 45_667,
            "courses.module_opened": 34_324,
            "community.thread_opened": 13_164,
            "community.post_written": 2_083,
            "community.thread_started": 254,
            "courses.attempt_started": 70,
            "courses.attempt_finished": 64,
        }
        assert counts.total() == 95_626
        assert User.objects.count() == 130
        bring_in(log, lumen)
        assert Event.objects.count() == 95_626
