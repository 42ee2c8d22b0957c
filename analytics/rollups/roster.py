"""Who was enrolled in what on a day: learners with an account, their unit, their sessions and spaces.

Everything comes from dated rows (accounts, grants, unit memberships, enrolments) and, for spaces that people
have left, from the log: a day of last year gives the same answer today as it gave then.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from django.db import connection

from analytics.days import bounds

# A learner of a day held no role of trainer or administrator at any moment of it (METRICS C2); the day one
# leaves still counts, the next one does not (C6).
LEARNERS = """
    SELECT u.id, coalesce(m.unit_id, 0) AS unit_id
    FROM people_user u
    LEFT JOIN people_unitmembership m
           ON m.user_id = u.id AND m.starts_on <= %(day)s AND (m.ends_on IS NULL OR m.ends_on > %(day)s)
    WHERE u.organisation_id = %(organisation)s AND NOT u.is_staff AND NOT u.is_superuser
      AND u.anonymised_at IS NULL AND (u.is_active OR u.left_at IS NOT NULL)
      AND u.joined_at < %(end)s AND (u.left_at IS NULL OR u.left_at >= %(start)s)
      AND NOT EXISTS (
          SELECT 1 FROM people_rolegrant g
          WHERE g.user_id = u.id AND g.role IN ('trainer', 'administrator')
            AND g.granted_at < %(end)s AND (g.revoked_at IS NULL OR g.revoked_at >= %(start)s)
      )
"""

SPACES = """
    -- Somebody may stand in it twice: what is made of it is a set.
    SELECT space_id, array_agg(user_id) FROM (
        SELECT m.space_id, m.user_id FROM community_membership m
        JOIN community_space s ON s.id = m.space_id AND s.organisation_id = %(organisation)s
        WHERE m.joined_at < %(end)s AND m.role <> 'facilitator'
        UNION ALL
        -- Those who have left since: the log says when they left and when they had joined before that.
        SELECT gone.space_id, gone.actor_id FROM events_event gone
        JOIN community_space s ON s.id = gone.space_id AND s.organisation_id = %(organisation)s
        WHERE gone.verb = 'community.space_left' AND gone.at >= %(start)s AND gone.actor_id IS NOT NULL
          AND coalesce(
              (SELECT max(e.at) FROM events_event e
               WHERE e.actor_id = gone.actor_id AND e.verb = 'community.space_joined'
                 AND e.space_id = gone.space_id AND e.at <= gone.at),
              s.created_at) < %(end)s
    ) stays GROUP BY space_id ORDER BY space_id
"""

SESSIONS = """
    SELECT e.session_id, s.course_id, s.space_id, array_agg(e.user_id)
    FROM courses_enrolment e
    JOIN courses_session s ON s.id = e.session_id
    JOIN courses_course c ON c.id = s.course_id AND c.organisation_id = %(organisation)s
    WHERE e.enrolled_at < %(end)s AND (e.left_at IS NULL OR e.left_at >= %(start)s)
    GROUP BY 1, 2, 3 ORDER BY 1
"""


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
