"""What each learner did on a day, in one statement, from the log and from what became of the posts."""

from datetime import timedelta

from django.db import connection

from analytics.days import bounds
from community.models import Thread
from events.models import Event
from events.verbs import CONTRIBUTIONS, PARTICIPATIONS, PRESENCE

# A post that repeats the author's own text of the last 24 hours is not a contribution (METRICS C3).
REPEAT = timedelta(hours=24)
# How alike two texts must be, from 0 to 1, by their trigrams.
ALIKE = 0.9
# Posts of one author in one thread closer than this count once (METRICS M05).
BURST = timedelta(minutes=10)

# The published posts behind contributions of a day and of the 24 hours before it. An event without a post
# (an imported activity log) counts as it is; an event whose post is gone does not.
# Texts are compared once: the days of learners and those of spaces both count this.
COUNTED = """
CREATE TEMPORARY TABLE analytics_counted ON COMMIT DROP AS
WITH candidates AS (
        SELECT e.id AS event_id, e.at, e.actor_id, e.role, e.space_id, e.thread_id,
               -- Looked up for the events without a post alone; as a join, every opening post there is would be read.
               coalesce(e.post_id, (SELECT opening.id FROM community_post opening
                                    WHERE opening.thread_id = e.thread_id AND opening.number = 1)) AS post_key
        FROM events_event e
        WHERE e.organisation_id = %(organisation)s AND e.at >= %(lookback)s AND e.at < %(end)s
          AND e.verb = ANY(%(contributions)s)
          AND (%(people)s::bigint[] IS NULL OR e.actor_id = ANY(%(people)s::bigint[]))
    ),
    said AS (
        SELECT DISTINCT ON (coalesce(c.post_key, -c.event_id))
               c.event_id, c.at, c.actor_id, c.role, coalesce(c.thread_id, p.thread_id) AS thread_id,
               coalesce(c.space_id, t.space_id, 0) AS space_id, lower(p.body) AS body
        FROM candidates c
        LEFT JOIN community_post p ON p.id = c.post_key
        LEFT JOIN community_thread t ON t.id = p.thread_id
        WHERE c.post_key IS NULL
           OR (p.id IS NOT NULL AND p.deleted_at IS NULL AND p.hidden_at IS NULL AND t.deleted_at IS NULL)
        ORDER BY coalesce(c.post_key, -c.event_id), c.at, c.event_id
    ),
    fresh AS (
        SELECT s.* FROM said s
        -- Of the day before, only what may begin a burst that goes on past midnight.
        WHERE s.at >= %(start)s - %(burst)s AND NOT EXISTS (
            SELECT 1 FROM said earlier
            WHERE earlier.actor_id = s.actor_id AND earlier.at > s.at - %(repeat)s
              AND (earlier.at, earlier.event_id) < (s.at, s.event_id)
              AND (earlier.body = s.body OR similarity(earlier.body, s.body) >= %(alike)s)
        )
    ),
    counted AS (
        SELECT f.*, CASE WHEN f.at - lag(f.at) OVER burst < %(burst)s THEN 0 ELSE 1 END AS counts
        FROM fresh f
        WINDOW burst AS (
            PARTITION BY f.actor_id, coalesce(f.thread_id, -f.event_id) ORDER BY f.at, f.event_id
        )
    )
SELECT at, actor_id, role, space_id, counts FROM counted WHERE at >= %(start)s
"""

