"""Who was enrolled in what on a day: learners with an account, their unit, their sessions and spaces.

Everything comes from dated rows (accounts, grants, unit memberships, enrolments) and, for spaces that people
have left, from the log: a day of last year gives the same answer today as it gave then.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from django.db import connection

from analytics.days import bounds
from analytics.rollups.statements import statement

LEARNERS = statement("learners")
SPACES = statement("members_of_spaces")
SESSIONS = statement("learners_of_sessions")


@dataclass
class Roster:
    units: dict[int, int] = field(default_factory=dict)
    spaces: dict[int, list[int]] = field(default_factory=dict)
    sessions: dict[int, list[int]] = field(default_factory=dict)
    courses: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    # The spaces where the talk of a session or course happens.
    spaces_of_session: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    spaces_of_course: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))


def roster_of(organisation, day: date) -> Roster:
    start, end = bounds(day, organisation.zone)
    parameters = {"organisation": organisation.pk, "day": day, "start": start, "end": end}
    roster = Roster()
    with connection.cursor() as cursor:
        cursor.execute(LEARNERS + " ORDER BY 2, 1", parameters)
        roster.units = dict(cursor.fetchall())
        cursor.execute(SPACES, parameters)
        roster.spaces = dict(cursor.fetchall())
        cursor.execute(SESSIONS, parameters)
        for session, course, space, users in cursor.fetchall():
            roster.sessions[session] = users
            roster.courses[course].update(users)
            roster.spaces_of_session[session].add(space)
            roster.spaces_of_course[course].add(space)
    return roster
