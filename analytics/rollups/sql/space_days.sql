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