INSERT = """
WITH
    -- A mark that was taken back did not happen; the same post marked twice in a day counts once.
    marks AS (
        SELECT first.id, EXISTS (
            SELECT 1 FROM community_reaction useful
            WHERE useful.post_id = first.post_id AND useful.user_id = first.actor_id AND useful.kind = 'useful'
        ) AS useful FROM (
            SELECT DISTINCT ON (e.actor_id, e.post_id) e.id, e.actor_id, e.post_id
            FROM events_event e
            WHERE e.organisation_id = %(organisation)s AND e.at >= %(start)s AND e.at < %(end)s
              AND e.verb = 'community.post_reacted'
              AND (%(people)s::bigint[] IS NULL OR e.actor_id = ANY(%(people)s::bigint[]))
            ORDER BY e.actor_id, e.post_id, e.at, e.id
        ) first
        WHERE EXISTS (
            SELECT 1 FROM community_reaction reaction
            WHERE reaction.post_id = first.post_id AND reaction.user_id = first.actor_id
        )
    ),
    acts AS (
        SELECT actor_id AS user_id, space_id, 0 AS presences, counts AS contributions,
               1 AS participations, 0 AS reactions, 0 AS useful_marks
        FROM analytics_counted
        WHERE role = 'learner' AND actor_id IS NOT NULL
          AND (%(people)s::bigint[] IS NULL OR actor_id = ANY(%(people)s::bigint[]))
        UNION ALL
        SELECT e.actor_id, coalesce(e.space_id, s.space_id, 0), 1, 0,
               (e.verb = ANY(%(others)s) OR r.id IS NOT NULL)::int, (r.id IS NOT NULL)::int,
               coalesce(r.useful, false)::int
        FROM events_event e
        LEFT JOIN courses_session s ON s.id = e.session_id
        LEFT JOIN marks r ON r.id = e.id
        WHERE e.organisation_id = %(organisation)s AND e.at >= %(start)s AND e.at < %(end)s
          AND e.role = 'learner' AND e.actor_id IS NOT NULL AND e.verb = ANY(%(presence)s)
          AND (%(people)s::bigint[] IS NULL OR e.actor_id = ANY(%(people)s::bigint[]))
    ),
    found AS MATERIALIZED (
        SELECT acts.user_id, coalesce(max(m.unit_id), 0) AS unit_id, acts.space_id, sum(presences) AS presences,
               sum(contributions) AS contributions, sum(participations) AS participations,
               sum(reactions) AS reactions, sum(useful_marks) AS useful_marks
        FROM acts
        JOIN people_user u ON u.id = acts.user_id AND u.anonymised_at IS NULL
        LEFT JOIN people_unitmembership m
               ON m.user_id = acts.user_id AND m.starts_on <= %(day)s
              AND (m.ends_on IS NULL OR m.ends_on > %(day)s)
        GROUP BY acts.user_id, acts.space_id
    ),
    written AS (
        SELECT * FROM analytics_learnerday
        WHERE organisation_id = %(organisation)s AND day = %(day)s
          AND (%(people)s::bigint[] IS NULL OR user_id = ANY(%(people)s::bigint[]))
    ),
    gone AS (
        DELETE FROM analytics_learnerday l
        WHERE l.organisation_id = %(organisation)s AND l.day = %(day)s
          AND (%(people)s::bigint[] IS NULL OR l.user_id = ANY(%(people)s::bigint[]))
          AND NOT EXISTS (SELECT 1 FROM found WHERE found.user_id = l.user_id AND found.space_id = l.space_id)
        RETURNING l.user_id, l.space_id
    ),
    -- What is written already is left alone: a repair changes a few rows of tens of thousands.
    put AS (
INSERT INTO analytics_learnerday
    (organisation_id, day, user_id, unit_id, space_id, presences, contributions, participations, reactions,
     useful_marks)
SELECT %(organisation)s, %(day)s, user_id, unit_id, space_id, presences, contributions, participations, reactions,
       useful_marks
FROM found
WHERE NOT EXISTS (
    SELECT 1 FROM written w
    WHERE w.user_id = found.user_id AND w.space_id = found.space_id AND w.unit_id = found.unit_id
      AND w.presences = found.presences AND w.contributions = found.contributions
      AND w.participations = found.participations AND w.reactions = found.reactions
      AND w.useful_marks = found.useful_marks
)
ON CONFLICT ON CONSTRAINT learner_day_once DO UPDATE SET
    unit_id = excluded.unit_id, presences = excluded.presences, contributions = excluded.contributions,
    participations = excluded.participations, reactions = excluded.reactions,
    useful_marks = excluded.useful_marks
RETURNING user_id, space_id
    )
SELECT user_id, space_id FROM gone UNION ALL SELECT user_id, space_id FROM put
"""


def parameters(organisation, day, people: list[int] | None = None) -> dict:
    start, end = bounds(day, organisation.zone)
    return {
        "organisation": organisation.pk,
        "day": day,
        "people": people,
        "start": start,
        "end": end,
        "lookback": start - REPEAT,
        "repeat": REPEAT,
        "alike": ALIKE,
        "burst": BURST,
        "contributions": sorted(CONTRIBUTIONS),
        "others": sorted(PARTICIPATIONS - CONTRIBUTIONS - {"community.post_reacted"}),
        "presence": sorted(PRESENCE | PARTICIPATIONS),
    }


def rebuild(
    organisation, day, people: list[int] | None = None, *, spoke: bool = True
) -> set[tuple[int, int]]:
    """Make the rows of a day, or of these people on it, what the log says they are; who changed, and in which space.

    `spoke`: everybody's contributions are counted, for the days of spaces; else those of these people only.
    """
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.analytics_counted")
        cursor.execute(COUNTED, parameters(organisation, day, None if spoke else people))
        cursor.execute(INSERT, parameters(organisation, day, people))
        return set(cursor.fetchall())


def has_words_of(organisation, day, people: list[int] | None) -> bool:
    """Whether one of these people, or anybody, may have said something on a day that is counted in a space."""
    if people is None:
        return True
    start, end = bounds(day, organisation.zone)
    words = Event.objects.filter(organisation_id=organisation.pk, verb__in=CONTRIBUTIONS, actor_id__in=people)
    # A thread that was made by hand has no event.
    threads = Thread.objects.filter(space__organisation=organisation, author__in=people)
    return (
        words.filter(at__gte=start, at__lt=end).exists()
        or threads.filter(created_at__gte=start, created_at__lt=end).exists()
    )
