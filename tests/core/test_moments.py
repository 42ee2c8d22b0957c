from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone, translation

from core.moments import moment

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def words_of(value: datetime, *, spoken: bool = False) -> str:
    return moment(value, spoken=spoken).words.replace("\xa0", " ")


@pytest.mark.parametrize(
    ("age", "english", "french"),
    [
        (timedelta(seconds=-5), "just now", "à l’instant"),
        (timedelta(seconds=59), "just now", "à l’instant"),
        (timedelta(minutes=1), "1 minute ago", "il y a 1 minute"),
        (timedelta(minutes=59, seconds=59), "59 minutes ago", "il y a 59 minutes"),
        (timedelta(hours=1), "1 hour ago", "il y a 1 heure"),
        (timedelta(hours=23, minutes=59), "23 hours ago", "il y a 23 heures"),
        (timedelta(hours=24), "yesterday", "hier"),
        (timedelta(hours=38), "2 days ago", "il y a 2 jours"),
        (timedelta(days=6, hours=23), "7 days ago", "il y a 7 jours"),
        (timedelta(days=7), "14 Nov", "14 nov."),
        (timedelta(days=70), "12 Sep", "12 sept."),
        (timedelta(days=400), "17 Oct 2025", "17 oct. 2025"),
        (timedelta(days=-3), "24 Nov", "24 nov."),
    ],
)
@time_machine.travel(NOW, tick=False)
def test_a_moment_is_said_in_both_languages(age, english, french):
    with timezone.override("Europe/Paris"):
        with translation.override("en"):
            assert words_of(NOW - age) == english
        with translation.override("fr"):
            assert words_of(NOW - age) == french


@time_machine.travel(NOW, tick=False)
def test_the_day_is_that_of_the_readers_zone_and_the_whole_date_is_there_too():
    at = datetime(2026, 9, 12, 23, tzinfo=UTC)
    with translation.override("en"):
        with timezone.override("Europe/Paris"):
            paris = moment(at)
        with timezone.override("America/New_York"):
            new_york = moment(at)
    assert paris.words.replace("\xa0", " ") == "13 Sep"
    assert paris.full == "13 September 2026, 01:00"
    assert new_york.words.replace("\xa0", " ") == "12 Sep"
    assert new_york.full == "12 September 2026, 19:00"


@time_machine.travel(NOW, tick=False)
def test_only_what_happened_today_grows_older_on_a_page_left_open():
    assert moment(NOW - timedelta(hours=23)).ages
    assert not moment(NOW - timedelta(hours=25)).ages
    assert not moment(NOW + timedelta(hours=2)).ages


@time_machine.travel(NOW, tick=False)
def test_in_the_middle_of_a_sentence_a_day_takes_its_little_word():
    with translation.override("en"):
        assert words_of(NOW - timedelta(days=70), spoken=True) == "on 12 Sep"
        assert words_of(NOW - timedelta(days=3), spoken=True) == "3 days ago"
    with translation.override("fr"):
        assert words_of(NOW - timedelta(days=70), spoken=True) == "le 12 sept."
