-- The rest of a row, what was said, is as it was.
INSERT INTO analytics_spaceday
    (organisation_id, day, space_id, learners, contributors, contributions, staff_contributions, threads)
SELECT %(organisation)s, %(day)s, space_id, count(*), count(*) FILTER (WHERE contributions > 0), 0, 0, 0
FROM analytics_learnerday
WHERE organisation_id = %(organisation)s AND day = %(day)s AND space_id = ANY(%(spaces)s)
GROUP BY space_id
ON CONFLICT ON CONSTRAINT space_day_once DO UPDATE SET
    learners = excluded.learners, contributors = excluded.contributors
