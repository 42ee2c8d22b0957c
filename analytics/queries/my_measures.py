"""My measures: what is measured about one person, week by week, with its definition and who sees it."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db.models import Count, F, Q
from django.utils.translation import gettext_lazy as _

from analytics import days
from analytics.models import LearnerDay
from courses.models import Enrolment

WEEKS = 12


@dataclass(frozen=True)
class PersonalMeasure:
    """Something that is measured: what it is, how it is counted, who sees it with a name."""

    name: Any
    definition: Any
    seen_by: Any
    # Where it stands in `LearnerDay`, for those that are shown week by week; of presences days are counted.
    column: str = ""


NOBODY = _("You. HR sees it added up over groups of five people or more, without names.")
MEASURED = (
    PersonalMeasure(
        _("Days present"),
        _(
            "A day counts when you open a module or a discussion, play a video, answer or write. Leaving a page open does not."
        ),
        _(
            "You. Who facilitates your spaces sees that you have been away for 14 days, to write to you; never the detail."
        ),
        "presences",
    ),
    PersonalMeasure(
        _("Contributions"),
        _(
            "Messages and replies you published and did not remove. Several in a row within ten minutes of one discussion count once."
        ),
        NOBODY,
        "contributions",
    ),
    PersonalMeasure(
        _("Participations"),
        _("Contributions, votes, quiz answers and reactions."),
        NOBODY,
        "participations",
    ),
    PersonalMeasure(
        _("Reactions"), _("“Useful” and the other marks you gave and kept."), NOBODY, "reactions"
    ),
    PersonalMeasure(
        _("Useful marks"), _("Messages you marked “useful”, and left so."), NOBODY, "useful_marks"
    ),
    PersonalMeasure(
        _("Progress"),
        _(
            "Modules done, quiz results and the parts of videos you have watched, so that you resume where you were."
        ),
        _("You, and the trainers of the course."),
    ),
    PersonalMeasure(
        _("Answers accepted and skills"),
        _("Answers that the asker or a trainer accepted; skills a trainer validated."),
        _("Everybody who can see your profile."),
    ),
)
NEVER = (
    _("The time you stay on a page, or do nothing."),
    _("What you type before you send it: a draft is yours alone."),
    _("Your screen, your mouse, your camera, your place."),
    _("Whether you open our mails."),
    _("Any ranking of people, or any score that decides about you."),
)


WEEKLY = [measure for measure in MEASURED if measure.column]


class Week(NamedTuple):
    """The numbers of an ISO week, in the order of `WEEKLY`."""

    monday: date
    numbers: list[int]


def weeks_of(user) -> list[Week]:
    """The last twelve ISO weeks, the latest first; weeks without anything are zeros, not holes."""
    if user.organisation is None:
        return []
    this = days.monday(days.today(user.organisation))
    mondays = [this - timedelta(weeks=back) for back in range(WEEKS)]
    sums: dict[date, Counter[str]] = defaultdict(Counter)
    present = set()
    for row in LearnerDay.objects.filter(user=user, day__gte=mondays[-1]):
        of_week = sums[days.monday(row.day)]
        of_week["presences"] += row.day not in present
        present.add(row.day)
        for measure in WEEKLY:
            if measure.column != "presences":
                of_week[measure.column] += getattr(row, measure.column)
    return [Week(monday, [sums[monday][measure.column] for measure in WEEKLY]) for monday in mondays]


def progress_of(user) -> list[Enrolment]:
    """The courses a person follows, with how many of their mandatory modules are done."""
    published = Q(
        session__course__modules__published_at__isnull=False, session__course__modules__mandatory=True
    )
    done = Q(
        progress__completed_at__isnull=False,
        progress__module__mandatory=True,
        progress__module__published_at__isnull=False,
    )
    return list(
        Enrolment.objects.filter(user=user, left_at=None)
        .select_related("session__course")
        .defer("session__course__search")
        .annotate(
            total=Count("session__course__modules", filter=published, distinct=True),
            done=Count("progress", filter=done, distinct=True),
            title=F("session__course__title"),
        )
        .order_by("title", "pk")
    )
