"""What was said in each space on a day. Built after the learners' days, which it counts, in one transaction with them."""

from collections.abc import Collection

from django.db import connection

from analytics.models import SpaceDay
from analytics.rollups.learner_days import parameters

INSERT = """
WITH volumes AS (
        SELECT space_id, 0 AS learners, 0 AS contributors,
               sum(counts) FILTER (WHERE role = 'learner') AS contributions,
               sum(counts) FILTER (WHERE role IN ('trainer', 'staff')) AS staff_contributions, 0 AS threads
        FROM analytics_counted WHERE space_id > 0 AND actor_id IS NOT NULL GROUP BY space_id
        UNION ALL
        -- People who have been erased: what they had contributed that day was written down then.
        SELECT space_id, 0, 0, contributions, 0, 0 FROM analytics_anonymousday
        WHERE organisation_id = %(organisation)s AND day = %(day)s AND space_id > 0
        UNION ALL
        SELECT space_id, count(*), count(*) FILTER (WHERE contributions > 0), 0, 0, 0
        FROM analytics_learnerday
        WHERE organisation_id = %(organisation)s AND day = %(day)s AND space_id > 0 GROUP BY space_id
        UNION ALL
        SELECT t.space_id, 0, 0, 0, 0, count(*)
        FROM community_thread t JOIN community_space s ON s.id = t.space_id
        WHERE s.organisation_id = %(organisation)s AND t.created_at >= %(start)s AND t.created_at < %(end)s
          AND t.deleted_at IS NULL GROUP BY t.space_id
    )
INSERT INTO analytics_spaceday
    (organisation_id, day, space_id, learners, contributors, contributions, staff_contributions, threads)
SELECT %(organisation)s, %(day)s, space_id, sum(learners), sum(contributors),
       coalesce(sum(contributions), 0), coalesce(sum(staff_contributions), 0), sum(threads)
FROM volumes GROUP BY space_id
"""

# The rest of a row, what was said, is as it was.
LEARNERS = """
INSERT INTO analytics_spaceday
    (organisation_id, day, space_id, learners, contributors, contributions, staff_contributions, threads)
SELECT %(organisation)s, %(day)s, space_id, count(*), count(*) FILTER (WHERE contributions > 0), 0, 0, 0
FROM analytics_learnerday
WHERE organisation_id = %(organisation)s AND day = %(day)s AND space_id = ANY(%(spaces)s)
GROUP BY space_id
ON CONFLICT ON CONSTRAINT space_day_once DO UPDATE SET
    learners = excluded.learners, contributors = excluded.contributors
"""


def rebuild(organisation, day) -> None:
    SpaceDay.objects.filter(organisation=organisation, day=day).delete()
    with connection.cursor() as cursor:
        cursor.execute(INSERT, parameters(organisation, day))


def count_learners(organisation, day, spaces: Collection[int]) -> None:
    """Count again who was in these spaces, after a day on which some came in and nothing was said."""
    with connection.cursor() as cursor:
        cursor.execute(LEARNERS, {"organisation": organisation.pk, "day": day, "spaces": sorted(spaces)})
