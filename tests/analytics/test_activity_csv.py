from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from analytics.formats.activity_csv import Activity, read
from core.errors import Refused
from core.importing import RefusedItem
from tests.samples import SAMPLES, needs_samples

pytestmark = pytest.mark.usefixtures("english")

PARIS = ZoneInfo("Europe/Paris")
HEAD = "Event.context,user,timecreated,Component,Event.name,Log,Action\n"


def lines(tmp_path, text):
    (tmp_path / "log.csv").write_text(text)
    return list(read(tmp_path / "log.csv", PARIS))


def test_a_line_is_read_in_the_zone_it_was_written_in(tmp_path):
    (activity,) = lines(
        tmp_path, HEAD + 'Forum: "x",awa,2019-10-26 09:37:12,Forum,Discussion viewed,log,Group\n'
    )
    assert activity == Activity(
        line=2,
        user="awa",
        at=datetime(2019, 10, 26, 7, 37, 12, tzinfo=UTC),
        written="2019-10-26 09:37:12",
        context='Forum: "x"',
        component="Forum",
        name="Discussion viewed",
        action="Group",
    )


def test_the_hour_that_exists_twice_says_so(tmp_path):
    twice, once = lines(tmp_path, HEAD + "c,awa,2019-10-27 02:30:00,F,n,,\nc,awa,2019-10-27 03:00:00,F,n,,\n")
    assert (twice.ambiguous, twice.at.astimezone(UTC).hour) == (True, 0)
    assert once.ambiguous is False


def test_a_french_export_is_read(tmp_path):
    (activity,) = lines(
        tmp_path,
        "Heure,Nom complet de l’utilisateur,Contexte de l’événement,Composant,Nom de l’événement\n"
        '"3/09/19, 14:08",Awa Mbaye,Forum,Forum,Discussion consultée\n',
    )
    assert (activity.user, activity.at) == ("Awa Mbaye", datetime(2019, 9, 3, 12, 8, tzinfo=UTC))


def test_lines_that_cannot_be_taken_are_named(tmp_path):
    refused = lines(
        tmp_path, HEAD + "c,-,2019-10-27 03:00:00,F,n,,\nc,awa,hier,F,n,,\nc,awa\nc,awa,2019-10-27,F,,,\n\n"
    )
    assert all(isinstance(item, RefusedItem) for item in refused)
    assert [item.where for item in refused] == ["line 2", "line 3", "line 4", "line 5"]


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "user,timecreated\n"])
def test_a_file_that_is_no_log_is_refused(tmp_path, text):
    with pytest.raises(Refused):
        lines(tmp_path, text)


class TestOnSamples:
    pytestmark = needs_samples

    def test_every_line_of_the_log_is_read(self):
        items = list(read(SAMPLES / "activity-log" / "moodle-events.csv.gz", PARIS))
        assert len(items) == 95_626
        assert all(isinstance(item, Activity) for item in items)
        assert len({item.user for item in items}) == 130
